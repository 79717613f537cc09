/** What happened while the inspector was open: slots seen, goals reached, batches sent. Newest first, bounded. */
import { h } from "../dom.js";
import { bytes, timeOfDay } from "../format.js";
import type { Happening, View } from "../view.js";

const MAX_ENTRIES = 60;

/** What an event says in the log, or nothing. */
function words({ event, detail }: Happening): string | undefined {
  switch (event) {
    case "decision":
      return `${detail.slot} is to show ${detail.variant}`;
    case "exposure":
      return `${detail.slot} seen as ${detail.variant}`;
    case "goal":
      return detail.value ? `${detail.name}, worth ${detail.value}` : detail.name;
    case "batch":
      return `${bytes(detail.bytes)} by ${detail.via}${detail.ok ? "" : ", refused"}`;
    case "fault":
      return detail.message;
    default:
      return;
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
        h("h3", { id: "log" }, "Log"),
        h("span", { class: "aside" }, "while this is open"),
      ),
      this._list,
      this._empty,
    );
  }

  add(happening: Happening): void {
    const text = words(happening);
    if (text === undefined) return;
    this._empty.hidden = true;
    this._list.prepend(
      h(
        "li",
        { "data-event": happening.event },
        h("time", {}, timeOfDay(happening.at)),
        h("span", { class: "kind" }, happening.event),
        h("span", {}, text),
      ),
    );
    if (this._list.children.length > MAX_ENTRIES) this._list.lastElementChild?.remove();
  }

  update(): void {}
}
