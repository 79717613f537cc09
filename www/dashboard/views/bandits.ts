/** Bandits: what always showing one variant would have earned, told from what was shown by chance. */

import { type ForestRow, forest } from "../charts/forest";
import { type Column, dataTable } from "../datatable";
import { el } from "../dom";
import { count, counted, percent, percentRange } from "../format";
import { type Bandit, type Bandits, withLists } from "../reports";
import { calmly, common, emptyState, type MakeScreen, reportScreen } from "../screen";
import { note, section } from "../section";

/** The estimate rests on fewer lessons than this: it is said. */
const FEW = 50;

type Row = Bandit["variants"][number];

export const make: MakeScreen = (stage) =>
  reportScreen<Bandits>(
    stage,
    "Bandits",
    "What always showing one variant would have earned, estimated from what was shown with known chances.",
    { path: "/v1/report/bandits", query: common, read: withLists<Bandits>("bandits"), every: calmly },
    (report) =>
      report.bandits.length > 0
        ? report.bandits.map(banditSection)
        : [
            emptyState(
              "No bandit has told a lesson in this range.",
              'A bandit is a rule with `learn` in `unspoken.json`, such as `{ "id": "hero-learn", "learn": { "variants": ["default", "guide"], "goal": "add_to_cart" } }`. A lesson comes when its choice was seen and its reward came, or its window closed.',
              "`unspoken simulate shop` shows what one earns in a made-up shop.",
            ),
          ],
  );

function banditSection(bandit: Bandit): HTMLElement {
  const id = `b-${bandit.slot}-${bandit.rule}`.replace(/[^\w-]/g, "_");
  const { observed } = bandit;
  const ordered = [...bandit.variants].sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
  const reference = observed.value ?? 0;
  const rows: ForestRow[] = ordered.map((variant) => ({
    name: variant.variant,
    aside: counted(variant.lessons, "lesson"),
    value: variant.value,
    interval: interval(variant),
    tone: judged(variant, observed.value),
    text: variant.value === null ? "not known" : percent(variant.value),
    note: variant.low !== null && variant.high !== null ? percentRange(variant.low, variant.high) : "",
    sentence: sentence(variant, observed.value),
  }));
  const earned =
    observed.value === null
      ? "The bandit has earned nothing that can be counted yet."
      : `The bandit itself earned ${percent(observed.value)}${observed.low !== null && observed.high !== null ? ` (${percentRange(observed.low, observed.high)})` : ""}: the upright line.`;
  const few = ordered.some(({ effective }) => effective < FEW);
  return section(
    id,
    bandit.slot,
    [
      el("p", { class: "rule-name" }, bandit.rule),
      note(
        `${counted(bandit.lessons, "lesson")}. A value is the mean reward, 0 to 100\u2009%, of always showing the variant, with its 95\u2009% interval.`,
      ),
      ...(few
        ? [
            note(
              `Where a variant was seldom shown its value rests on few lessons: below ${FEW} effective lessons it is a guess.`,
            ),
          ]
        : []),
    ],
    el("p", { class: "control" }, earned),
    forest({
      id: `${id}-forest`,
      label: `Value of each variant of ${bandit.slot}`,
      rows,
      reference,
      format: percent,
      axis: "mean reward",
    }),
    dataTable<Row>({
      id: `${id}-table`,
      caption: `Value of each variant of ${bandit.slot}`,
      file: `bandit-${bandit.slot}-${bandit.rule}`,
      columns: COLUMNS,
      rows: ordered,
    }),
  );
}

const COLUMNS: readonly Column<Row>[] = [
  { label: "Variant", name: "variant", cell: (row) => row.variant },
  { label: "Lessons", name: "lessons", cell: (row) => row.lessons, text: (row) => count(row.lessons), kind: "number" },
  {
    label: "Value",
    name: "value",
    cell: (row) => row.value,
    text: (row) => (row.value === null ? "\u2013" : percent(row.value)),
    kind: "number",
  },
  {
    label: "Low",
    name: "low",
    cell: (row) => row.low,
    text: (row) => (row.low === null ? "\u2013" : percent(row.low)),
    kind: "number",
  },
  {
    label: "High",
    name: "high",
    cell: (row) => row.high,
    text: (row) => (row.high === null ? "\u2013" : percent(row.high)),
    kind: "number",
  },
  {
    label: "Effective lessons",
    name: "effective",
    cell: (row) => row.effective,
    text: (row) => count(Math.round(row.effective)),
    kind: "number",
  },
];

function interval({ low, high }: Row): { low: number; high: number } | null {
  return low === null || high === null ? null : { low, high };
}

/** Against what the bandit earned as a whole. */
function judged({ low, high, effective }: Row, observed: number | null): ForestRow["tone"] {
  if (low === null || high === null || observed === null || effective < FEW) return "plain";
  return low > observed ? "better" : high < observed ? "worse" : "open";
}

function sentence(row: Row, observed: number | null): string {
  if (row.value === null || row.low === null || row.high === null) return `${row.variant}: too few lessons to say.`;
  const against =
    observed === null
      ? ""
      : row.low > observed
        ? ", more than the bandit earned"
        : row.high < observed
          ? ", less than the bandit earned"
          : ", no clear difference to what the bandit earned";
  return `Always showing ${row.variant} would have earned ${percent(row.value)}, between ${percentRange(row.low, row.high)}${against}.`;
}
