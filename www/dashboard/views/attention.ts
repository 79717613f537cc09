/** Attention: how long and how often each slot of each page was looked at, as a heat map that is a table. */

import type { Place } from "../address";
import { choice, pick } from "../choice";
import { dataTable } from "../datatable";
import { el, say, set } from "../dom";
import { count, counted, duration, percent } from "../format";
import { type Attention, type AttentionPage, type AttentionSlot, withLists } from "../reports";
import { rove } from "../rove";
import { calmly, common, emptyState, type MakeScreen, reportScreen } from "../screen";
import { note, section } from "../section";
import { precise } from "../words";

interface Measure {
  readonly value: string;
  readonly short: string;
  readonly words: string;
  readonly of: (slot: AttentionSlot) => number | null;
  readonly text: (value: number) => string;
}

const per = (value: number, of: number): number | null => (of > 0 ? value / of : null);

const MEASURES: readonly Measure[] = [
  {
    value: "dwell",
    short: "Dwell",
    words: "seconds the cursor stayed, for each visitor who saw it",
    of: (slot) => per(slot.dwellMs / 1000, slot.visitors),
    text: (value) => `${precise(value)}\u2009s`,
  },
  {
    value: "clicks",
    short: "Clicks",
    words: "clicks for each exposure",
    of: (slot) => per(slot.clicks, slot.exposures),
    text: precise,
  },
  {
    value: "exposures",
    short: "Exposures",
    words: "times it was in view for a second",
    of: (slot) => slot.exposures,
    text: count,
  },
  {
    value: "trouble",
    short: "Rage and dead clicks",
    words: "rage and dead clicks for each exposure",
    of: (slot) => per(slot.rage + slot.dead, slot.exposures),
    text: precise,
  },
];

const MOST_PAGES = 40;
const MOST_SLOTS = 12;
const DEPTHS = ["25", "50", "75", "100"] as const;

export const make: MakeScreen = (stage) => {
  const measures = choice("measure", "The heat is", MEASURES, ({ value }) =>
    stage.go({ measure: value === "dwell" ? null : value }),
  );
  const pages = pick("page", "Page", "all pages", (page) => stage.go({ page }));
  const screen = reportScreen<Attention>(
    stage,
    "Attention",
    "Where visitors looked, clicked and gave up: each page by each slot. From sums, never from a recording.",
    { path: "/v1/report/attention", query: common, read: withLists<Attention>("pages"), every: calmly },
    (report, place) => {
      pages.fill(report.pages.map(({ page }) => page).sort(), place.page);
      return draw(report, place);
    },
    [pages.node, measures.node],
  );
  return {
    ...screen,
    show(place) {
      measures.choose(measure(place).value);
      screen.show(place);
    },
  };
};

const measure = (place: Place): Measure =>
  MEASURES.find(({ value }) => value === place.measure) ?? (MEASURES[0] as Measure);

function draw(report: Attention, place: Place): readonly Node[] {
  const pages = report.pages
    .filter(({ page }) => place.page === null || page === place.page)
    .sort((a, b) => b.views - a.views || a.page.localeCompare(b.page));
  if (pages.length === 0) {
    return [
      emptyState(
        report.pages.length === 0
          ? "No page was viewed in this range."
          : `No page ${place.page} was viewed in this range.`,
        'A slot is any element with `data-unspoken="name"`. Dwell, clicks and scroll depth come with the first batches of a visit.',
      ),
    ];
  }
  const slots = pages.flatMap((page) => page.slots.map((slot) => ({ page: page.page, ...slot })));
  return [
    section(
      "heat",
      "Page by slot",
      heatNotes(measure(place), slots.length > 0),
      slots.length > 0 ? heat(pages, measure(place)) : noSlot(),
    ),
    section(
      "scroll",
      "Scroll depth",
      [note("The share of page views that were scrolled at least so deep.")],
      scrollTable(pages),
    ),
    section(
      "attention-slots",
      "Every figure",
      [
        note(
          "Rage: clicks in quick succession on one spot. Dead: clicks on what does nothing. Dismissals: closed by the visitor.",
        ),
      ],
      dataTable({
        id: "attention-table",
        caption: "Attention by page and slot",
        file: "attention",
        columns: [
          { label: "Page", name: "page", cell: (row) => row.page },
          { label: "Slot", name: "slot", cell: (row) => row.slot },
          ...(["exposures", "visitors"] as const).map((name) =>
            whole<(typeof slots)[number]>(name, (row) => row[name]),
          ),
          {
            label: "Dwell",
            name: "dwell_ms",
            cell: (row: (typeof slots)[number]) => row.dwellMs,
            text: (row: (typeof slots)[number]) => duration(row.dwellMs),
            kind: "number" as const,
          },
          ...(["clicks", "rage", "dead", "dismissals"] as const).map((name) =>
            whole<(typeof slots)[number]>(name, (row) => row[name]),
          ),
        ],
        rows: slots,
      }),
    ),
  ];
}

