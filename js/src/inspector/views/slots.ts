/** What each slot shows and the sentence that says why; the rules behind it open on demand. */
import type { Decision, Unspoken } from "../../types.js";
import { button, h, icon, keyed, mark, say } from "../dom.js";
import type { Snapshot, View } from "../view.js";
import { Why } from "./why.js";

const POINTER = "M4 2.500l8.500 5.500-4 .800-2 3.700z";
const CHEVRON = "M6 4l4 4-4 4";

/** What a slot can wait for besides a gate, which goes by its name. */
const WAITS: Record<string, string> = {
  swap: "waits for its moment to swap",
  hold: "waits: it has changed just now",
  "another slot": "waits until another slot has changed",
  "an interruption": "waits for an interruption",
  "a template": "has no such variant here",
};

/** Where a decision stands between the rule and the visitor's eye. */
function stage({ present, shown, seen, variant, waits }: Decision): string {
  if (!present) return "not on this page";
  if (shown !== variant) return (waits && (WAITS[waits] ?? `waits at the gate ${waits}`)) || "waits";
  return seen ? "seen" : "not seen yet";
}

class SlotRow {
  readonly root: HTMLElement;
  private readonly _variant = h("span", { class: "variant" });
  private readonly _reason = h("p", { class: "reason" });
  private readonly _stage = h("span", { class: "stage" });
  private readonly _rule = h("code", {});
  private readonly _toggle: HTMLButtonElement;
  private readonly _why = new Why();
  private _open = false;

  constructor(
    readonly slot: string,
    private readonly _unspoken: () => Unspoken | undefined,
  ) {
    this._toggle = button(
      { class: "why-toggle", "aria-expanded": "false", "aria-label": `Why ${slot} shows this` },
      () => this._flip(),
      icon(CHEVRON),
      "Why",
    );
    this._why.root.hidden = true;
    this.root = h(
      "li",
      { class: "slot" },
      h(
        "div",
        { class: "slot-line" },
        h("code", { class: "slot-name" }, slot),
        h("span", { class: "considered" }, icon(POINTER), "considered"),
        this._variant,
      ),
      this._reason,
      h("div", { class: "slot-line slot-foot" }, this._stage, this._rule, this._toggle),
      this._why.root,
    );
  }

  update(decision: Decision, focused: boolean): void {
    say(this._variant, decision.variant);
    mark(this._variant, "data-default", decision.variant === "default" ? "" : null);
    say(this._reason, decision.reason);
    say(this._stage, stage(decision));
    mark(this._stage, "data-waits", decision.shown === decision.variant ? null : "");
    say(this._rule, decision.rule ?? "");
    mark(this.root, "data-focus", focused ? "" : null);
    if (this._open) this._explain();
  }

  private _flip(): void {
    this._open = !this._open;
    this._why.root.hidden = !this._open;
    mark(this._toggle, "aria-expanded", String(this._open));
    if (this._open) this._explain();
  }

  private _explain(): void {
    const explanation = this._unspoken()?.explain(this.slot);
    if (explanation) this._why.update(explanation);
  }
}

export class SlotsView implements View {
  readonly root: HTMLElement;
  private readonly _list = h("ul", { class: "slots" });
  private readonly _rows = new Map<string, SlotRow>();
  private readonly _empty = h("p", { class: "empty" });
  private _unspoken: Unspoken | undefined;

  constructor() {
    this.root = h(
      "section",
      { "aria-labelledby": "slots" },
      h(
        "div",
        { class: "heading" },
        h("h3", { id: "slots" }, "Slots"),
        h("span", { class: "aside" }, "what each shows, and why"),
      ),
      this._list,
      this._empty,
    );
  }

  update({ slots, focus, stats }: Snapshot, unspoken: Unspoken): void {
    this._unspoken = unspoken;
    this._empty.hidden = slots.length > 0;
    say(
      this._empty,
      stats.fault ? "Without its config, the slots are not known." : "The config of this page has no slots.",
    );
    keyed(
      this._list,
      this._rows,
      slots,
      ({ slot }) => slot,
      ({ slot }) => new SlotRow(slot, () => this._unspoken),
    );
    for (const decision of slots) this._rows.get(decision.slot)?.update(decision, decision.slot === focus);
  }
}
