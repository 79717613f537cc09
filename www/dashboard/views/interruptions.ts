/** Interruptions: how often a visitor was shown something other than the default, in a day. */

import { bars } from "../charts/bars";
import { dataTable } from "../datatable";
import { el } from "../dom";
import { count, counted, percent } from "../format";
import { type Interruptions, withLists } from "../reports";
import { calmly, common, emptyState, type MakeScreen, reportScreen } from "../screen";
import { note, section } from "../section";
import { precise } from "../words";

/** More columns than this do not fit; the rest falls into the last. */
const MOST_BARS = 15;

interface Row {
  readonly name: string;
  readonly count: number;
  readonly days: number;
}

export const make: MakeScreen = (stage) =>
  reportScreen<Interruptions>(
    stage,
    "Interruptions",
    "How often a visitor was shown something other than the default, in one day.",
    { path: "/v1/report/interruptions", query: common, read: withLists<Interruptions>("histogram"), every: calmly },
    draw,
  );

function draw(report: Interruptions): readonly Node[] {
  if (report.histogram.length === 0 || report.visitors === 0) {
    return [
      emptyState(
        "Nobody was shown anything in this range.",
        "A slot counts once it has been in view for a second, and as an interruption where it showed another variant than the default. `budget.interruptionsPerSession` in `unspoken.json` bounds them.",
      ),
    ];
  }
  const { perVisitorDay: day, histogram } = report;
  const total = histogram.reduce((sum, { visitorDays }) => sum + visitorDays, 0);
  const rows = grouped(report);
  const figures: readonly (readonly [string, string])[] = [
    ["Visitors", count(report.visitors)],
    ["Mean a day", precise(day.mean)],
    ["Half have at most", count(day.p50)],
    ["95 of 100 at most", count(day.p95)],
    ["Most", count(day.max)],
    ["Dismissed", report.dismissed === null ? "\u2013" : percent(report.dismissed)],
  ];
  return [
    el(
      "dl",
      { class: "totals" },
      ...figures.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
    ),
    section(
      "interruptions",
      "Days by interruptions",
      [
        note(
          `${counted(total, "day")} of ${counted(report.visitors, "visitor")}, in UTC. Only days with an interruption count; one who had some on two days counts twice.`,
        ),
        note("Dismissed is the share of what was shown that the visitor closed: where it is high, ask for less."),
      ],
      bars(
        "interruptions-bars",
        `Visitor-days by number of interruptions. ${rows.map((row) => `${row.name}: ${row.days}`).join(", ")}.`,
        rows.map((row) => ({
          name: row.name,
          value: row.days,
          text: count(row.days),
          sentence: `On ${counted(row.days, "day")} of ${count(total)} (${percent(row.days / Math.max(1, total))}) a visitor had ${row.name} ${row.name === "1" ? "interruption" : "interruptions"}.`,
        })),
        "interruptions of one visitor in one day",
      ),
      dataTable({
        id: "interruptions-table",
        caption: "Visitor-days by number of interruptions",
        file: "interruptions",
        columns: [
          {
            label: "Interruptions",
            name: "interruptions",
            cell: (row) => row.count,
            text: (row) => count(row.count),
            kind: "number",
          },
          {
            label: "Visitor-days",
            name: "visitor_days",
            cell: (row) => row.visitorDays,
            text: (row) => count(row.visitorDays),
            kind: "number",
          },
          {
            label: "Share",
            name: "share",
            cell: (row) => row.visitorDays / Math.max(1, total),
            text: (row) => percent(row.visitorDays / Math.max(1, total)),
            kind: "number",
          },
        ],
        rows: [...histogram].sort((a, b) => a.count - b.count),
      }),
    ),
  ];
}

/** A bar for each number from the least on, also where nobody had it: a gap is a fact. */
function grouped({ histogram }: Interruptions): readonly Row[] {
  const counts = histogram.map((bin) => bin.count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const last = Math.min(most, least + MOST_BARS - 1);
  return Array.from({ length: last - least + 1 }, (_, index) => {
    const at = least + index;
    const isRest = at === last && most > last;
    const days = histogram
      .filter((bin) => bin.count === at || (isRest && bin.count > at))
      .reduce((sum, bin) => sum + bin.visitorDays, 0);
    return { name: isRest ? `${at} or more` : String(at), count: at, days };
  });
}
