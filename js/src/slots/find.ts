/** Where slots stand. */
import { MANAGED, SLOT } from "./content.js";

/** The most slots that are looked after; a page with more is in a loop. */
export const MAX_SLOTS = 256;

/** The elements of slots whose content is ours to change, in document order. */
export const find = (root: ParentNode): Element[] =>
  [...root.querySelectorAll(`[${SLOT}]:not([${MANAGED}])`)].slice(0, MAX_SLOTS);
