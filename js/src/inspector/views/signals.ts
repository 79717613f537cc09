/** How much the page is being read right now: the proof that anything is going on at all. */
import { h, say } from "../dom.js";
import { count } from "../format.js";
import { Trace } from "../trace.js";
import type { Snapshot, View } from "../view.js";

/** Half a minute at four ticks a second. */
const POINTS = 120;

export class SignalsView implements View {
  readonly root: HTMLElement;
  private readonly _rate = h("span", { class: "rate-number" }, "0");
  private readonly _total = h("span", { class: "aside" });
  private readonly _peak = h("span", {});
  private readonly _trace = new Trace(POINTS, "trace trace-signals", 20, false);

  constructor() {
    this.root = h(
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
    );
  }

  update({ stats }: Snapshot): void {
    say(this._rate, count(stats.perSecond));
    say(this._total, `${count(stats.signals)} read, ${count(stats.forecasts)} forecasts made`);
    this._trace.push(stats.perSecond);
    say(this._peak, `peak ${count(this._trace.peak)}`);
  }

  draw(): void {
    this._trace.draw();
  }

  restyle(): void {
    this._trace.restyle();
  }
}
