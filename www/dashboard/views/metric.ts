/** One metric of an experiment: the forest of its variants, and every figure as a table. */

import { type ForestRow, forest } from "../charts/forest";
import { type Column, tableBehind } from "../datatable";
import { el } from "../dom";
import { count, counted, percent, roughly } from "../format";
import type { Metric, MetricVariant } from "../reports";
import { chanceP, lift, liftRange, mean, precise, saidP, TONES, tone, unit } from "../words";

interface Judging {
  readonly alpha: number;
  /** Chance divided the visitors, so a difference is an effect. */
  readonly causal: boolean;
}

export function metricBlock(id: string, file: string, metric: Metric, control: string, judging: Judging): HTMLElement {
  const others = metric.variants.filter(({ variant }) => variant !== control);
  const base = metric.variants.find(({ variant }) => variant === control);
  const heading = el(
    "header",
    { class: "metric-head" },
    el("h3", { id: `${id}-title` }, metric.metric),
    el("p", { class: "meaning" }, unit(metric)),
  );
  const controlLine = el(
    "p",
    { class: "control" },
    base
      ? `${control} (control): ${mean(metric, base.mean)} among ${counted(base.visitors, "visitor")}`
      : `Nobody saw ${control}, so there is nothing to compare with.`,
  );
  const rows = others.flatMap((variant) => variantRows(metric, variant, control, judging));
  const figure =
    base && others.length > 0
      ? [
          forest({
            id: `${id}-forest`,
            label: `${metric.metric} against ${control}`,
            rows,
            reference: 0,
            format: lift,
            axis: `difference to ${control}`,
          }),
        ]
      : [
          el(
            "p",
            { class: "few" },
            others.length === 0 ? "Only one variant was seen, so there is nothing to compare yet." : "",
          ),
        ];
  const winner = others.map((variant) => winSentence(variant, control)).filter((text) => text !== "");
  return el(
    "article",
    { class: "metric", "aria-labelledby": `${id}-title` },
    heading,
    controlLine,
    ...figure,
    ...(judging.causal ? winner.map((text) => el("p", { class: "win" }, text)) : []),
    tableBehind({
      id: `${id}-table`,
      caption: `${metric.metric} by variant`,
      file: `${file}-${metric.metric}`,
      columns: columns(metric),
      rows: metric.variants,
    }),
  );
}

function variantRows(metric: Metric, variant: MetricVariant, control: string, { causal }: Judging): ForestRow[] {
  const { low, high, sequential, cuped } = variant;
  const kind = causal ? tone(variant) : "plain";
  const known = variant.lift !== null && low !== null && high !== null;
  const rows: ForestRow[] = [
    {
      name: variant.variant,
      aside: `${mean(metric, variant.mean)}, ${counted(variant.visitors, "visitor")}`,
      value: variant.lift,
      interval: low !== null && high !== null ? { low, high } : null,
      outer: sequential,
      tone: kind,
      text: known ? lift(variant.lift) : "too few to say",
      note: known
        ? [TONES[kind], variant.pAdjusted === null ? "" : saidP(variant.pAdjusted)].filter(Boolean).join(", ")
        : "",
      sentence: known
        ? rowSentence(variant, control, kind === "plain" ? "" : TONES[kind])
        : `${variant.variant}: too few visitors to compare.`,
    },
  ];
  if (cuped && cuped.lift !== null && cuped.low !== null && cuped.high !== null) {
    const judged = causal ? tone(cuped) : "plain";
    rows.push({
      name: "with CUPED",
      aside: `variance ${roughly(cuped.varianceReduction)} less`,
      value: cuped.lift,
      interval: { low: cuped.low, high: cuped.high },
      outer: cuped.sequential,
      tone: judged,
      text: lift(cuped.lift),
      note: TONES[judged],
      sentence: `${variant.variant} with what was known of its visitors before taken out (CUPED): ${lift(cuped.lift)}, between ${liftRange(cuped.low, cuped.high)}.`,
    });
  }
  return rows;
}

function rowSentence(variant: MetricVariant, control: string, verdict: string): string {
  const { lift: value, low, high, sequential } = variant;
  if (value === null || low === null || high === null) return "";
  const anytime = sequential ? `; looked at at any time, ${liftRange(sequential.low, sequential.high)}` : "";
  return `${variant.variant}: ${lift(value)} against ${control}, between ${liftRange(low, high)}${anytime}${verdict ? `: ${verdict}` : ""}.`;
}

