/** What each slot showed, and what its visitors did afterwards. */

import { type Cell, csvLine } from "./csv";
import { el, Keyed, say, type View } from "./dom";
import type { Report } from "./report";
import { note, section } from "./section";
import { type SlotState, slotGroup } from "./slotgroup";

/** More slots than this fold behind a button. */
const FOLD = 8;

/** A view whose goal may be asked for from outside: by the address. */
export interface Slots extends View<Report> {
  prefer(goal: string | null): void;
}

export function slots(onGoal: (goal: string) => void): Slots {
  const chooser = goalChooser((goal) => {
    onGoal(goal);
    draw();
  });
  const heading = (text: string, kind: string): HTMLElement =>
    el("th", { scope: "col", role: "columnheader", class: kind }, text);
  const rateHeading = heading("Reached the goal", "number rate");
  const table = el(
    "table",
    { class: "slots", role: "table", "aria-labelledby": "slots-title" },
    el(
      "thead",
      { role: "rowgroup" },
      el(
        "tr",
        { role: "row" },
        heading("Variant", ""),
        heading("Exposures", "number"),
        heading("Visitors", "number"),
        rateHeading,
        heading("95\u202f% interval", "interval"),
      ),
    ),
  );
  const empty = el(
    "div",
    { class: "empty" },
    el("p", { class: "empty-lead" }, "No slot was seen in this range."),
    el(
      "p",
      {},
      "A slot is any element with ",
      el("code", {}, 'data-unspoken="name"'),
      ". It counts here once it has really been in view.",
    ),
  );
  const more = el("button", { type: "button", class: "plain more", "aria-expanded": "false" });
  const keyed = new Keyed<SlotState>(table, ({ slot }) => slot.slot, slotGroup, table.tHead);

  let latest: Report | null = null;
  const saving = csvLine("slots-csv", "slots", "slots", () => (latest ? lines(latest) : []));
  let unfolded = false;
  const draw = (): void => {
    if (!latest) return;
    const all = latest.slots;
    empty.hidden = all.length > 0;
    table.hidden = all.length === 0;
    saving.hidden = all.length === 0;
    const goal = chooser.chosen(goalNames(latest));
    say(rateHeading, goal ? `Reached ${goal}` : "Reached a goal");
    const shown = unfolded || all.length <= FOLD ? all : all.slice(0, FOLD);
    keyed.update(shown.map((slot) => ({ slot, goal })));
    more.hidden = all.length <= FOLD;
    more.setAttribute("aria-expanded", String(unfolded));
    say(more, unfolded ? `Show the first ${FOLD} slots` : `Show all ${all.length} slots`);
  };
  more.addEventListener("click", () => {
    unfolded = !unfolded;
    draw();
  });
  return {
    node: section(
      "slots",
      "Slots",
      [
        chooser.node,
        note(
          "The rate is the share of visitors who reached the goal after they saw the variant, with Wilson’s 95\u202f% interval. The pale band repeats the interval of default.",
        ),
        note(
          "Rules choose who sees what, so variants have different visitors. A gap between them is a hint, not an effect.",
        ),
      ],
      empty,
      table,
      more,
      saving,
    ),
    prefer(goal) {
      chooser.want(goal);
      draw();
    },
    update(report) {
      latest = report;
      draw();
    },
  };
}

/** A line for each variant, with a column for each goal. */
function lines(report: Report): Cell[][] {
  const goals = goalNames(report);
  const rows = report.slots.flatMap(({ slot, variants }) =>
    variants.map(({ variant, exposures, visitors, goals: reached }) => [
      slot,
      variant,
      exposures,
      visitors,
      ...goals.map((goal) => reached[goal] ?? 0),
    ]),
  );
  return [["slot", "variant", "exposures", "visitors", ...goals.map((goal) => `reached_${goal}`)], ...rows];
}

function goalNames(report: Report): string[] {
  const names = new Set(report.goals.map(({ goal }) => goal));
  for (const { variants } of report.slots)
    for (const { goals } of variants) for (const goal of Object.keys(goals)) names.add(goal);
  return [...names].sort((a, b) => a.localeCompare(b));
}

interface Chooser {
  readonly node: HTMLElement;
  /** Asks for a goal; null is nobody's wish. */
  want(goal: string | null): void;
  /** The goal in force, given those there are. */
  chosen(goals: readonly string[]): string | null;
}

/** Which goal the rates are about. Starts with `purchase` where there is one. */
function goalChooser(onChange: (goal: string) => void): Chooser {
  const select = el("select", { id: "slots-goal" });
  const node = el("p", { class: "chooser" }, el("label", { for: "slots-goal" }, "Goal"), select);
  let listed = "";
  let wanted: string | null = null;
  select.addEventListener("change", () => {
    wanted = select.value;
    onChange(select.value);
  });
  return {
    node,
    want(goal) {
      wanted = goal;
    },
    chosen(goals) {
      node.hidden = goals.length < 2;
      const goal = [wanted, "purchase", goals[0]].find((name) => name != null && goals.includes(name)) ?? null;
      if (goals.join("\n") !== listed) {
        listed = goals.join("\n");
        select.replaceChildren(...goals.map((name) => el("option", { value: name }, name)));
      }
      if (goal !== null && select.value !== goal) select.value = goal;
      return goal;
    },
  };
}
