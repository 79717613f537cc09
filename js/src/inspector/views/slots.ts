/** What each slot shows and the sentence that says why; one at a time opens, and is marked on the page. */
import type { Decision, Unspoken } from "../../types.js";
import { button, h, icon, keyed, mark, say } from "../dom.js";
import { elementsOf } from "../highlight.js";
import type { Snapshot, View } from "../view.js";
import { Force, forcedOf } from "./force.js";
import { Why } from "./why.js";

const CHEVRON = "M6 4l4 4-4 4";

/** What a slot can wait for besides a gate, which goes by its name. */
const WAITS: Record<string, string> = {
  swap: "waits for its moment to swap",
  hold: "waits: it has changed just now",
  "another slot": "waits until another slot has changed",
  "an interruption": "waits for an interruption",
  "a template": "has no such variant here",
  room: "has no room where it would be seen coming; it waits to be out of view",
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
  private readonly _considered = h("span", { class: "considered" }, "nearest the cursor");
  private readonly _stage = h("span", { class: "stage" });
  private readonly _toggle: HTMLButtonElement;
  private readonly _detail: HTMLElement;
  private readonly _reason = h("p", { class: "reason" });
  private readonly _then = h("p", { class: "because then" });
  private readonly _force: Force;
  private readonly _why = new Why();
  private readonly _see: HTMLButtonElement;

  constructor(
    readonly slot: string,
    onToggle: () => void,
    onForce: () => void,
  ) {
    this._force = new Force(slot, onForce);
    this._toggle = button(
      { class: "slot-head", "aria-expanded": "false", "aria-controls": `slot-${slot}` },
      onToggle,
      icon(CHEVRON),
      h("span", { class: "slot-name" }, slot),
      this._variant,
      h("span", { class: "slot-foot" }, this._stage, this._considered),
    );
    this._see = button({ class: "link" }, () => this._scroll(), "Scroll the page to it");
    this._detail = h(
      "div",
      { class: "slot-detail", id: `slot-${slot}`, role: "group", "aria-label": `Slot ${slot}` },
      this._reason,
      this._then,
      this._force.root,
      this._why.root,
      this._see,
    );
    this._detail.hidden = true;
    this.root = h("li", { class: "slot" }, h("h4", { class: "slot-title" }, this._toggle), this._detail);
  }

  focus(): void {
    this._toggle.focus();
  }

  update(decision: Decision, isOpen: boolean, snapshot: Snapshot, unspoken: Unspoken): void {
    const forced = forcedOf(decision) !== null;
    say(this._variant, decision.variant);
    mark(this._variant, "data-default", decision.variant === "default" ? "" : null);
    mark(this.root, "data-forced", forced ? "" : null);
    const { rule } = decision;
    say(this._stage, `${forced ? "forced · " : rule ? `by ${rule} · ` : ""}${stage(decision)}`);
    mark(this._stage, "data-waits", decision.shown === decision.variant || !decision.present ? null : "");
    this._considered.hidden = this.slot !== snapshot.focus;
    mark(this._toggle, "aria-expanded", String(isOpen));
    mark(this.root, "data-open", isOpen ? "" : null);
    this._detail.hidden = !isOpen;
    if (!isOpen) return;
    const explanation = snapshot.explain(this.slot);
    const isPast = snapshot.at !== null;
    const { waits } = decision;
    const sentence = (!isPast && !forced && explanation?.sentence) || decision.reason;
    say(this._reason, waits ? `${sentence} It ${WAITS[waits] ?? `waits at the gate ${waits}`}.` : sentence);
    const ago = isPast ? ((snapshot.at as number) - decision.at) / 1000 : 0;
    say(
      this._then,
      isPast ? `Decided ${ago.toFixed(1)} s before that moment; what follows is what was read then.` : "",
    );
    this._then.hidden = !isPast;
    this._force.update(decision, explanation, unspoken, isPast);
    this._why.root.hidden = !explanation;
    if (explanation) this._why.update(explanation);
    this._see.hidden = isPast || !decision.present;
  }

  private _scroll(): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    elementsOf(this.slot)[0]?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }
}

export class SlotsView implements View {
  readonly root: HTMLElement;
  private readonly _list = h("ul", { class: "slots" });
  private readonly _rows = new Map<string, SlotRow>();
  private readonly _empty = h("p", { class: "empty" });
  private readonly _aside = h("span", { class: "aside" });
  private readonly _release: HTMLButtonElement;
  private _last: [Snapshot, Unspoken] | undefined;

  /** `selected`: the slot that is open at first. */
  constructor(
    private _selected: string | null,
    private readonly _onSelect: (slot: string | null) => void,
    private readonly _onForce: () => void,
  ) {
    this._release = button({ class: "link" }, () => this._letGo(), "Let all go");
    this.root = h(
      "section",
      { "aria-labelledby": "slots" },
      h("div", { class: "heading" }, h("h3", { id: "slots" }, "What each slot shows"), this._aside, this._release),
      this._list,
      this._empty,
    );
  }

  get selected(): string | null {
    return this._selected;
  }

  update(snapshot: Snapshot, unspoken: Unspoken): void {
    this._last = [snapshot, unspoken];
    const { slots, stats } = snapshot;
    this._empty.hidden = slots.length > 0;
    say(
      this._empty,
      stats.fault ? "Without its config, the slots are not known." : "The config of this page has no slots.",
    );
    const forced = slots.filter((decision) => forcedOf(decision) !== null).length;
    say(this._aside, forced ? `${forced} forced` : "");
    this._release.hidden = !forced || snapshot.at !== null;
    // What is on this page comes first.
    const sorted = [...slots].sort((a, b) => Number(b.present) - Number(a.present));
    keyed(
      this._list,
      this._rows,
      sorted,
      ({ slot }) => slot,
      ({ slot }) => new SlotRow(slot, () => this._flip(slot), this._onForce),
    );
    for (const decision of slots)
      this._rows.get(decision.slot)?.update(decision, decision.slot === this._selected, snapshot, unspoken);
  }

  private _flip(slot: string): void {
    this._selected = this._selected === slot ? null : slot;
    this._onSelect(this._selected);
    if (this._last) this.update(...this._last);
  }

  private _letGo(): void {
    const [snapshot, unspoken] = this._last ?? [];
    const forced = snapshot?.slots.filter((decision) => forcedOf(decision) !== null) ?? [];
    for (const { slot } of forced) unspoken?.force(slot, null);
    this._rows.get(forced[0]?.slot ?? "")?.focus();
    this._onForce();
  }
}
