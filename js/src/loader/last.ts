/**
 * Shows the last decisions while the parser runs, before anything of their slots was painted.
 *
 * A slot's templates come after its default, so the parser may pause between the two and the browser
 * paint: until a slot is complete its default is kept invisible, in its box. Should that last (a server
 * that stopped in the middle of a slot), the default comes, and stays for the core to change.
 */
import { contentOf, DEFAULT, MANAGED, SHOWN, SLOT, templateOf } from "../slots/content.js";
import { HYDRATES } from "../slots/framework.js";
import { areaOf, isYoung, type Last, type Lasts, MAX_AGE_MS, MAX_STORED, stored, VISIT_MS } from "../slots/last.js";
import { reserve } from "../slots/reserved.js";
import { keptOnPage } from "../slots/swap.js";

/** The longest that a default is kept invisible. */
const MOST_MS = 3_000;
/**
 * Where nothing is shown: where somebody is yet to take over what a server rendered, and would miss it;
 * and where somebody pays (the gate `checkout` of src/gate.rs).
 */
const CLOSED = `${HYDRATES},[data-unspoken-page=checkout],[data-unspoken-page=payment]`;
/** Slots whose default stands. */
const OPEN = `[${SLOT}]:not([${SHOWN}],[${MANAGED}],${CLOSED},:is(${CLOSED}) *)`;

/** Whether the parser has moved on: something stands behind the element. */
function hasEnded(element: Element): boolean {
  for (let node: Node | null = element; node; node = node.parentNode) if (node.nextSibling) return true;
  return false;
}

/** What is to be shown, by slot, and the boxes to reserve, as CSS. */
function read(mode: string | undefined): [Map<string, string | undefined>, string] {
  const wanted = new Map<string, string | undefined>();
  const shown = stored(areaOf(mode));
  const page = shown?.pages?.[location.pathname];
  const now = Date.now();
  let boxes = "";
  const take = (lasts: Lasts | undefined, at: unknown) => {
    if (!isYoung(at, now, MAX_AGE_MS)) return;
    for (const [name, last] of Object.entries(lasts ?? {}).slice(0, MAX_STORED)) {
      const { variant, visit, height = 0, width = 0 }: Partial<Last> = last ?? {};
      if (visit && !isYoung(shown?.at, now, VISIT_MS)) continue;
      // Whatever it is, it is only ever held against the names of templates.
      wanted.set(name, variant);
      // A scrollbar is no other width.
      if (height > 0 && height < 1e4 && Math.abs(width - innerWidth) < 20)
        boxes += `[${SLOT}=${CSS.escape(name)}]{min-block-size:${+height}px}`;
    }
  };
  take(shown?.all, shown?.at);
  take(page?.slots, page?.at);
  return [wanted, boxes];
}

/**
 * Shows a variant in a slot that shows its default: the swap of `slots/swap.ts`, as far as it is needed
 * where nobody has seen, focused or filled in anything.
 */
function show(slot: Element, variant: string): void {
  const template = templateOf(slot, variant);
  if (!template) return;
  const content = contentOf(slot).map((node): [ChildNode, ChildNode | null] => [node, node.nextSibling]);
  keptOnPage().set(slot, new Map([[DEFAULT, content]]));
  for (const [node] of content) node.remove();
  slot.insertBefore(document.importNode(template.content, true), templateOf(slot));
  slot.setAttribute(SHOWN, variant);
}

/** Puts every default back, for a page whose core cannot be had. */
export function showDefaults(): void {
  for (const [slot, ours] of keptOnPage()) {
    for (const node of contentOf(slot)) node.remove();
    // From the last to the first, so that what stood behind each stands there again.
    for (const [node, next] of ours.get(DEFAULT)?.reverse() ?? []) slot.insertBefore(node, next);
    slot.removeAttribute(SHOWN);
  }
}

/**
 * Shows what is stored for this page in the storage of this mode. Throws where storage is forbidden, or
 * what is in it broken.
 */
export function showLast(mode: string | undefined): void {
  const [wanted, boxes] = read(mode);
  // What was painted is not exchanged any more: a loader that comes late leaves everything to the core.
  if (!wanted.size || performance.getEntriesByType("paint").length) return;
  reserve(boxes);
  const hidden = new Map<Element, Animation>();
  const look = () => {
    const isParsed = document.readyState !== "loading";
    for (const slot of document.querySelectorAll(OPEN)) {
      const variant = wanted.get(slot.getAttribute(SLOT) ?? "");
      if (!variant) continue;
      const hiding = hidden.get(slot);
      if (isParsed || hasEnded(slot)) {
        if (hiding?.playState !== "finished") show(slot, variant);
        hiding?.cancel();
        // An animation needs no style of the page's, and ends by itself.
      } else if (!hiding) hidden.set(slot, slot.animate({ opacity: [0, 0] }, MOST_MS));
    }
    // From now on it is for the core to say.
    if (isParsed) wanted.clear();
  };
  look();
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  // Before scripts that are deferred, which the end of DOMContentLoaded waits for.
  document.addEventListener("readystatechange", () => {
    look();
    observer.disconnect();
  });
}
