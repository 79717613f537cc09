/** Differences, chances and how sure they are, in words. */

import { amount, count, percent, percentDigits } from "./format";
import type { Metric, MetricVariant, Summary } from "./reports";

const MINUS = "\u2212";
const THIN = "\u2009";

/** A relative difference: `+12 %`, `−3.4 %`, `0 %`. */
export function lift(share: number): string {
  const digits = percentDigits(Math.abs(share));
  if (digits === "0" || share === 0) return `0${THIN}%`;
  return `${share > 0 ? "+" : MINUS}${Math.abs(share) >= 10 ? count(Math.abs(share) * 100) : digits}${THIN}%`;
}

/** `+4 % to +21 %`. */
export function liftRange(low: number, high: number): string {
  return `${lift(low)} to ${lift(high)}`;
}

/** `p = 0.031`, `p < 0.001`. */
export function saidP(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${chanceP(p)}`;
}

/** The same in a column of them. */
export function chanceP(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(p < 0.1 ? 3 : 2);
}

/** What a mean of the metric is: a share, or an amount a visitor. */
export function mean(metric: Pick<Metric, "kind">, value: number | null): string {
  if (value === null) return "\u2013";
  return metric.kind === "conversion" ? percent(value) : precise(value);
}

/** `0.24`, `12.4`, `1,204`. */
export function precise(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000 || value === 0) return amount(Math.round(value));
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3).replace("-", MINUS);
}

export const KINDS: Readonly<Record<Metric["kind"], string>> = {
  conversion: "share of visitors who reached it",
  count: "times a visitor",
  revenue: "value a visitor",
  ratio: "one for each of the other",
};

/** The unit of a metric, with its cap where it has one. */
export function unit({ kind, goal, per, cap }: Metric): string {
  const of = kind === "ratio" ? `${goal} for each ${per ?? "view"}` : `${goal}, ${KINDS[kind]}`;
  return cap
    ? `${of}, at most ${precise(cap.value)} (the ${Number((cap.quantile * 100).toFixed(2))}${THIN}% quantile)`
    : of;
}

/** A step of a journey as it is read: `product`, `goal purchase`. */
export function spokenName(name: string): string {
  if (name.startsWith("goal:")) return `goal ${name.slice(5)}`;
  return name.replace(/^page:/, "") || "page not known";
}

/** By the interval that may be looked at at any time, where there is one. */
export function tone({
  lift: value,
  low,
  high,
  sequential,
}: Pick<MetricVariant, "lift" | "low" | "high" | "sequential">): "better" | "worse" | "open" | "plain" {
  if (value === null || low === null || high === null) return "plain";
  const judge = sequential ?? { low, high };
  return judge.low > 0 ? "better" : judge.high < 0 ? "worse" : "open";
}

export const TONES = { better: "better", worse: "worse", open: "not decided", plain: "" } as const;

/** What the interval of the verdict means. */
export function uncertainty({ verdict, low, high }: Summary): string {
  if (verdict === "none") return "";
  if (low === null || high === null) return "There are too few visitors yet for an interval. Each one more counts.";
  const range = liftRange(low, high);
  switch (verdict) {
    case "helping":
      return `The effect lies between ${range}, with 95${THIN}% confidence at any time it is looked at. All of that is above 0.`;
    case "hurting":
      return `The effect lies between ${range}, with 95${THIN}% confidence at any time it is looked at. All of that is below 0.`;
    default:
      return `The effect lies between ${range}, with 95${THIN}% confidence. That holds 0: it may help, do nothing or hurt. More visitors make the interval narrower.`;
  }
}
