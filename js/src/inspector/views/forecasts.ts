/**
 * What the visitor is expected to do: one row for each intent, with what would make it come true.
 *
 * The bar is a meter for assistive technology too, but it is not a live region: four numbers a
 * second would drown everything else a screen reader has to say.
 */
import type { Intents } from "../../types.js";
import { h, mark, say } from "../dom.js";
import { percent } from "../format.js";
import { Trace } from "../trace.js";
import type { Snapshot, View } from "../view.js";

/** The outcome each intent is checked against. */
const OUTCOMES: Record<keyof Intents, string> = {
  commit: "a click within 2 s",
  struggle: "a snag, like a dead click, within 15 s",
  compare: "another item, this visit",
  leave: "gone within 10 s",
};

/** Half a minute at four ticks a second. */
const POINTS = 120;

class Row {
  readonly root: HTMLElement;
  private readonly _bar = h("span", { class: "bar-fill" });
  private readonly _meter: HTMLElement;
  private readonly _number = h("span", { class: "forecast-number" }, "0");
  readonly trace = new Trace(POINTS, "trace trace-forecast", 1, true);

  constructor(intent: keyof Intents) {
    this._meter = h(
      "div",
      {
        class: "bar",
        role: "meter",
        "aria-label": `${intent}: ${OUTCOMES[intent]}`,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
      },
      this._bar,
    );
    this.root = h(
      "li",
      { class: "forecast", "data-intent": intent },
      h("p", { class: "forecast-name" }, h("strong", {}, intent), " ", h("span", {}, OUTCOMES[intent])),
      h("p", { class: "forecast-figure", "aria-hidden": "true" }, this._number, h("span", { class: "unit" }, "%")),
      this._meter,
      this.trace.root,
    );
  }

  update(value: number, leads: boolean): void {
    const text = percent(value);
    say(this._number, text);
    mark(this._meter, "aria-valuenow", text);
    mark(this.root, "data-leads", leads ? "" : null);
    this._bar.style.transform = `scaleX(${Math.min(1, Math.max(0, value || 0)).toFixed(3)})`;
    this.trace.push(value);
  }
}

export class ForecastsView implements View {
  readonly root: HTMLElement;
  private readonly _rows = new Map<keyof Intents, Row>();
  private readonly _focus = h("b", {});
  private readonly _focusLine: HTMLElement;

  constructor() {
    const list = h("ul", { class: "forecasts" });
    for (const intent of Object.keys(OUTCOMES) as (keyof Intents)[]) {
      const row = new Row(intent);
      this._rows.set(intent, row);
      list.append(row.root);
    }
    this._focusLine = h("p", { class: "focus-line" }, "Nearest the cursor: ", this._focus);
    this.root = h(
      "section",
      { class: "live", "aria-labelledby": "forecasts" },
      h(
        "div",
        { class: "heading" },
        h("h3", { id: "forecasts" }, "Forecasts"),
        h("span", { class: "aside" }, "last 30 s"),
      ),
      list,
      this._focusLine,
    );
  }

  update({ intents, focus }: Snapshot): void {
    const top = Math.max(...Object.values(intents));
    for (const [intent, row] of this._rows) row.update(intents[intent], top >= 0.1 && intents[intent] === top);
    say(this._focus, focus ?? "no slot");
    mark(this._focusLine, "data-none", focus ? null : "");
  }

  draw(): void {
    for (const row of this._rows.values()) row.trace.draw();
  }

  restyle(): void {
    for (const row of this._rows.values()) row.trace.restyle();
  }
}