function winSentence({ variant, chanceToWin, expectedLoss }: MetricVariant, control: string): string {
  if (chanceToWin === null) return "";
  const chance =
    chanceToWin > 0.999 ? "more than 99.9\u2009%" : chanceToWin < 0.001 ? "less than 0.1\u2009%" : percent(chanceToWin);
  const loss =
    expectedLoss === null
      ? ""
      : ` Should it be worse after all, showing it to everyone would cost ${percent(expectedLoss)} on average.`;
  return `The chance that ${variant} beats ${control} is ${chance}.${loss}`;
}

function columns(metric: Metric): readonly Column<MetricVariant>[] {
  const number = "number" as const;
  const share = (value: number | null): string => (value === null ? "\u2013" : lift(value));
  const range = (low: number | null | undefined, high: number | null | undefined): string =>
    low == null || high == null ? "\u2013" : liftRange(low, high);
  const all: Column<MetricVariant>[] = [
    { label: "Variant", name: "variant", cell: (row) => row.variant },
    {
      label: "Visitors",
      name: "visitors",
      cell: (row) => row.visitors,
      text: (row) => count(row.visitors),
      kind: number,
    },
    { label: "Total", name: "total", cell: (row) => row.total, text: (row) => precise(row.total), kind: number },
    {
      label: metric.kind === "conversion" ? "Rate" : "Mean",
      name: "mean",
      cell: (row) => row.mean,
      text: (row) => mean(metric, row.mean),
      kind: number,
    },
    {
      label: "Spread (sd)",
      name: "sd",
      cell: (row) => row.sd,
      text: (row) => (row.sd === null ? "\u2013" : precise(row.sd)),
      kind: number,
    },
    { label: "Difference", name: "lift", cell: (row) => row.lift, text: (row) => share(row.lift), kind: number },
    {
      label: "95\u202f% interval, one look",
      name: "low",
      cell: (row) => row.low,
      text: (row) => range(row.low, row.high),
      kind: number,
    },
    { label: "", name: "high", cell: (row) => row.high, inFile: true },
    {
      label: "95\u202f% interval, any time",
      name: "sequential_low",
      cell: (row) => row.sequential?.low ?? null,
      text: (row) => range(row.sequential?.low, row.sequential?.high),
      kind: number,
    },
    { label: "", name: "sequential_high", cell: (row) => row.sequential?.high ?? null, inFile: true },
    {
      label: "p",
      name: "p",
      cell: (row) => row.p,
      text: (row) => (row.p === null ? "\u2013" : chanceP(row.p)),
      kind: number,
    },
    {
      label: "p, all comparisons (Holm)",
      name: "p_adjusted",
      cell: (row) => row.pAdjusted,
      text: (row) => (row.pAdjusted === null ? "\u2013" : chanceP(row.pAdjusted)),
      kind: number,
    },
    {
      label: "Chance to win",
      name: "chance_to_win",
      cell: (row) => row.chanceToWin,
      text: (row) => (row.chanceToWin === null ? "\u2013" : percent(row.chanceToWin)),
      kind: number,
    },
    {
      label: "Expected loss",
      name: "expected_loss",
      cell: (row) => row.expectedLoss,
      text: (row) => (row.expectedLoss === null ? "\u2013" : percent(row.expectedLoss)),
      kind: number,
    },
  ];
  if (metric.variants.some(({ cuped }) => cuped)) {
    all.push(
      {
        label: "Difference, CUPED",
        name: "cuped_lift",
        cell: (row) => row.cuped?.lift ?? null,
        text: (row) => share(row.cuped?.lift ?? null),
        kind: number,
      },
      {
        label: "95\u202f% interval, CUPED",
        name: "cuped_low",
        cell: (row) => row.cuped?.low ?? null,
        text: (row) => range(row.cuped?.low, row.cuped?.high),
        kind: number,
      },
      { label: "", name: "cuped_high", cell: (row) => row.cuped?.high ?? null, inFile: true },
      {
        label: "Variance less",
        name: "variance_reduction",
        cell: (row) => row.cuped?.varianceReduction ?? null,
        text: (row) => (row.cuped ? percent(row.cuped.varianceReduction) : "\u2013"),
        kind: number,
      },
    );
  }
  return all;
}
