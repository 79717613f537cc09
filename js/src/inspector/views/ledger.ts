/** What leaves the browser and what is kept in it: the numbers a person who cares about privacy asks for first. */
import type { Stats } from "../../types.js";
import { h, mark, say } from "../dom.js";
import { bytes, count } from "../format.js";
import type { Snapshot, View } from "../view.js";

const FIGURES: [label: string, of: (stats: Stats) => string][] = [
  ["sent", (stats) => bytes(stats.bytesSent)],
  ["batches", (stats) => count(stats.batches)],
  ["events waiting", (stats) => count(stats.events)],
  ["dropped", (stats) => count(stats.dropped)],
];

const KEPT = {
  persistent: "in this browser, from visit to visit",
  session: "in this tab, until it is closed",
  memory: "in memory, until this page is left",
  off: "nowhere",
};

export class LedgerView implements View {
  readonly root: HTMLElement;
  private readonly _figures = FIGURES.map(() => h("dd", {}));
  private readonly _sentence = h("p", { class: "reason" });
  private readonly _visitor = h("code", {});
  private readonly _session = h("code", {});
  private readonly _kept = h("dd", {});
  private readonly _level = h("span", { class: "aside" });

  constructor() {
    this.root = h(
      "section",
      { class: "live", "aria-labelledby": "ledger" },
      h("div", { class: "heading" }, h("h3", { id: "ledger" }, "What leaves, what stays"), this._level),
      this._sentence,
      h(
        "dl",
        { class: "figures" },
        ...FIGURES.map(([label], index) => h("div", {}, h("dt", {}, label), this._figures[index] as Node)),
      ),
      h(
        "dl",
        { class: "ids" },
        h("div", {}, h("dt", {}, "kept"), this._kept),
        h("div", {}, h("dt", {}, "visitor"), h("dd", {}, this._visitor)),
        h("div", {}, h("dt", {}, "session"), h("dd", {}, this._session)),
      ),
    );
  }

  update({ stats }: Snapshot): void {
    FIGURES.forEach(([, of], index) => {
      say(this._figures[index] as Element, of(stats));
    });
    say(this._level, `level: ${stats.level}`);
    say(
      this._sentence,
      stats.bytesSent
        ? `${bytes(stats.bytesSent)} so far. Nothing typed${stats.level === "trace" ? "; the cursor's path is in it" : ", no cursor path"}.`
        : "Nothing so far. Everything above was worked out here.",
    );
    mark(this._sentence, "data-none", stats.bytesSent ? null : "");
    say(this._kept, KEPT[stats.storage] ?? KEPT.off);
    say(this._visitor, stats.visitor || "not stored");
    say(this._session, stats.session || "none");
  }
}
