/**
 * One swap: the default's own nodes are taken out and kept, so that listeners and state live on, and a
 * variant's stand in their place; what stood there before comes back as the same nodes.
 *
 * The loader uses this file before there is a core, so it holds what every swap needs and no more.
 */
import { contentOf, DEFAULT, SHOWN, templateOf } from "./content.js";

/** Nodes that are out of a slot, each with the node that stood behind it. */
export type Out = [node: ChildNode, next: ChildNode | null][];

/**
 * What slots have shown and show no more, by variant. The first variant of a slot is the one that it
 * came with. What is kept under the name of the variant that stands there now is not of today.
 */
export type Kept = Map<Element, Map<string, Out>>;

/** The most variants of a slot whose nodes are kept; a page whose slot shows more begins them anew. */
const MAX_KEPT = 8;

/**
 * One for the page, however many copies of this code run on it: what the loader took out, the client
 * can put back.
 */
export function keptOnPage(): Kept {
  const page = globalThis as { [key: symbol]: Kept | undefined };
  const key = Symbol.for("unspoken.kept");
  page[key] ??= new Map();
  return page[key];
}

/** The variant that stands in a slot. */
export const shownIn = (slot: Element): string => slot.getAttribute(SHOWN) ?? DEFAULT;

/** How nodes are made, taken out of a slot and put in. The client knows more ways than the loader. */
export interface Hands {
  _copy(slot: Element, variant: string): Node | undefined;
  _take(nodes: ChildNode[]): void;
  _put(node: ChildNode, place: ChildNode | null, slot: Element): void;
}

const PLAIN: Hands = {
  _copy(slot, variant) {
    const template = templateOf(slot, variant);
    return template ? document.importNode(template.content, true) : undefined;
  },
  _take(nodes) {
    for (const node of nodes) node.remove();
  },
  _put(node, place, slot) {
    slot.insertBefore(node, place);
  },
};

/** Has a variant's nodes at hand; undefined where there are none to be had. */
export function prepare(slot: Element, variant: string, kept: Kept, hands = PLAIN): Out | undefined {
  const ours: Map<string, Out> = kept.get(slot) ?? new Map([[shownIn(slot), []]]);
  let out = ours.get(variant);
  if (!out) {
    const fresh = hands._copy(slot, variant);
    if (!fresh) return;
    out = [...fresh.childNodes].map((node) => [node, node.nextSibling ?? templateOf(slot)]);
    // Not the first, which the slot came with, and not the one that stands there.
    const old = [...ours.keys()].slice(1).find((name) => name !== shownIn(slot) && name !== DEFAULT);
    if (old && ours.size >= MAX_KEPT) ours.delete(old);
    ours.set(variant, out);
    kept.set(slot, ours);
  }
  return out;
}

/** Shows a variant. Says false, and changes nothing, where there is none to be had. */
export function swap(slot: Element, variant: string, kept: Kept, hands = PLAIN): boolean {
  const shown = shownIn(slot);
  if (shown === variant) return true;
  const out = prepare(slot, variant, kept, hands);
  if (!out) return false;
  const content = contentOf(slot);
  kept.get(slot)?.set(
    shown,
    content.map((node) => [node, node.nextSibling]),
  );
  hands._take(content);
  // Before anything is put in: a custom element may ask in the middle what is shown.
  if (variant === DEFAULT) slot.removeAttribute(SHOWN);
  else slot.setAttribute(SHOWN, variant);
  // What stood behind a node is out as well, or stands there still; otherwise the node comes last.
  const places: (ChildNode | null)[] = [];
  let place: ChildNode | null = null;
  for (let at = out.length; at--; places[at] = place) {
    const next = out[at]![1];
    if (next?.parentNode === slot) place = next;
    else if (next !== out[at + 1]?.[0]) place = null;
  }
  // In their order, in which scripts run and custom elements begin.
  for (const [at, [node]] of out.entries()) hands._put(node, places[at]!, slot);
  return true;
}

/**
 * Puts back the default, as the same nodes where it stood there once and else from its template, or what
 * the slot came with where it has neither; and forgets all others.
 */
export function putBack(slot: Element, kept: Kept, hands = PLAIN): void {
  const [first = DEFAULT] = kept.get(slot)?.keys() ?? [];
  if (!swap(slot, DEFAULT, kept, hands)) swap(slot, first, kept, hands);
  kept.delete(slot);
}
