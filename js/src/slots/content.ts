/**
 * Which nodes of a slot are content, and which templates it has.
 *
 * A slot holds its content first and its templates after it. The blanks between templates stay where
 * they are, so that the markup comes back as it was.
 */

/** Marks a slot; its value is the slot's name. */
export const SLOT = "data-unspoken";
/** The variant that stands in a slot; absent for the default. */
export const SHOWN = "data-unspoken-shown";
/** Marks a slot that somebody else renders. */
export const MANAGED = "data-unspoken-managed";
/** The variant that stands in the page itself. */
export const DEFAULT = "default";

/** A template of the slot: that of a variant, or the first. */
export function templateOf(slot: Element, variant?: string): HTMLTemplateElement | null {
  for (const child of slot.children) {
    const name = isTemplate(child) && child.getAttribute("data-variant");
    if (name && (variant === undefined || name === variant)) return child as HTMLTemplateElement;
  }
  return null;
}

const TEXT = 3; // Node.TEXT_NODE

const isTemplate = (node: Node): node is HTMLTemplateElement =>
  node.nodeName === "TEMPLATE" && (node as Element).hasAttribute("data-variant");

/** The nodes of a slot that are content. */
export function contentOf(slot: Element): ChildNode[] {
  let past = false;
  return [...slot.childNodes].filter((node) => {
    if (isTemplate(node)) past = true;
    else return !past || node.nodeType !== TEXT || /\S/.test(node.nodeValue ?? "");
    return false;
  });
}
