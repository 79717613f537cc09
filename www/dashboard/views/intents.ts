/**
 * How each head did, day by day: whether what was forecast is still what happens, how well moments are ranked,
 * and the alarms. The figures are the collector's; nothing is judged here.
 */

import type { Place } from "../address";
import { type Column, tableBehind } from "../datatable";
import { dayChart } from "../daychart";
import { alarmSentence, daySentence, describeDays, lastAlarm, waitingSentence } from "../daywords";
import { el, say, sayWithCode, set } from "../dom";
import { count, date, percent, score } from "../format";
import { byHead, meaning } from "../heads";
import { type Day, type Days, type HeadDays, readDays } from "../intents";
import { reliabilityDiagram } from "../reliability";
import type { Bin } from "../report";
import { calmly, emptyState, type MakeScreen, reportScreen } from "../screen";
import { note, section } from "../section";
import { binSentence } from "../verdict";

const BINS = 10;

export const make: MakeScreen = (stage) =>
  reportScreen<Days>(
    stage,
    "Intents",
    "An intent is a forecast that can be checked. How often each was right, head by head and day by day.",
    {
      path: "/v1/intents",
      query: (place: Place) =>
        place.site
          ? [
              ["days", String(place.days)],
              ["site", place.site],
            ]
          : [["days", String(place.days)]],
      read: readDays,
      every: calmly,
    },
    draw,
  );

function draw(answer: Days): readonly Node[] {
  if (answer.intents.length === 0) {
    return [
      emptyState(
        "No forecast has met its outcome in this range.",
        "The SDK forecasts several times a second and sends what came of it. The first outcomes arrive seconds after a visit begins; a day is judged from 30 sessions.",
      ),
    ];
  }
  const heads = [...answer.intents].sort((a, b) => byHead(a.head, b.head));
  return [
    el(
      "ul",
      { class: "legend" },
      el("li", {}, el("span", { class: "key key-told", "aria-hidden": "true" }), "what was forecast"),
      el("li", {}, el("span", { class: "key key-came", "aria-hidden": "true" }), "what came true"),
      el(
        "li",
        {},
        el("span", { class: "key key-alarm", "aria-hidden": "true" }),
        "alarm: by chance a head that is right raises about one a year",
      ),
      el("li", {}, "Days are of UTC. Sessions that look automated count in none."),
    ),
    ...heads.map((head) => headSection(head, answer.days, answer.generatedAt)),
  ];
}

function headSection(head: HeadDays, span: number, now: number): HTMLElement {
  const id = `days-${head.head}`.replace(/[^\w-]/g, "_");
  const alarm = el("p", { class: "alarm" });
  const sentence = el("p", { class: "day-sentence readout", id: `${id}-readout`, "aria-live": "polite" });
  const bin = el("p", { class: "bin-sentence" });
  const pooled = pool(head.days);
  const diagramTitle = el("h3", {}, "Reliability");
  const speakBin = (pointed: Bin | null): void =>
    say(bin, pointed ? binSentence(pointed) : "On the diagonal, forecast and outcome agree.");
  const diagram = reliabilityDiagram(speakBin);
  const point = (day: Day | null): void => {
    const last = head.days.at(-1);
    say(sentence, day ? daySentence(day) : last ? daySentence(last) : "");
    const bins = day ? day.bins : pooled;
    diagram.update(
      bins,
      `Reliability of ${head.head}, ${day ? date(day.day) : "all days"}: ${bins.map(binSentence).join(" ")}`,
      (day?.z ?? pooledEnough(pooled)) === null,
    );
    say(diagramTitle, day ? `Reliability, ${date(day.day)}` : "Reliability, all days");
  };
  const chart = dayChart(point);
  chart.node.id = `${id}-chart`;
  chart.node.setAttribute("aria-describedby", sentence.id);
  chart.update(head.days, span, now, describeDays(head));
  speakBin(null);
  const raised = lastAlarm(head.days);
  alarm.hidden = raised === null;
  sayWithCode(alarm, raised ? alarmSentence(head.head, raised, head.days) : "");
  set(alarm, "data-late", String(raised !== null && raised === head.days.at(-1)));
  const waiting = waitingSentence(head.days);
  return section(
    id,
    head.head,
    [note(meaning(head.head)), ...(waiting ? [el("p", { class: "few" }, waiting)] : [])],
    alarm,
    el(
      "div",
      { class: "head-days" },
      el("div", { class: "head-days-chart" }, chart.node, sentence),
      el("div", { class: "head-days-reliability" }, diagramTitle, diagram.node, bin),
    ),
    tableBehind<Day>(
      {
        id: `${id}-table`,
        caption: `Days of ${head.head}, latest first`,
        file: `intent-${head.head}`,
        columns: COLUMNS,
        rows: [...head.days].reverse(),
      },
      "Days as a table",
    ),
    tableBehind<Bin>(
      {
        id: `${id}-bins`,
        caption: `Reliability of ${head.head}, all days`,
        file: `reliability-${head.head}`,
        columns: BIN_COLUMNS,
        rows: pooled,
      },
      "Reliability as a table",
    ),
  );
}

