/** What outlives the page view: the state of each journey, and whether anything may interrupt once more. */
import { h, keyed, mark, say } from "../dom.js";
import type { Snapshot, View } from "../view.js";

class JourneyRow {
  readonly root: HTMLElement;
  private readonly _state = h("code", {});

  constructor(name: string) {
    this.root = h("div", {}, h("dt", {}, name), h("dd", {}, this._state));
  }

  update(state: string): void {
    say(this._state, state);
  }
}

export class PastView implements View {
  readonly root: HTMLElement;
  private readonly _journeys = h("dl", { class: "ids" });
  private readonly _rows = new Map<string, JourneyRow>();
  private readonly _budget = h("p", { class: "reason" });

  constructor() {
    this.root = h(
      "section",
      { class: "live", "aria-labelledby": "past" },
      h(
        "div",
        { class: "heading" },
        h("h3", { id: "past" }, "Journeys and interruptions"),
        h("span", { class: "aside" }, "from visit to visit"),
      ),
      this._journeys,
      this._budget,
    );
  }

  update({ stats: { journeys, budget } }: Snapshot): void {
    const names = Object.keys(journeys);
    keyed(
      this._journeys,
      this._rows,
      names,
      (name) => name,
      (name) => new JourneyRow(name),
    );
    for (const name of names) this._rows.get(name)?.update(journeys[name] ?? "");
    say(this._budget, budget ? `Nothing new may interrupt: ${budget}.` : "The budget has room for an interruption.");
    mark(this._budget, "data-none", budget ? null : "");
  }
}
