/**
 * Building elements, and updating them in place.
 *
 * A view is an element and the way to bring it up to date. Everything on the page is one, so that
 * a poll changes the text that changed and nothing else: no flicker, no lost focus, no jump.
 */

import { count } from "./format";

export interface View<T> {
  readonly node: HTMLElement;
  update(value: T): void;
}

type Child = Node | string;
type Attributes = Readonly<Record<string, string>>;

const SVG = "http://www.w3.org/2000/svg";

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** Sets text where it differs. */
export function say(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets text where it differs; what stands in backticks is code. */
export function sayWithCode(node: Element, text: string): void {
  if (node.textContent === text.replaceAll("`", "")) return;
  node.replaceChildren(...text.split("`").map((part, at) => (at % 2 === 1 ? el("code", {}, part) : part)));
}

/** Sets a count, and the word for it that stands behind it where a table has no room for its head. */
export function sayCount(node: Element, value: number, one: string): void {
  say(node, count(value));
  set(node, "data-label", value === 1 ? one : `${one}s`);
}

export function set(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * Children that follow a list of values, each kept for as long as its key is in the list. They
 * stand after `after`, where the parent has a child that is not one of them.
 */
export class Keyed<T> {
  private views = new Map<string, View<T>>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly key: (value: T) => string,
    private readonly create: (value: T) => View<T>,
    private readonly after: Element | null = null,
  ) {}

  update(values: readonly T[]): void {
    const next = new Map<string, View<T>>();
    for (const value of values) {
      const key = this.key(value);
      if (next.has(key)) continue;
      const view = this.views.get(key) ?? this.create(value);
      view.update(value);
      next.set(key, view);
    }
    for (const [key, view] of this.views) if (!next.has(key)) view.node.remove();
    let place = this.after ? this.after.nextElementSibling : this.parent.firstElementChild;
    for (const { node } of next.values()) {
      if (node === place) place = place.nextElementSibling;
      else this.parent.insertBefore(node, place);
    }
    this.views = next;
  }
}
