/** One slot of the table: its name with the scale, then a row for each variant, `default` first. */

import { el, Keyed, say, sayCount, type View } from "./dom";
import { count, counted, percent, percentRange, roughly } from "./format";
import { rangeBar } from "./rangebar";
import { isOff, ratioSentence } from "./ratio";
import type { Slot, Variant } from "./report";
import { ENOUGH_VISITORS, type Interval, shareScale, wilson } from "./statistics";

export interface SlotState {
  readonly slot: Slot;
  readonly goal: string | null;
}

interface VariantState {
  readonly variant: Variant;
  readonly goal: string | null;
  readonly end: number;
  readonly reference: Interval | null;
}

export function slotGroup({ slot: { slot: name } }: SlotState): View<SlotState> {
  const end = el("span", {}, "");
  const scaleLine = el("span", { "aria-hidden": "true" }, el("span", {}, "0"), end);
  const dismissals = el("span", { class: "slot-aside" });
  const ratios = el("span", { class: "slot-aside" });
  const scale = el("td", { role: "cell", class: "interval scale" }, scaleLine);
  const head = el(
    "tr",
    { role: "row", class: "slot-name" },
    el("th", { scope: "rowgroup", role: "rowheader", colspan: "4" }, name, dismissals, ratios),
    scale,
  );
  const node = el("tbody", { role: "rowgroup" }, head);
  const keyed = new Keyed<VariantState>(node, ({ variant }) => variant.variant, variantRow, head);
  return {
    node,
    update({ slot, goal }) {
      const ordered = [...slot.variants].sort(byName);
      const scaleEnd = commonScale(ordered, goal);
      const reference = referenceOf(ordered, goal);
      say(end, roughly(scaleEnd));
      say(dismissals, slot.dismissals > 0 ? `Dismissed by ${counted(slot.dismissals, "visitor")}.` : "");
      say(ratios, slot.ratios.map(ratioSentence).join(" "));
      ratios.dataset["alarm"] = String(slot.ratios.some(isOff));
      scaleLine.hidden = goal === null;
      keyed.update(ordered.map((variant) => ({ variant, goal, end: scaleEnd, reference })));
    },
  };
}

function byName(a: Variant, b: Variant): number {
  const rank = ({ variant }: Variant): number => (variant === "default" ? 0 : 1);
  return rank(a) - rank(b) || a.variant.localeCompare(b.variant);
}

/** One scale for the variants of a slot; a variant with few visitors must not stretch it. */
function commonScale(variants: readonly Variant[], goal: string | null): number {
  const known = variants.filter(({ visitors }) => visitors >= ENOUGH_VISITORS);
  const highs = (known.length > 0 ? known : variants).map(
    (variant) => wilson(hits(variant, goal), variant.visitors).high,
  );
  return shareScale(Math.max(0.01, ...highs));
}

/** The interval of `default`, where it is known and there is something to compare. */
function referenceOf(variants: readonly Variant[], goal: string | null): Interval | null {
  const [first] = variants;
  if (!first || variants.length < 2 || first.variant !== "default" || first.visitors < ENOUGH_VISITORS) return null;
  return wilson(hits(first, goal), first.visitors);
}

function hits({ goals, visitors }: Variant, goal: string | null): number {
  return goal === null ? 0 : Math.min(visitors, goals[goal] ?? 0);
}

function variantRow({ variant: { variant: name } }: VariantState): View<VariantState> {
  const exposures = el("td", { role: "cell", class: "number" });
  const visitors = el("td", { role: "cell", class: "number" });
  const rate = el("span", { class: "rate-main" });
  const basis = el("span", { class: "rate-basis" });
  const bar = rangeBar();
  const bounds = el("span", { class: "bounds" });
  const node = el(
    "tr",
    { role: "row", class: "variant" },
    el("th", { scope: "row", role: "rowheader" }, name),
    exposures,
    visitors,
    el("td", { role: "cell", class: "number rate" }, rate, " ", basis),
    el("td", { role: "cell", class: "interval" }, bar.node, bounds),
  );
  return {
    node,
    update({ variant, goal, end, reference }) {
      const reached = hits(variant, goal);
      const interval = wilson(reached, variant.visitors);
      const few = variant.visitors < ENOUGH_VISITORS;
      sayCount(exposures, variant.exposures, "exposure");
      sayCount(visitors, variant.visitors, "visitor");
      bar.node.hidden = goal === null || variant.visitors === 0;
      bar.update({ rate: variant.visitors > 0 ? reached / variant.visitors : 0, interval, end, reference, faint: few });
      if (goal === null || variant.visitors === 0) {
        for (const part of [basis, bounds]) say(part, "");
        say(rate, goal === null ? "no goal yet" : "\u2013");
        node.dataset["few"] = "true";
        return;
      }
      node.dataset["few"] = String(few);
      say(rate, few ? "too few to say" : percent(reached / variant.visitors));
      say(basis, `${count(reached)} of ${count(variant.visitors)}`);
      say(bounds, percentRange(interval.low, interval.high));
    },
  };
}
