/** The frame of a section: its name and a note in the margin, its content beside them. */

import { el } from "./dom";

export function section(
  id: string,
  title: string,
  note: readonly (Node | string)[],
  ...body: readonly Node[]
): HTMLElement {
  return el(
    "section",
    { class: `section section-${id}`, "aria-labelledby": `${id}-title` },
    el("header", { class: "margin" }, el("h2", { id: `${id}-title` }, title), el("div", { class: "note" }, ...note)),
    el("div", { class: "body" }, ...body),
  );
}

export function note(text: string): HTMLElement {
  return el("p", {}, text);
}
