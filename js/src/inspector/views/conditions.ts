/**
 * The rules of a slot in order, each a table of what it asks: the attribute, its value now, what was
 * asked of it, and whether that held. A rule that is passed over says why.
 */
import type { RuleTest, RuleTrial } from "../../types.js";
import { h, keyed, mark, say } from "../dom.js";
import { percent, value } from "../format.js";

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

class TestRow {
  readonly root: HTMLElement;
  private readonly _held = h("td", { class: "held" });
  private readonly _attribute = h("code", {});
  private readonly _asked = h("span", {});
  private readonly _saw = h("td", { class: "saw" });

  constructor() {
    const condition = h("th", { scope: "row" }, this._attribute, " ", this._asked);
    this.root = h("tr", { class: "test" }, this._held, condition, this._saw);
  }

  update({ attribute, operator, asked, saw, held }: RuleTest): void {
    say(this._held, held ? "yes" : "no");
    mark(this.root, "data-held", held ? "" : null);
    say(this._attribute, attribute || "on this device");
    const wanted = Array.isArray(asked) ? asked.map(value).join(", ") : value(asked);
    say(this._asked, `${SIGNS[operator] ?? operator} ${wanted}`);
    say(this._saw, saw === null || saw === undefined ? "nothing" : value(saw));
  }
}

const column = (name: string) => h("th", { scope: "col" }, name);

class TrialRow {
  readonly root: HTMLElement;
  private readonly _show = h("span", { class: "trial-show" });
  private readonly _verdict = h("span", { class: "verdict" });
  private readonly _table: HTMLElement;
  private readonly _body = h("tbody", {});
  private readonly _tests = new Map<string, TestRow>();
  private readonly _refused = h("p", { class: "because" });

  constructor({ id }: RuleTrial) {
    this._table = h(
      "table",
      { class: "tests", "aria-label": `Conditions of ${id}` },
      h("thead", { class: "unseen" }, h("tr", {}, column("Holds"), column("Condition"), column("Value now"))),
      this._body,
    );
    this.root = h(
      "li",
      { class: "trial" },
      h("p", { class: "trial-line" }, h("code", {}, id), this._show, this._verdict),
      this._table,
      this._refused,
    );
  }

  /** `decides`: it is in force; `turn`: it was tried, since no rule before it decided. */
  update({ show, held, refused, tests, variants, chance }: RuleTrial, decides: boolean, turn: boolean): void {
    say(
      this._verdict,
      decides ? "decides" : refused ? (held ? "passed over" : "does not hold") : turn ? "holds" : "no turn",
    );
    const drawn = chance ? `drew ${show}, ${percent(chance)} %` : `gives ${show}`;
    say(this._show, variants ? `${drawn} (of ${variants.join(", ")})` : `shows ${show}`);
    const none = tests.length === 0 ? "It asks nothing. " : "";
    const late = turn || decides ? "" : "It had no turn: a rule before it decides.";
    // Where a test says no, that is why.
    const because = refused && held ? `Passed over: ${refused}.` : "";
    const words = decides ? none.trim() : none + (because || late);
    say(this._refused, words);
    this._refused.hidden = !words;
    this._table.hidden = tests.length === 0;
    mark(this.root, "data-held", refused ? null : "");
    mark(this.root, "data-decides", decides ? "" : null);
    const keys = tests.map((_, at) => String(at));
    keyed(
      this._body,
      this._tests,
      keys,
      (key) => key,
      () => new TestRow(),
    );
    tests.forEach((test, at) => {
      this._tests.get(String(at))?.update(test);
    });
  }
}

export class Conditions {
  readonly root = h("ol", { class: "trials" });
  private readonly _rows = new Map<string, TrialRow>();

  update(rules: readonly RuleTrial[], decides: string | null, tried: number): void {
    keyed(
      this.root,
      this._rows,
      rules,
      ({ id }) => id,
      (trial) => new TrialRow(trial),
    );
    rules.forEach((trial, at) => {
      this._rows.get(trial.id)?.update(trial, trial.id === decides, at < tried);
    });
  }
}
