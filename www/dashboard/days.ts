/**
 * How each head did day by day: whether what was forecast is still what happens, and the alarms.
 *
 * The figures are the collector's (`GET /v1/intents`); nothing is judged here.
 */

import { dayChart } from "./daychart";
import { alarmSentence, daySentence, describeDays, lastAlarm, waitingSentence } from "./daywords";
import { el, Keyed, say, sayWithCode, set, type View } from "./dom";
import { count, date, percent, score } from "./format";
import { byHead, meaning } from "./heads";
import type { Day, Days, HeadDays } from "./intents";
import { note, section } from "./section";

interface Row {
  readonly head: HeadDays;
  readonly span: number;
  readonly now: number;
}

/** `null` is an answer too: the days could not be read. */
export function days(): View<Days | null> {
  const list = el("div", { class: "day-heads" });
  const lead = el("p", { class: "empty-lead" }, "The days are being read.");
  const more = el("p", {});
  const empty = el("div", { class: "empty" }, lead, more);
  const keyed = new Keyed<Row>(list, ({ head }) => head.head, headDays);
  return {
    node: section(
      "days",
      "Day by day",
      [
        note("Days are of UTC, the last thirty. A session that looks automated counts in none."),
        note(
          "Upper strip: the bar is what was forecast, the point what came true. Lower strip: AUC with its 95 % interval over sessions.",
        ),
        note("A triangle is an alarm. By chance a head that is right raises about one a year."),
      ],
      empty,
      list,
    ),
    update(answer) {
      const heads = answer?.intents ?? [];
      empty.hidden = heads.length > 0;
      list.hidden = heads.length === 0;
      say(lead, answer ? "No day yet." : "The days could not be read.");
      say(
        more,
        answer
          ? "Days appear when forecasts have met their outcomes, the first within minutes of the first visit. A day is judged from 30 sessions; smaller ones are taken together, up to a week."
          : "They are asked for again in a minute.",
      );
      const span = answer?.days ?? 1;
      const now = answer?.generatedAt ?? 0;
      const ordered = [...heads].sort((a, b) => byHead(a.head, b.head));
      keyed.update(ordered.map((head) => ({ head, span, now })));
    },
  };
}

function headDays({ head: { head: name } }: Row): View<Row> {
  const id = `days-${name}`;
  const alarm = el("p", { class: "alarm" });
  const sentence = el("p", { class: "day-sentence" });
  const waiting = el("p", { class: "few" });
  const table = dayTable(name);
  let latest: HeadDays | null = null;
  let pointed: Day | null = null;
  const speak = (): void => {
    const day = pointed ?? latest?.days.at(-1) ?? null;
    say(sentence, day ? daySentence(day) : "");
  };
  const chart = dayChart((day) => {
    pointed = day;
    speak();
  });
  const node = el(
    "article",
    { class: "day-head", "aria-labelledby": id },
    el("header", {}, el("h3", { id }, name), el("p", { class: "meaning" }, meaning(name))),
    alarm,
    chart.node,
    el("div", { class: "day-words" }, sentence, waiting, table.node),
  );
  return {
    node,
    update({ head, span, now }) {
      latest = head;
      pointed = null;
      chart.update(head.days, span, now, describeDays(head));
      const raised = lastAlarm(head.days);
      alarm.hidden = raised === null;
      sayWithCode(alarm, raised ? alarmSentence(name, raised, head.days) : "");
      set(alarm, "data-late", String(raised !== null && raised === head.days.at(-1)));
      const wait = waitingSentence(head.days);
      waiting.hidden = wait === null;
      say(waiting, wait ?? "");
      speak();
      table.update(head.days);
    },
  };
}

const COLUMNS = ["Sessions", "Forecast", "Came true", "z", "AUC", "Alarm"] as const;

function dayTable(name: string): View<readonly Day[]> {
  const rows = el("tbody");
  const head = el("tr", {}, el("th", { scope: "col" }, "Day"));
  for (const label of COLUMNS) head.append(el("th", { scope: "col", class: label === "Alarm" ? "" : "number" }, label));
  const scroller = el("div", {
    class: "day-scroll",
    role: "region",
    tabindex: "0",
    "aria-label": `Days of ${name} as a table`,
  });
  const caption = el("caption", { class: "unseen" }, `Days of ${name}, latest first`);
  scroller.append(el("table", { class: "day-table" }, caption, el("thead", {}, head), rows));
  const node = el(
    "details",
    { class: "as-table" },
    el("summary", {}, "As a table", el("span", { class: "unseen" }, `: days of ${name}`)),
    scroller,
  );
  const keyed = new Keyed<Day>(
    rows,
    ({ day }) => day,
    ({ day }) => {
      const cells = COLUMNS.map((label) => el("td", { class: label === "Alarm" ? "" : "number" }));
      return {
        node: el("tr", {}, el("th", { scope: "row" }, date(day)), ...cells),
        update(value) {
          const texts = [
            count(value.sessions),
            percent(value.forecast),
            percent(value.observed),
            value.z === null ? "\u2013" : value.z.toFixed(1).replace("-", "\u2212"),
            value.auc === null ? "\u2013" : score(value.auc),
            value.alarms.join(", "),
          ];
          cells.forEach((cell, at) => say(cell, texts[at] ?? ""));
        },
      };
    },
  );
  return { node, update: (list) => keyed.update([...list].reverse()) };
}
