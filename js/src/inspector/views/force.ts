/**
 * Which variant a slot is to show, chosen by hand: as decided, or any that the page or a rule knows.
 *
 * They are radio buttons of the browser's own, so arrows go through them; each takes effect at once.
 */
import type { Decision, Explanation, Unspoken } from "../../types.js";
import { h, keyed, mark } from "../dom.js";
import { elementsOf } from "../highlight.js";

const AS_DECIDED = "";

/** What a slot can show: its default, what its rules show, what has a template on this page. */
function variantsOf(slot: string, decision: Decision, explanation: Explanation | undefined): string[] {
  const variants = new Set(["default"]);
  for (const { show, variants: arms } of explanation?.rules ?? []) for (const arm of arms ?? [show]) variants.add(arm);
  for (const element of elementsOf(slot)) {
    for (const template of element.querySelectorAll(":scope > template[data-variant]"))
      variants.add(template.getAttribute("data-variant") as string);
  }
  // In the same order whatever is shown: a button that moved would lose the focus.
  return [...variants.add(decision.variant)];
}

class Choice {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;

  constructor(group: string, value: string, onChoose: () => void) {
    this.input = h("input", { type: "radio", name: group });
    this.input.value = value;
    this.input.addEventListener("change", onChoose);
    this.root = h("label", { class: "choice" }, this.input, h("span", {}, value || "As decided"));
  }
}

export class Force {
  readonly root: HTMLElement;
  private readonly _choices = h("div", { class: "choices" });
  private readonly _rows = new Map<string, Choice>();
  private readonly _note = h(
    "p",
    { class: "because" },
    "A forced variant is no exposure, and ends when the page is left.",
  );
  private _unspoken: Unspoken | undefined;

  constructor(
    private readonly _slot: string,
    private readonly _onForce: () => void,
  ) {
    this.root = h("fieldset", { class: "force" }, h("legend", {}, "Show"), this._choices, this._note);
  }

  /** `forced`: what is forced now, or null; `past`: another moment is looked at, where nothing is to be forced. */
  update(decision: Decision, explanation: Explanation | undefined, unspoken: Unspoken, past: boolean): void {
    this._unspoken = unspoken;
    const values = [AS_DECIDED, ...variantsOf(this._slot, decision, explanation)];
    keyed(
      this._choices,
      this._rows,
      values,
      (value) => value,
      (value) => new Choice(`force-${this._slot}`, value, () => this._choose(value)),
    );
    const forced = forcedOf(decision);
    for (const [value, { input, root }] of this._rows) {
      if (input.checked !== ((forced ?? AS_DECIDED) === value)) input.checked = (forced ?? AS_DECIDED) === value;
      input.disabled = past;
      mark(root, "data-shown", decision.shown === value ? "" : null);
    }
    this._note.hidden = forced === null;
  }

  private _choose(value: string): void {
    this._unspoken?.force(this._slot, value || null);
    this._onForce();
  }
}

/** The variant that is forced in a slot, or null where rules decide: only a forced one has no rule and says so. */
export const forcedOf = ({ rule, variant, reason }: Decision): string | null =>
  rule === null && reason.startsWith("Forced") ? variant : null;
