/**
 * Why a slot shows what it shows, as a chain: what was heard, the forecasts and what moved them, the
 * rules in the order they are tried with what each asked and saw, and what came of it.
 */
import type { AttributeValue, Explanation, RuleTest, RuleTrial } from "../../types.js";
import { h, keyed, mark, say } from "../dom.js";
import { count, percent, value } from "../format.js";

/** Operators that have a sign; the others stand as in the config. */
const SIGNS: Record<string, string> = {
  $eq: "is",
  $ne: "is not",
  $gt: ">",
  $gte: "≥",
  $lt: "<",
  $lte: "≤",
  $in: "one of",
  $nin: "none of",
  $exists: "is known:",
};

/** A row of text, kept from one tick to the next. */
class Line {
  readonly root: HTMLElement;

  constructor(tag: "li" | "p", name: string) {
    this.root = h(tag, { class: name });
  }

  update(text: string): void {
    say(this.root, text);
  }
}

class TestRow {
  readonly root: HTMLElement;
  private readonly _held = h("span", { class: "held" });
  private readonly _attribute = h("code", {});
  private readonly _asked = h("span", {});
  private readonly _saw = h("b", {});

  constructor() {
    this.root = h(
      "li",
      { class: "test" },
      this._held,
      h("span", {}, this._attribute, " ", this._asked, ", saw ", this._saw),
    );
  }

  update({ attribute, operator, asked, saw, held }: RuleTest): void {
    say(this._held, held ? "yes" : "no");
    mark(this.root, "data-held", held ? "" : null);
    say(this._attribute, attribute || "on this device");
    const wanted = Array.isArray(asked) ? asked.map(value).join(", ") : value(asked);
    say(this._asked, `${SIGNS[operator] ?? operator} ${wanted}`);
    say(this._saw, saw === null ? "nothing" : value(saw));
  }
}

class TrialRow {
  readonly root: HTMLElement;
  private readonly _show = h("span", { class: "trial-show" });
  private readonly _tests = h("ul", { class: "tests" });
  private readonly _testRows = new Map<string, TestRow>();
  private readonly _refused = h("p", { class: "because" });
  private readonly _held = h("span", { class: "held" });

  constructor({ id }: RuleTrial) {
    this.root = h(
      "li",
      { class: "trial" },
      this._held,
      h("div", {}, h("p", { class: "trial-line" }, h("code", {}, id), this._show), this._tests, this._refused),
    );
  }

  /** `decides`: it is in force; `turn`: it was tried, since no rule before it decided. */
  update({ show, held, refused, tests, variants, chance }: RuleTrial, decides: boolean, turn: boolean): void {
    say(this._held, decides ? "decides" : refused ? "passed" : "not");
    const drawn = chance ? `drew ${show}, ${percent(chance)} %` : `gives ${show}`;
    say(this._show, variants ? `${drawn} (of ${variants.join(", ")})` : `shows ${show}`);
    const none = tests.length === 0 ? "It asks nothing. " : "";
    const late = turn || decides ? "" : "It had no turn: a rule before it decides.";
    // Where a test says no, that is why.
    const because = refused && held ? `Passed over: ${refused}.` : "";
    say(this._refused, decides ? none.trim() : none + (because || late));
    mark(this.root, "data-held", refused ? null : "");
    mark(this.root, "data-decides", decides ? "" : null);
    const keys = tests.map((_, at) => String(at));
    keyed(
      this._tests,
      this._testRows,
      keys,
      (key) => key,
      () => new TestRow(),
    );
    tests.forEach((test, at) => {
      this._testRows.get(String(at))?.update(test);
    });
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

const step = (title: string, ...content: Node[]) => h("li", { class: "step" }, h("h4", {}, title), ...content);

export class Why {
  readonly root: HTMLElement;
  private readonly _heard = h("p", { class: "because" });
  private readonly _forecasts = h("ul", {});
  private readonly _forecastRows = new Map<string, Line>();
  private readonly _noForecast = h("p", { class: "because" }, "Its rules ask for none.");
  private readonly _trials = h("ol", { class: "trials" });
  private readonly _trialRows = new Map<string, TrialRow>();
  private readonly _none = h("p", { class: "because" }, "No rules: this slot keeps its default.");
  private readonly _outcome = h("p", {});
  private readonly _attributes = h("dl", { class: "attributes" });
  private readonly _attributeRows = new Map<string, AttributeRow>();
  private readonly _summary = h("summary", {});

  constructor() {
    this.root = h(
      "div",
      { class: "why" },
      h(
        "ol",
        { class: "chain" },
        step("Signals of this page view", this._heard),
        step("Forecasts, and what moved them", this._forecasts, this._noForecast),
        step("Rules, in order", this._trials, this._none),
        step("So", this._outcome),
      ),
      h("details", {}, this._summary, this._attributes),
    );
  }

  update({ signals, forecasts, rules, rule, tried, attributes, sentence, waits }: Explanation): void {
    const heard = signals.map(({ type, count: times }) => `${count(times)} × ${type}`);
    say(this._heard, heard.join(", ") || "None yet.");

    this._noForecast.hidden = forecasts.length > 0;
    keyed(
      this._forecasts,
      this._forecastRows,
      forecasts,
      ({ intent }) => intent,
      () => new Line("li", "because"),
    );
    for (const { intent, forecast, because } of forecasts) {
      const moved = because.map((it) => `${it.feature} ${value(it.value)} ${it.logOdds > 0 ? "raises" : "lowers"} it`);
      this._forecastRows
        .get(intent)
        ?.update(`${intent} ${percent(forecast)} %${moved.length ? `: ${moved.join(", ")}` : ""}`);
    }

    this._none.hidden = rules.length > 0;
    keyed(
      this._trials,
      this._trialRows,
      rules,
      ({ id }) => id,
      (trial) => new TrialRow(trial),
    );
    rules.forEach((trial, at) => {
      this._trialRows.get(trial.id)?.update(trial, trial.id === rule, at < tried);
    });
    say(this._outcome, waits ? `${sentence} It waits: ${waits}.` : sentence);

    const names = Object.keys(attributes);
    say(this._summary, `${names.length} ${names.length === 1 ? "attribute" : "attributes"} the rules can read`);
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
