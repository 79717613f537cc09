/** Goals reached in the range. */

import { csvLine } from "./csv";
import { el, Keyed, say, type View } from "./dom";
import { amount, count } from "./format";
import type { Goal, Report } from "./report";
import { note, section } from "./section";

export function goals(): View<Report> {
  const rows = el("tbody");
  const table = el(
    "table",
    { class: "goals", "aria-labelledby": "goals-title" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "Goal"),
        el("th", { scope: "col", class: "number" }, "Reached"),
        el("th", { scope: "col", class: "number" }, "Visitors"),
        el("th", { scope: "col", class: "number" }, "Value"),
      ),
    ),
    rows,
  );
  const empty = el(
    "div",
    { class: "empty" },
    el("p", { class: "empty-lead" }, "No goal was reached in this range."),
    el(
      "p",
      {},
      "Goals are named in ",
      el("code", {}, "unspoken.json"),
      ": a click on a selector, or a call of ",
      el("code", {}, "unspoken.goal(name, { value })"),
      ".",
    ),
  );
  let latest: readonly Goal[] = [];
  const saving = csvLine("goals-csv", "goals", "goals", () => [
    ["goal", "count", "visitors", "value"],
    ...latest.map(({ goal, count: times, visitors, value }) => [goal, times, visitors, value]),
  ]);
  const keyed = new Keyed<Goal>(rows, (goal) => goal.goal, goalRow);
  return {
    node: section(
      "goals",
      "Goals",
      [note("Value is the sum of what the page reported, in its own unit.")],
      empty,
      table,
      saving,
    ),
    update({ goals: reached }) {
      empty.hidden = reached.length > 0;
      table.hidden = reached.length === 0;
      saving.hidden = reached.length === 0;
      latest = [...reached].sort((a, b) => a.goal.localeCompare(b.goal));
      keyed.update(latest);
    },
  };
}

function goalRow({ goal }: Goal): View<Goal> {
  const times = el("td", { class: "number" });
  const visitors = el("td", { class: "number" });
  const value = el("td", { class: "number" });
  return {
    node: el("tr", {}, el("th", { scope: "row" }, goal), times, visitors, value),
    update(current) {
      say(times, count(current.count));
      say(visitors, count(current.visitors));
      say(value, current.value ? amount(current.value) : "\u2013");
    },
  };
}
