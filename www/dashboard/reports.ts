/**
 * The answers of `GET /v1/report/…`, as `docs/collector.md` promises them. As with the overview, a reader
 * checks only what would break the page when missing.
 */

export interface Window {
  readonly generatedAt: number;
  readonly from: number;
  readonly to: number;
}

export interface Summary {
  readonly verdict: "helping" | "hurting" | "unclear" | "none";
  readonly sentence: string;
  readonly slot: string | null;
  readonly rule: string | null;
  readonly variant: string | null;
  readonly metric: string | null;
  readonly lift: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly visitors: number;
}

export interface Sequential {
  readonly low: number;
  readonly high: number;
  readonly significant: boolean;
}

export interface Cuped {
  readonly lift: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly varianceReduction: number;
  readonly sequential: Sequential | null;
}

/** The control has nulls for what compares. */
export interface MetricVariant {
  readonly variant: string;
  readonly visitors: number;
  readonly total: number;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly lift: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  readonly pAdjusted: number | null;
  readonly sequential: Sequential | null;
  readonly chanceToWin: number | null;
  readonly expectedLoss: number | null;
  readonly cuped: Cuped | null;
}

export interface Metric {
  readonly metric: string;
  readonly kind: "conversion" | "count" | "revenue" | "ratio";
  readonly goal: string;
  readonly per: string | null;
  readonly cap: { readonly quantile: number; readonly value: number } | null;
  readonly variants: readonly MetricVariant[];
}

export interface Segment {
  readonly head: string;
  readonly level: "low" | "middle" | "high" | "unknown";
  readonly metrics: readonly Metric[];
}

export interface Experiment {
  readonly slot: string;
  readonly rule: string;
  readonly kind: "experiment" | "bandit" | "rule";
  readonly control: string;
  readonly visitors: number;
  readonly multiple: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly srm: { readonly chiSquare: number; readonly p: number; readonly alarm: boolean } | null;
  readonly metrics: readonly Metric[];
  readonly segments?: readonly Segment[];
}

export interface Experiments extends Window {
  readonly alpha: number;
  readonly experiments: readonly Experiment[];
}

export interface Valued {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Bandit {
  readonly slot: string;
  readonly rule: string;
  readonly lessons: number;
  readonly observed: Valued;
  readonly variants: readonly (Valued & {
    readonly variant: string;
    readonly lessons: number;
    readonly effective: number;
  })[];
}

export interface Bandits extends Window {
  readonly bandits: readonly Bandit[];
}

export interface AttentionSlot {
  readonly slot: string;
  readonly exposures: number;
  readonly visitors: number;
  readonly dwellMs: number;
  readonly clicks: number;
  readonly rage: number;
  readonly dead: number;
  readonly dismissals: number;
}

export interface AttentionPage {
  readonly page: string;
  readonly views: number;
  readonly scroll: Readonly<Record<"25" | "50" | "75" | "100", number>>;
  readonly slots: readonly AttentionSlot[];
}

export interface Attention extends Window {
  readonly pages: readonly AttentionPage[];
}

export interface JourneyNode {
  readonly id: string;
  readonly step: number;
  readonly name: string;
  readonly sessions: number;
}

export interface JourneyLink {
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
}

export interface Journeys extends Window {
  readonly sessions: number;
  readonly nodes: readonly JourneyNode[];
  readonly links: readonly JourneyLink[];
}

export interface FunnelStep {
  readonly step: string;
  readonly sessions: number;
  /** Of the first. */
  readonly share: number | null;
  /** From the step before. */
  readonly medianMs: number | null;
}

export interface Funnel extends Window {
  readonly steps: readonly FunnelStep[];
}

export interface Interruptions extends Window {
  readonly visitors: number;
  readonly perVisitorDay: { readonly mean: number; readonly p50: number; readonly p95: number; readonly max: number };
  readonly histogram: readonly { readonly count: number; readonly visitorDays: number }[];
  readonly dismissed: number | null;
}

/** A reader of answers that have these lists. */
export function withLists<T>(...lists: readonly string[]): (body: unknown) => T | null {
  return (body) => {
    if (typeof body !== "object" || body === null) return null;
    const fields = body as Record<string, unknown>;
    return lists.every((name) => Array.isArray(fields[name])) ? (body as T) : null;
  };
}

export function readSummary(body: unknown): Summary | null {
  if (typeof body !== "object" || body === null) return null;
  const { verdict, sentence } = body as Record<string, unknown>;
  return typeof verdict === "string" && typeof sentence === "string" ? (body as Summary) : null;
}