/** Moments of all days, by the tenth they were forecast in. */
function pool(days: readonly Day[]): readonly Bin[] {
  const tenths = Array.from({ length: BINS }, () => ({ count: 0, forecast: 0, observed: 0 }));
  for (const { forecast, observed, count: moments } of days.flatMap((day) => day.bins)) {
    const tenth = tenths[Math.max(0, Math.min(BINS - 1, Math.floor(forecast * BINS)))];
    if (!tenth) continue;
    tenth.count += moments;
    tenth.forecast += forecast * moments;
    tenth.observed += observed * moments;
  }
  return tenths
    .filter((bin) => bin.count > 0)
    .map((bin) => ({ count: bin.count, forecast: bin.forecast / bin.count, observed: bin.observed / bin.count }));
}

/** Null where a diagram would rest on a handful of moments. */
function pooledEnough(bins: readonly Bin[]): number | null {
  const moments = bins.reduce((sum, bin) => sum + bin.count, 0);
  return moments >= 100 ? moments : null;
}

const COLUMNS: readonly Column<Day>[] = [
  { label: "Day (UTC)", name: "day", cell: (row) => row.day, text: (row) => date(row.day) },
  {
    label: "Sessions",
    name: "sessions",
    cell: (row) => row.sessions,
    text: (row) => count(row.sessions),
    kind: "number",
  },
  {
    label: "Forecast",
    name: "forecast",
    cell: (row) => row.forecast,
    text: (row) => percent(row.forecast),
    kind: "number",
  },
  {
    label: "Came true",
    name: "observed",
    cell: (row) => row.observed,
    text: (row) => percent(row.observed),
    kind: "number",
  },
  {
    label: "z",
    name: "z",
    cell: (row) => row.z,
    text: (row) => (row.z === null ? "\u2013" : row.z.toFixed(1).replace("-", "\u2212")),
    kind: "number",
  },
  {
    label: "AUC",
    name: "auc",
    cell: (row) => row.auc,
    text: (row) => (row.auc === null ? "\u2013" : score(row.auc)),
    kind: "number",
  },
  {
    label: "AUC low",
    name: "auc_low",
    cell: (row) => row.aucLow,
    text: (row) => (row.aucLow === null ? "\u2013" : score(row.aucLow)),
    kind: "number",
  },
  {
    label: "AUC high",
    name: "auc_high",
    cell: (row) => row.aucHigh,
    text: (row) => (row.aucHigh === null ? "\u2013" : score(row.aucHigh)),
    kind: "number",
  },
  { label: "ECE", name: "ece", cell: (row) => row.ece, text: (row) => percent(row.ece), kind: "number" },
  {
    label: "Alarm",
    name: "alarms",
    cell: (row) => row.alarms.join(" "),
    text: (row) => row.alarms.join(", ") || "none",
  },
];

const BIN_COLUMNS: readonly Column<Bin>[] = [
  {
    label: "Forecast",
    name: "forecast",
    cell: (row) => row.forecast,
    text: (row) => percent(row.forecast),
    kind: "number",
  },
  {
    label: "Came true",
    name: "observed",
    cell: (row) => row.observed,
    text: (row) => percent(row.observed),
    kind: "number",
  },
  { label: "Moments", name: "moments", cell: (row) => row.count, text: (row) => count(row.count), kind: "number" },
];
