/**
 * The last minute, as a chart one can go back in: a slider lies over it, and what it points at is what
 * the panel shows. While it points at the past the minute stands still; letting go of it is one key.
 */
import type { Intents } from "../types.js";
import { Chart } from "./chart.js";
import { button, h, icon, keyed, mark, say } from "./dom.js";
import { percent } from "./format.js";
import { type History, latest, MINUTE_MS, type Minute } from "./history.js";
import type { Snapshot, View } from "./view.js";
import { words } from "./views/log.js";

const BACK = "M10 4L6 8l4 4";
const ON = "M6 4l4 4-4 4";
const STEP_S = 0.25;

class Reading {
  readonly root: HTMLElement;
  private readonly _number = h("b", {});

  constructor(intent: string) {
    this.root = h("li", { "data-intent": intent }, h("i", { class: "ink" }), `${intent} `, this._number);
  }

  update(value: number, leads: boolean): void {
    say(this._number, `${percent(value)} %`);
    mark(this.root, "data-leads", leads ? "" : null);
  }
}

export class Timeline implements View {
  readonly root: HTMLElement;
  private readonly _chart = new Chart("minute");
  private readonly _slider: HTMLInputElement;
  private readonly _live: HTMLButtonElement;
  private readonly _liveLabel = h("span", {}, "Live");
  private readonly _when = h("span", { class: "aside", "data-when": true });
  private readonly _readings = h("ul", { class: "legend", "aria-label": "Forecasts of that moment" });
  private readonly _rows = new Map<string, Reading>();
  private readonly _event = h("p", { class: "because event" });
  private _still: Minute | undefined;
  /** Where a step went: the slider's own steps are coarser than time is. */
  private _exact: number | undefined;
  private _leading: string | undefined;

  constructor(
    private readonly _history: History,
    private readonly _onMove: () => void,
  ) {
    this._slider = h("input", {
      type: "range",
      min: "-60",
      max: "0",
      step: String(STEP_S),
      "aria-label": "Moment of the last minute",
      class: "scrub",
    });
    this._slider.value = "0";
    this._slider.addEventListener("input", () => this._moved());
    this._live = button({ class: "to-now", "data-now": true }, () => this.release(), h("i", {}), this._liveLabel);
    const step = (label: string, path: string, by: -1 | 1) =>
      button({ class: "step-button", "aria-label": label, title: label }, () => this._step(by), icon(path));
    this.root = h(
      "section",
      { class: "timeline", "aria-labelledby": "timeline" },
      h(
        "div",
        { class: "heading" },
        h("h3", { id: "timeline" }, "Last minute"),
        this._when,
        step("The happening before", BACK, -1),
        step("The next happening", ON, 1),
        this._live,
      ),
      h("div", { class: "plot" }, h("span", { class: "scale-top" }, "100 %"), this._chart.root, this._slider),
      h("p", { class: "scale" }, h("span", {}, "60 s ago"), h("span", {}, "30 s"), h("span", {}, "now")),
      this._readings,
      this._event,
    );
  }

  /** The minute that is looked at: one that stands still, or the one that is passing. */
  get minute(): Minute {
    return this._still ?? this._history.minute();
  }

  /** The moment that is looked at; null for now. */
  get at(): number | null {
    return this._still ? (this._exact ?? this._still.end + Number(this._slider.value) * 1000) : null;
  }

  /** Back to now. Says whether it was elsewhere. */
  release(): boolean {
    if (!this._still) return false;
    this._still = this._exact = undefined;
    this._slider.value = "0";
    this._onMove();
    return true;
  }

  update({ intents, at, minute }: Snapshot): void {
    const entries = Object.entries(intents as unknown as Record<string, number>);
    const top = Math.max(...entries.map(([, value]) => value));
    this._leading = top >= 0.1 ? entries.find(([, value]) => value === top)?.[0] : undefined;
    keyed(
      this._readings,
      this._rows,
      entries,
      ([intent]) => intent,
      ([intent]) => new Reading(intent),
    );
    for (const [intent, value] of entries) this._rows.get(intent)?.update(value, intent === this._leading);
    const ago = at === null ? 0 : (performance.now() - at) / 1000;
    say(this._when, at === null ? "" : `${ago.toFixed(1)} s ago`);
    say(this._liveLabel, at === null ? "Live" : "Back to now");
    mark(this._live, "data-now", at === null ? "" : null);
    mark(this.root, "data-past", at === null ? null : "");
    const last = at === null ? undefined : latest(minute.happenings, at);
    say(
      this._event,
      last ? `${(((at as number) - last.at) / 1000).toFixed(1)} s before: ${words(last) ?? last.event}` : "",
    );
    mark(this._slider, "aria-valuetext", this._spoken(intents, at));
  }

  draw(): void {
    this._chart.draw(this.minute, this._leading);
  }

  restyle(): void {
    this._chart.restyle();
  }

  private _spoken(intents: Intents, at: number | null): string {
    const lead = this._leading;
    const value = lead
      ? `${lead} ${percent((intents as unknown as Record<string, number>)[lead] ?? 0)} percent`
      : "nothing forecast";
    return `${at === null ? "now" : `${(((this._still?.end ?? at) - at) / 1000).toFixed(1)} seconds back`}, ${value}`;
  }

  private _moved(): void {
    this._exact = undefined;
    if (Number(this._slider.value) >= 0) this._still = undefined;
    else this._still ??= this._history.minute(true);
    this._onMove();
  }

  /** To the happening before or after the moment that is looked at. */
  private _step(by: -1 | 1): void {
    const still = this._still ?? this._history.minute(true);
    const at = this.at ?? still.end;
    const list = still.happenings.filter(({ event }) => event !== "batch");
    const found = by < 0 ? list.filter((it) => it.at < at).pop() : list.find((it) => it.at > at);
    if (!found) {
      if (by > 0) this.release();
      return;
    }
    [this._still, this._exact] = [still, found.at];
    const seconds = (found.at - still.end) / 1000;
    this._slider.value = String(Math.max(-MINUTE_MS / 1000, Math.min(-STEP_S, seconds)));
    this._onMove();
  }
}
