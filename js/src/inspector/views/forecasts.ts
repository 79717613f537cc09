/**
 * What the visitor is expected to do: one row for each intent, with what would make it come true.
 *
 * The bar is a meter for assistive technology too, but it is not a live region: four numbers a
 * second would drown everything else a screen reader has to say.
 */
import { h, mark, say } from "../dom.js";
import { percent } from "../format.js";
import { Trace } from "../trace.js";
import type { Snapshot, View } from "../view.js";

/** The outcome each intent is checked against. */
const OUTCOMES: Readonly<Record<string, string>> = {
  commit: "a click within 2 s",
  struggle: "a snag, like a dead click, within 15 s",
  compare: "another item, this visit",
  leave: "gone within 10 s",
  buy: "an order, this visit",
};

/** Half a minute at four ticks a second. */
const POINTS = 120;

class Row {
  readonly root: HTMLElement;
  private readonly _bar = h("span", { class: "bar-fill" });
  private readonly _meter: HTMLElement;
  private readonly _number = h("span", { class: "forecast-number" }, "0");
  readonly trace = new Trace(POINTS, "trace trace-forecast", 1, true);

  constructor(intent: string) {
    const outcome = OUTCOMES[intent] ?? "an outcome of this site's own";
    this._meter = h(
      "div",
      {
        class: "bar",
        role: "meter",
        "aria-label": `${intent}: ${outcome}`,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
      },
      this._bar,
    );
    this.root = h(
      "li",
      { class: "forecast", "data-intent": intent },
      h("p", { class: "forecast-name" }, h("strong", {}, intent), " ", h("span", {}, outcome)),
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
  private readonly _rows = new Map<string, Row>();
  private readonly _list = h("ul", { class: "forecasts" });
  private readonly _focus = h("b", {});
  private readonly _focusLine: HTMLElement;

  constructor() {
    for (const intent of Object.keys(OUTCOMES)) this._row(intent);
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
      this._list,
      this._focusLine,
    );
  }

  update({ intents, focus }: Snapshot): void {
    const top = Math.max(...Object.values(intents));
    for (const [intent, value] of Object.entries(intents)) this._row(intent).update(value, top >= 0.1 && value === top);
    say(this._focus, focus ?? "no slot");
    mark(this._focusLine, "data-none", focus ? null : "");
  }

  /** The row of an intent; a head of the site's own gets one when it is first seen. */
  private _row(intent: string): Row {
    let row = this._rows.get(intent);
    if (!row) {
      row = new Row(intent);
      this._rows.set(intent, row);
      this._list.append(row.root);
    }
    return row;
  }

  draw(): void {
    for (const row of this._rows.values()) row.trace.draw();
  }

  restyle(): void {
    for (const row of this._rows.values()) row.trace.restyle();
  }
}
