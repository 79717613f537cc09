/**
 * What the visitor is expected to do: one row for each intent, with what would make it come true.
 *
 * The bar is a meter for assistive technology too, but it is not a live region: four numbers a
 * second would drown everything else a screen reader has to say.
 */
import { Chart } from "../chart.js";
import { h, mark, say } from "../dom.js";
import { count, percent } from "../format.js";
import type { Minute } from "../history.js";
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
  readonly chart: Chart;

  constructor(intent: string) {
    const outcome = OUTCOMES[intent] ?? "an outcome of this site's own";
    this.chart = new Chart("trace trace-forecast", intent);
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
      this.chart.root,
    );
  }

  update(value: number, leads: boolean): void {
    const text = percent(value);
    say(this._number, text);
    mark(this._meter, "aria-valuenow", text);
    mark(this.root, "data-leads", leads ? "" : null);
    this._bar.style.transform = `scaleX(${Math.min(1, Math.max(0, value || 0)).toFixed(3)})`;
  }
}

export class ForecastsView implements View {
  readonly root: HTMLElement;
  private readonly _rows = new Map<string, Row>();
  private readonly _list = h("ul", { class: "forecasts" });
  private readonly _focus = h("b", {});
  private readonly _focusLine: HTMLElement;
  private readonly _rate = h("span", { class: "rate-number" }, "0");
  private readonly _total = h("span", { class: "aside" });
  private readonly _peak = h("span", {});
  private readonly _trace = new Trace(POINTS, "trace trace-signals", 20, false);
  private _minute: Minute | undefined;

  constructor() {
    for (const intent of Object.keys(OUTCOMES)) this._row(intent);
    this._focusLine = h("p", { class: "focus-line" }, "Nearest the cursor: ", this._focus);
    this.root = h(
      "div",
      {},
      h(
        "section",
        { class: "live", "aria-labelledby": "forecasts" },
        h(
          "div",
          { class: "heading" },
          h("h3", { id: "forecasts" }, "Forecasts"),
          h("span", { class: "aside" }, "last 60 s"),
        ),
        this._list,
        this._focusLine,
      ),
      h(
        "section",
        { class: "live", "aria-labelledby": "signals" },
        h("div", { class: "heading" }, h("h3", { id: "signals" }, "Signals"), this._total),
        h(
          "div",
          { class: "rate" },
          h("p", { class: "rate-figure" }, this._rate, h("span", { class: "unit" }, "a second")),
          h(
            "div",
            { class: "rate-trace" },
            this._trace.root,
            h("p", { class: "scale" }, h("span", {}, "30 s ago"), this._peak, h("span", {}, "now")),
          ),
        ),
      ),
    );
  }

  update({ intents, focus, minute, stats }: Snapshot): void {
    this._minute = minute;
    const top = Math.max(...Object.values(intents));
    for (const [intent, value] of Object.entries(intents)) this._row(intent).update(value, top >= 0.1 && value === top);
    say(this._focus, focus ?? "no slot");
    mark(this._focusLine, "data-none", focus ? null : "");
    say(this._rate, count(stats.perSecond));
    say(this._total, `${count(stats.signals)} read, ${count(stats.forecasts)} forecasts made`);
    this._trace.push(stats.perSecond);
    say(this._peak, `peak ${count(this._trace.peak)}`);
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
    if (!this._minute || !this.root.offsetParent) return;
    for (const row of this._rows.values()) row.chart.draw(this._minute);
    this._trace.draw();
  }

  restyle(): void {
    for (const row of this._rows.values()) row.chart.restyle();
    this._trace.restyle();
  }
}
