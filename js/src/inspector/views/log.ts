/** What happened since the inspector stands in the page: slots decided and seen, goals, batches. Newest first, bounded. */
import { h } from "../dom.js";
import { bytes, timeOfDay } from "../format.js";
import type { Happening } from "../history.js";
import type { View } from "../view.js";

const MAX_ENTRIES = 60;

/** What an event says in words. */
export function words({ event, detail }: Happening): string {
  switch (event) {
    case "decision":
      return `${detail.slot} is to show ${detail.variant}`;
    case "exposure":
      return `${detail.slot} seen as ${detail.variant}`;
    case "goal":
      return detail.value ? `${detail.name}, worth ${detail.value}` : detail.name;
    case "batch":
      return `${bytes(detail.bytes)} by ${detail.via}${detail.ok ? "" : ", refused"}`;
    default:
      return detail.message;
  }
}

export class LogView implements View {
  readonly root: HTMLElement;
  private readonly _list = h("ol", { class: "log" });
  private readonly _empty = h(
    "p",
    { class: "empty" },
    "Nothing yet. Decisions, exposures, goals and batches appear here as they happen.",
  );

  constructor() {
    this.root = h(
      "section",
      { "aria-labelledby": "log" },
      h(
        "div",
        { class: "heading" },
        h("h3", { id: "log" }, "What happened"),
        h("span", { class: "aside" }, "newest first"),
      ),
      this._list,
      this._empty,
    );
  }

  add(happening: Happening): void {
    const { event, at } = happening;
    this._empty.hidden = true;
    this._list.prepend(
      h(
        "li",
        { "data-event": event },
        h("time", {}, timeOfDay(new Date(performance.timeOrigin + at))),
        h("span", { class: "kind" }, event),
        h("span", {}, words(happening)),
      ),
    );
    if (this._list.children.length > MAX_ENTRIES) this._list.lastElementChild?.remove();
  }

  update(): void {}
}
