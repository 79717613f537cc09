/** What the SDK costs this page, in milliseconds and bytes, how quick it swaps, and what it keeps. */
import type { EventMap, Stats } from "../../types.js";
import { h, keyed, mark, say } from "../dom.js";
import { bytes, count, milliseconds } from "../format.js";
import type { Snapshot, View } from "../view.js";

const KEPT = {
  persistent: "in this browser, from visit to visit",
  session: "in this tab, until it is closed",
  memory: "in memory, until this page is left",
  off: "nowhere",
};

/** A figure with its unit, and what it is. */
class Figure {
  readonly root: HTMLElement;
  private readonly _value = h("dd", {});
  private readonly _more = h("dd", { class: "more" });

  constructor(label: string) {
    this.root = h("div", { class: "figure" }, h("dt", {}, label), this._value, this._more);
  }

  update(value: string, more = ""): void {
    say(this._value, value);
    say(this._more, more);
  }
}

/** A name and a text beside it. */
class Pair {
  readonly root: HTMLElement;
  private readonly _text = h("dd", {});

  constructor(name: string) {
    this.root = h("div", {}, h("dt", {}, name), this._text);
  }

  update(text: string): void {
    say(this._text, text);
  }
}

function section(id: string, title: string, ...content: Node[]): HTMLElement {
  return h(
    "section",
    { class: "live", "aria-labelledby": id },
    h("div", { class: "heading" }, h("h3", { id }, title)),
    ...content,
  );
}

export class CostView implements View {
  readonly root: HTMLElement;
  private readonly _main = new Figure("Main thread");
  private readonly _swap = new Figure("Event to swap");
  private readonly _sent = new Figure("Sent");
  private readonly _waiting = new Figure("Waiting");
  private readonly _batch = h(
    "p",
    { class: "because" },
    "No batch has been sent while the inspector stood in this page.",
  );
  private readonly _stays = ["kept", "visitor", "session", "level", "automation"].map((name) => new Pair(name));
  private readonly _journeys = h("dl", { class: "pairs" });
  private readonly _journeyRows = new Map<string, Pair>();
  private readonly _noJourney = h("p", { class: "because" }, "The config has no journeys.");
  private readonly _budget = h("p", { class: "because" });
  private _before: { at: number; spent: number } | undefined;
  private _share = 0;

  constructor() {
    this.root = h(
      "div",
      {},
      section("cost", "What it costs", h("dl", { class: "figures" }, this._main.root, this._swap.root)),
      section(
        "leaves",
        "What leaves this browser",
        h("dl", { class: "figures" }, this._sent.root, this._waiting.root),
        this._batch,
      ),
      section("stays", "What stays", h("dl", { class: "pairs" }, ...this._stays.map(({ root }) => root))),
      section("past", "Journeys and interruptions", this._journeys, this._noJourney, this._budget),
    );
  }

  /** A batch was sent, or refused. */
  sent({ bytes: size, via, ok, status }: EventMap["batch"]): void {
    const fate = ok
      ? via === "beacon"
        ? "handed to the browser"
        : "accepted"
      : status
        ? `refused with ${status}`
        : "not delivered";
    say(this._batch, `Last batch: ${bytes(size)} by ${via}, ${fate}.`);
    mark(this._batch, "data-bad", ok ? null : "");
  }

  update({ stats }: Snapshot): void {
    const { milliseconds: spent, swaps } = stats;
    this._main.update(milliseconds(spent), `${this._perSecond(spent).toFixed(2)} ms a second now`);
    if (swaps.count)
      this._swap.update(
        `${milliseconds(swaps.p50)}`,
        `middling; 95 % below ${milliseconds(swaps.p95)}, of ${count(swaps.count)}`,
      );
    else this._swap.update("–", "nothing was swapped yet");
    const { bytesSent, batches, events, queued, dropped } = stats;
    this._sent.update(
      bytes(bytesSent),
      `in ${count(batches)} ${batches === 1 ? "batch" : "batches"}${dropped ? `; ${count(dropped)} events dropped` : ""}`,
    );
    this._waiting.update(
      count(events),
      `${events === 1 ? "event" : "events"}; ${count(queued)} ${queued === 1 ? "batch" : "batches"} on the way`,
    );
    for (const [at, text] of this._texts(stats).entries()) this._stays[at]?.update(text);

    const names = Object.keys(stats.journeys);
    this._noJourney.hidden = names.length > 0;
    keyed(
      this._journeys,
      this._journeyRows,
      names,
      (name) => name,
      (name) => new Pair(name),
    );
    for (const name of names) this._journeyRows.get(name)?.update(stats.journeys[name] ?? "");
    say(
      this._budget,
      stats.budget ? `Nothing new may interrupt: ${stats.budget}.` : "The budget has room for an interruption.",
    );
  }

  private _texts({ storage, visitor, session, level, automation }: Stats): string[] {
    const what = level === "trace" ? "trace: events, and the cursor's path" : "events: no cursor path, nothing typed";
    const score = `${Math.round((automation?.score ?? 0) * 100)} of 100${automation?.reasons.length ? `: ${automation.reasons.join(", ")}` : ""}`;
    return [
      KEPT[storage] ?? KEPT.off,
      visitor || "not stored",
      session || "none",
      what,
      automation?.excluded ? `${score}; kept out as a machine` : score,
    ];
  }

  /** Over the last second or more; open, the inspector's own questions are in it. */
  private _perSecond(spent: number): number {
    const at = performance.now();
    const before = (this._before ??= { at, spent });
    if (at - before.at >= 1000) {
      this._share = ((spent - before.spent) / (at - before.at)) * 1000;
      this._before = { at, spent };
    }
    return this._share;
  }
}
