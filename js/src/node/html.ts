/**
 * A server's HTML: slots with the decided variant in their place, and the state for the browser.
 *
 * A slot's variants are HTML that the site vouches for and stand as they are; names, attributes and
 * the state are escaped. A slot that shows a variant keeps its default in a template, and the variant's
 * own template too, so that the browser can go there and back (docs/page.md).
 */
import type { State } from "../types.js";
import type { SlotOptions, Visit } from "./types.js";

/** As far as Cloudflare's `HTMLRewriter` is used. */
export interface Rewriter {
  on(selector: string, handlers: { element?(element: RewriterElement): void }): unknown;
}

/** An element that passes through a {@link Rewriter}. */
export interface RewriterElement {
  setAttribute(name: string, value: string): unknown;
  prepend(content: string, options: { html: boolean }): unknown;
  append(content: string, options: { html: boolean }): unknown;
}

const SHOWN = "data-unspoken-shown";
const OPEN = '<template data-variant="default">';

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (mark) => ENTITIES[mark] ?? mark);

const template = ([variant, html]: [string, string]) =>
  `<template data-variant="${escaped(variant)}">${html}</template>`;

const isName = (name: string) => /^[a-z][^\s/>"'=<]*$/i.test(name);

/** The markup of a slot that shows `shown`; one that it has no variant of shows its default. */
export function render(
  name: string,
  variants: Record<string, string>,
  shown = "default",
  { as = "div", attributes = {} }: SlotOptions = {},
): string {
  const isShown = shown !== "default" && Object.hasOwn(variants, shown);
  const written = Object.entries({
    ...attributes,
    "data-unspoken": name,
    ...(isShown ? { [SHOWN]: shown } : {}),
  });
  for (const word of [as, ...written.map(([key]) => key)]) {
    if (!isName(word)) throw new TypeError(`unspoken: "${word}" cannot be the name of an element or an attribute.`);
  }
  const templates = Object.entries(variants).filter(([variant]) => isShown || variant !== "default");
  return [
    `<${as}${written.map(([key, value]) => ` ${key}="${escaped(value)}"`).join("")}>`,
    isShown ? variants[shown] : (variants["default"] ?? ""),
    ...templates.map(template),
    `</${as}>`,
  ].join("");
}

/** The state as an element. Nothing in it ends the element, or begins a comment in it. */
export function stateScript(state: State): string {
  const text = JSON.stringify(state).replace(
    /[<>&\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `<script type="application/json" data-unspoken-state>${text}</script>`;
}

/**
 * Puts variants into a page while it streams: what is to be written is known when a slot's first tag
 * passes, so nothing is held back. The variants come from the worker; slots of the page that have
 * templates of their own are left to the browser.
 */
export function rewrite<R extends Rewriter>(
  rewriter: R,
  variants: Record<string, Record<string, string>>,
  visit: Pick<Visit, "shown" | "script">,
): R {
  const html = { html: true };
  rewriter.on("head", { element: (head) => void head.append(visit.script(), html) });
  for (const [name, own] of Object.entries(variants)) {
    const shown = visit.shown[name];
    const templates = Object.entries(own).map(template).join("");
    rewriter.on(`[data-unspoken="${name.replace(/["\\]/g, "\\$&")}"]`, {
      element(slot) {
        if (shown === undefined || !Object.hasOwn(own, shown)) {
          slot.append(templates, html);
          return;
        }
        slot.setAttribute(SHOWN, shown);
        slot.prepend(`${own[shown]}${OPEN}`, html);
        slot.append(`</template>${templates}`, html);
      },
    });
  }
  return rewriter;
}
