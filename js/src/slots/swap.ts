/**
 * One swap: the default's own nodes are kept in a fragment, so that listeners and state live on, and
 * a copy of the variant's template stands in their place.
 */
import { contentOf, DEFAULT, SHOWN, templateOf } from "./content.js";

/** The default content of every slot that shows something else. */
export type Kept = Map<Element, DocumentFragment>;

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

/** Shows a variant. Says false, and changes nothing, where the slot has no such template. */
export function swap(slot: Element, variant: string, kept: Kept): boolean {
  if ((slot.getAttribute(SHOWN) ?? DEFAULT) === variant) return true;
  if (variant === DEFAULT && kept.has(slot)) {
    putBack(slot, kept);
    return true;
  }
  const template = templateOf(slot, variant);
  // A server that rendered a variant left the default in a template, or there is none.
  if (!template) return false;
  const content = document.importNode(template.content, true);
  const before = contentOf(slot);
  if (kept.has(slot) || slot.hasAttribute(SHOWN)) for (const node of before) node.remove();
  else {
    const fragment = document.createDocumentFragment();
    fragment.append(...before);
    kept.set(slot, fragment);
  }
  slot.insertBefore(content, templateOf(slot));
  if (variant === DEFAULT) slot.removeAttribute(SHOWN);
  else slot.setAttribute(SHOWN, variant);
  return true;
}

/** Puts the default back, with its own nodes. */
export function putBack(slot: Element, kept: Kept): void {
  const fragment = kept.get(slot);
  if (!fragment) return;
  for (const node of contentOf(slot)) node.remove();
  slot.insertBefore(fragment, templateOf(slot));
  kept.delete(slot);
  slot.removeAttribute(SHOWN);
}
