/**
 * A swap where a framework holds on to the default's nodes: they stay where they are, hidden, and the
 * variant stands after them. So whatever the framework does to its nodes meets no surprise.
 *
 * Elements are hidden by a style sheet that the document adopts, which covers those that come later;
 * text, which no style sheet reaches, is kept here and blanked.
 */
import { DEFAULT, SHOWN } from "./content.js";
import type { Hands } from "./swap.js";

/** On such a slot (`slot`), and on the variant's own elements in it. */
const BESIDE = "data-unspoken-beside";
const RULE = `[${BESIDE}=slot]>:not([${BESIDE}],template){display:none!important}`;

interface Beside {
  /** What the framework itself renders. */
  _base: string;
  _nodes: ChildNode[];
  _texts: Map<Text, string>;
  _observer: MutationObserver;
}

type Root = Document | ShadowRoot;

const shown = new Map<Element, Beside>();
/** A sheet belongs to the window that it was made in. */
const sheets = new Map<Root, CSSStyleSheet>();

/** The nodes of the variant that a slot shows beside its default. */
export const besideOf = (slot: Element): ChildNode[] | undefined => shown.get(slot)?._nodes;

/** Whether the browser has such sheets; without them nothing can be hidden. */
export const canHide = (): boolean => "adoptedStyleSheets" in document;

/** Shows a variant, where there is one to be had. */
export function showBeside(slot: Element, variant: string, copy: Hands["_copy"]): void {
  const base = shown.get(slot)?._base ?? slot.getAttribute(SHOWN) ?? DEFAULT;
  const content = variant !== base && (copy(slot, variant) as DocumentFragment | undefined);
  takeAway(slot);
  if (!content) return;
  for (const element of content.children) element.setAttribute(BESIDE, "");
  const beside: Beside = {
    _base: base,
    _nodes: [...content.childNodes],
    _texts: new Map(),
    _observer: new MutationObserver((records) => {
      // Text that the framework has emptied is to stay empty.
      for (const { target } of records) if (target.nodeValue === "") beside._texts.set(target as Text, "");
      hide(slot, beside);
    }),
  };
  shown.set(slot, beside);
  slot.append(content);
  slot.setAttribute(BESIDE, "slot");
  slot.setAttribute(SHOWN, variant);
  hide(slot, beside);
  beside._observer.observe(slot, { childList: true, characterData: true, subtree: true });
}

/** Puts the variant back into a slot whose content was set anew; false where none was in it. */
export function besideAgain(slot: Element): boolean {
  const beside = shown.get(slot);
  if (!beside) return false;
  slot.append(...beside._nodes);
  hide(slot, beside);
  return true;
}

/** Leaves the slot to what its framework renders. */
export function takeAway(slot: Element): void {
  const beside = shown.get(slot);
  if (!beside) return;
  shown.delete(slot);
  beside._observer.disconnect();
  // Text that the framework has set in the meantime stays.
  for (const [text, data] of beside._texts) if (text.data === "") text.data = data;
  for (const node of beside._nodes) if (node.parentNode === slot) node.remove();
  slot.removeAttribute(BESIDE);
  if (beside._base === DEFAULT) slot.removeAttribute(SHOWN);
  else slot.setAttribute(SHOWN, beside._base);
  if (shown.size > 0) return;
  for (const [root, sheet] of sheets) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((it) => it !== sheet);
  sheets.clear();
}

/** Blanks what text the framework shows now. */
function hide(slot: Element, { _nodes, _texts, _observer }: Beside): void {
  // A page that sets the list of sheets anew has lost ours.
  adopt(slot);
  for (const node of slot.childNodes) {
    if (node.nodeType !== 3 || _nodes.includes(node) || (node as Text).data === "") continue;
    _texts.set(node as Text, (node as Text).data);
    (node as Text).data = "";
  }
  _observer.takeRecords();
}

/** Puts the sheet where it is not. */
function adopt(slot: Element): void {
  const root = slot.getRootNode() as Root;
  const view = slot.ownerDocument.defaultView as (Window & typeof globalThis) | null;
  if (!view) return;
  let sheet = sheets.get(root);
  if (!sheet) {
    sheet = new view.CSSStyleSheet();
    sheet.insertRule(RULE);
    sheets.set(root, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