function whole<T>(name: string, cell: (row: T) => number) {
  return {
    label: `${name[0]?.toUpperCase()}${name.slice(1)}`,
    name,
    cell,
    text: (row: T) => count(cell(row)),
    kind: "number" as const,
  };
}

function heatNotes({ short, words }: Measure, some: boolean): HTMLElement[] {
  if (!some) return [];
  const ramp = el("span", { class: "ramp", "aria-hidden": "true" }, "none", el("span", { class: "ramp-bar" }), "most");
  return [
    note(`${short}: ${words}.`),
    el("p", {}, ramp),
    note("Dotted: the slot is not on that page. Arrow keys move through the map."),
  ];
}

const noSlot = (): HTMLElement =>
  emptyState("No slot was seen on these pages.", 'Mark one up with `data-unspoken="name"`.');

/** Rows are pages, columns slots, the most seen first; each cell holds its figure, so colour is never alone. */
function heat(pages: readonly AttentionPage[], { of, text, short, words }: Measure): HTMLElement {
  const seen = new Map<string, number>();
  for (const page of pages)
    for (const slot of page.slots) seen.set(slot.slot, (seen.get(slot.slot) ?? 0) + slot.exposures);
  const slots = [...seen]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, MOST_SLOTS)
    .map(([slot]) => slot);
  const shown = pages.filter((page) => page.slots.some(({ slot }) => slots.includes(slot))).slice(0, MOST_PAGES);
  const values = shown.map((page) => slots.map((name) => page.slots.find(({ slot }) => slot === name)));
  const most = Math.max(1e-9, ...values.flat().map((slot) => (slot ? (of(slot) ?? 0) : 0)));
  const readout = el("p", { class: "readout", id: "heat-readout", "aria-live": "polite" });
  const cells: HTMLElement[] = [];
  const sentences: string[] = [];
  const body = el("tbody");
  shown.forEach((page, row) => {
    const line = el("tr", {}, el("th", { scope: "row" }, page.page));
    slots.forEach((name, column) => {
      const slot = values[row]?.[column];
      const value = slot ? of(slot) : null;
      const cell = el(
        "td",
        { class: "heat-cell", "data-absent": String(!slot) },
        slot ? (value === null ? "\u2013" : text(value)) : "",
      );
      // Areas of equal size: the root keeps what is small apart from nothing.
      const warmth = value === null ? 0 : Math.sqrt(Math.max(0, value) / most);
      cell.style.setProperty("--warmth", warmth.toFixed(3));
      line.append(cell);
      cells.push(cell);
      sentences.push(
        slot
          ? cellSentence(page, slot, short, value === null ? "not known" : text(value), words)
          : `${name} is not on ${page.page}.`,
      );
    });
    body.append(line);
  });
  const table = el(
    "table",
    { class: "heat" },
    el("caption", { class: "unseen" }, `${short} by page and slot: ${words}`),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "Page"),
        ...slots.map((slot) => el("th", { scope: "col" }, el("span", {}, slot))),
      ),
    ),
    body,
  );
  const scroller = el(
    "div",
    { class: "heat-scroll", role: "region", id: "heat", "aria-label": "Heat map", "aria-describedby": readout.id },
    table,
  );
  const point = (at: number): void => {
    cells.forEach((cell, index) => set(cell, "data-pointed", String(index === at)));
    if (at >= 0) cells[at]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(readout, sentences[at] ?? "");
  };
  const move = rove(scroller, { count: () => cells.length, across: () => slots.length, point });
  cells.forEach((cell, at) => cell.addEventListener("pointerenter", () => move(at)));
  scroller.addEventListener("pointerleave", () => move(-1));
  return el("div", { class: "chart" }, scroller, readout);
}

function cellSentence(page: AttentionPage, slot: AttentionSlot, short: string, value: string, words: string): string {
  return `${slot.slot} on ${page.page}: ${value} (${short.toLowerCase()}: ${words}). Seen by ${counted(slot.visitors, "visitor")}, ${counted(slot.clicks, "click")}.`;
}

function scrollTable(pages: readonly AttentionPage[]): HTMLElement {
  const share = (page: AttentionPage, depth: (typeof DEPTHS)[number]): number => page.scroll[depth] ?? 0;
  return dataTable({
    id: "scroll-table",
    caption: "Scroll depth by page",
    file: "scroll-depth",
    columns: [
      { label: "Page", name: "page", cell: (page) => page.page },
      whole<AttentionPage>("views", (page) => page.views),
      ...DEPTHS.map((depth) => ({
        label: `${depth}\u2009% of the page`,
        name: `scrolled_${depth}`,
        kind: "number" as const,
        cell: (page: AttentionPage) => share(page, depth),
        text: (page: AttentionPage) => depthBar(share(page, depth)),
      })),
    ],
    rows: pages,
  });
}

function depthBar(share: number): HTMLElement {
  const fill = el("span", { class: "depth-fill" });
  fill.style.width = `${(Math.min(1, share) * 100).toFixed(1)}%`;
  return el(
    "span",
    { class: "depth" },
    el("span", { class: "depth-room", "aria-hidden": "true" }, fill),
    percent(share),
  );
}
