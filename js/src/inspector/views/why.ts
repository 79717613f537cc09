/**
 * Why a slot shows what it shows: the rules in the order they are tried with what each asked and saw,
 * the forecasts they read and what moved those, what was heard, and every attribute they can read.
 */
import type { AttributeValue, Explanation } from "../../types.js";
import { h, keyed, say } from "../dom.js";
import { count, percent, value } from "../format.js";
import { Conditions } from "./conditions.js";

/** A row of text, kept from one tick to the next. */
class Line {
  readonly root = h("li", { class: "because" });

  update(text: string): void {
    say(this.root, text);
  }
}

class AttributeRow {
  readonly root: HTMLElement;
  private readonly _value = h("dd", {});

  constructor(name: string) {
    this.root = h("div", {}, h("dt", {}, name), this._value);
  }

  update(of: AttributeValue): void {
    say(this._value, value(of));
  }
}

const part = (title: string, ...content: Node[]) => h("div", { class: "part" }, h("h4", {}, title), ...content);

export class Why {
  readonly root: HTMLElement;
  private readonly _conditions = new Conditions();
  private readonly _none = h("p", { class: "because" }, "No rules: this slot keeps its default.");
  private readonly _forecasts = h("ul", {});
  private readonly _forecastRows = new Map<string, Line>();
  private readonly _noForecast = h("p", { class: "because" }, "Its rules ask for none.");
  private readonly _heard = h("p", { class: "because" });
  private readonly _attributes = h("dl", { class: "attributes" });
  private readonly _attributeRows = new Map<string, AttributeRow>();
  private readonly _summary = h("summary", {});
  private readonly _details: HTMLElement;

  constructor() {
    this._details = h("details", {}, this._summary, this._attributes);
    this.root = h(
      "div",
      { class: "why" },
      part("Rules, in order", this._conditions.root, this._none),
      part("Forecasts, and what moved them", this._forecasts, this._noForecast),
      part("Signals of this page view", this._heard),
      this._details,
    );
  }

  update({ signals, forecasts, rules, rule, tried, attributes }: Explanation): void {
    const heard = signals.map(({ type, count: times }) => `${count(times)} × ${type}`);
    say(this._heard, heard.join(", ") || "None yet.");

    this._noForecast.hidden = forecasts.length > 0;
    keyed(
      this._forecasts,
      this._forecastRows,
      forecasts,
      ({ intent }) => intent,
      () => new Line(),
    );
    for (const { intent, forecast, because } of forecasts) {
      const moved = because.map((it) => `${it.feature} ${value(it.value)} ${it.logOdds > 0 ? "raises" : "lowers"} it`);
      this._forecastRows
        .get(intent)
        ?.update(`${intent} ${percent(forecast)} %${moved.length ? `: ${moved.join(", ")}` : ""}`);
    }

    this._none.hidden = rules.length > 0;
    this._conditions.update(rules, rule, tried);

    const names = Object.keys(attributes);
    this._details.hidden = names.length === 0;
    say(this._summary, `${names.length} ${names.length === 1 ? "attribute" : "attributes"} its rules read`);
    keyed(
      this._attributes,
      this._attributeRows,
      names,
      (name) => name,
      (name) => new AttributeRow(name),
    );
    for (const name of names) this._attributeRows.get(name)?.update(attributes[name] ?? null);
  }
}
