/** The rules of one slot in the order they are tried, whether each held and because of what, and what they could read. */
import type { AttributeValue, Explanation, RuleTrial } from "../../types.js";
import { h, keyed, mark, say } from "../dom.js";
import { value } from "../format.js";

class TrialRow {
  readonly root: HTMLElement;
  private readonly _show = h("span", { class: "trial-show" });
  private readonly _because = h("p", { class: "because" });
  private readonly _held = h("span", { class: "held" });

  constructor({ id }: RuleTrial) {
    this.root = h(
      "li",
      { class: "trial" },
      this._held,
      h("div", {}, h("p", { class: "trial-line" }, h("code", {}, id), this._show), this._because),
    );
  }

  /** `decides`: the first that held, so the ones after it did not matter. */
  update({ show, held, because }: RuleTrial, decides: boolean): void {
    say(this._held, held ? "held" : "not");
    say(this._show, `shows ${show}`);
    say(this._because, because);
    mark(this.root, "data-held", held ? "" : null);
    mark(this.root, "data-decides", decides ? "" : null);
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

export class Why {
  readonly root: HTMLElement;
  private readonly _trials = h("ol", { class: "trials" });
  private readonly _trialRows = new Map<string, TrialRow>();
  private readonly _attributes = h("dl", { class: "attributes" });
  private readonly _attributeRows = new Map<string, AttributeRow>();
  private readonly _none = h("p", { class: "because" }, "No rules: this slot keeps its default.");
  private readonly _summary = h("summary", {});

  constructor() {
    this.root = h("div", { class: "why" }, this._trials, this._none, h("details", {}, this._summary, this._attributes));
  }

  update({ rules, rule, attributes }: Explanation): void {
    this._none.hidden = rules.length > 0;
    keyed(
      this._trials,
      this._trialRows,
      rules,
      ({ id }) => id,
      (trial) => new TrialRow(trial),
    );
    for (const trial of rules) this._trialRows.get(trial.id)?.update(trial, trial.id === rule);

    const names = Object.keys(attributes);
    say(this._summary, `${names.length} attributes the rules can read`);
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
