/**
 * The three things the inspector does to the DOM: make an element, set a text, scale a bar.
 *
 * Only by DOM calls, so that pages with Trusted Types and a strict `style-src` can carry it; and only
 * where something changed, so that an open inspector does not disturb what it measures.
 */

type Child = Node | string;

/** Makes an element; a value that is false or undefined leaves its attribute out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | boolean | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of one stroked path on a 16 by 16 grid, hidden from assistive technology. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** A button with a label and what it does. */
export function button(
  attributes: Record<string, string | boolean | undefined>,
  onClick: () => void,
  ...children: Child[]
): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, ...children);
  element.addEventListener("click", onClick);
  return element;
}

/** Sets a text, if it differs. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute, or takes it away, if that differs. */
export function mark(element: Element, attribute: string, value: string | null): void {
  if (element.getAttribute(attribute) === value) return;
  if (value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, value);
}

/** Makes `list` hold one child for each key, in order, keeping those that are there. */
export function keyed<Item, Row extends { root: Element }>(
  list: Element,
  rows: Map<string, Row>,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  make: (item: Item) => Row,
): void {
  const wanted = new Set(items.map(keyOf));
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    row.root.remove();
    rows.delete(key);
  }
  items.forEach((item, index) => {
    const key = keyOf(item);
    const row = rows.get(key) ?? make(item);
    rows.set(key, row);
    if (list.children[index] !== row.root) list.insertBefore(row.root, list.children[index] ?? null);
  });
}
