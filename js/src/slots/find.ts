/**
 * Where slots stand: in the document, in open shadow roots and in frames of the same origin.
 */
import { MANAGED, SLOT } from "./content.js";

/** The most slots that are looked after; a page with more is in a loop. */
export const MAX_SLOTS = 256;

const SLOTS = `[${SLOT}]:not([${MANAGED}])`;

/** The elements of slots whose content is ours to change, in document order. */
export const find = (root: ParentNode): Element[] => [...root.querySelectorAll(SLOTS)].slice(0, MAX_SLOTS);

/** What a subtree holds, itself included, that matters here: slots, and frames that may have some. */
export function look(root: ParentNode & Node): Element[] {
  const sought = `${SLOTS},iframe`;
  const inside = [...root.querySelectorAll(sought)];
  return (root as Element).matches?.(sought) ? [root as Element, ...inside] : inside;
}

/** Whether somebody could see it: a frame that is gone takes a whole document along. */
export const lives = (node: Node): boolean =>
  node.isConnected && !!((node as Document).defaultView ?? node.ownerDocument?.defaultView);
