/**
 * The report: the answer of `GET /v1/report`, as `docs/contracts.md` promises it.
 *
 * `readReport` checks only what would break the page when missing. It does not repeat the
 * collector's own validation.
 */

export interface Totals {
  readonly visitors: number;
  readonly sessions: number;
  readonly views: number;
  readonly clicks: number;
  readonly exposures: number;
  readonly goals: number;
  readonly batches: number;
  readonly bytes: number;
  /** Sessions that look automated, and count in no other figure. */
  readonly machines: number;
}

export interface LiveSession {
  readonly session: string;
  readonly visitor: string;
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly views: number;
  readonly path: string;
  readonly clicks: number;
  readonly exposures: number;
  readonly goals: readonly string[];
  /** How much it looks automated, 0 to 100. */
  readonly automation: number;
  /** Kept out of learning and of every statistic. */
  readonly excluded: boolean;
}

export interface Bucket {
  readonly at: number;
  readonly views: number;
  readonly clicks: number;
  readonly exposures: number;
  readonly goals: number;
}

export interface Variant {
  readonly variant: string;
  readonly exposures: number;
  readonly visitors: number;
  /** Visitors who reached each goal after the exposure. A goal nobody reached may be absent. */
  readonly goals: Readonly<Record<string, number>>;
}

/** Whether the variants of an experiment were seen by as many visitors as they should. */
export interface Ratio {
  readonly rule: string;
  readonly shares: readonly { readonly variant: string; readonly visitors: number; readonly expected: number }[];
  readonly chiSquare: number | null;
  /** How probable such shares are by chance; null where there are too few visitors to say. */
  readonly p: number | null;
}

export interface Slot {
  readonly slot: string;
  /** Visitors who dismissed it. */
  readonly dismissals: number;
  readonly variants: readonly Variant[];
  readonly ratios: readonly Ratio[];
}

export interface Goal {
  readonly goal: string;
  readonly count: number;
  readonly visitors: number;
  readonly value: number;
}

export interface Bin {
  /** Mean forecast of the moments in the bin, 0 to 1. */
  readonly forecast: number;
  /** Share of them that came true, 0 to 1. */
  readonly observed: number;
  readonly count: number;
}

export interface Head {
  readonly head: string;
  readonly count: number;
  readonly positives: number;
  readonly auc: number | null;
  readonly ece: number;
  readonly bins: readonly Bin[];
}

export interface Report {
  readonly generatedAt: number;
  readonly from: number;
  readonly to: number;
  readonly totals: Totals;
  readonly live: readonly LiveSession[];
  readonly timeline: readonly Bucket[];
  readonly slots: readonly Slot[];
  readonly goals: readonly Goal[];
  readonly intents: readonly Head[];
}

const LISTS = ["live", "timeline", "slots", "goals", "intents"] as const;
const TIMES = ["generatedAt", "from", "to"] as const;

/** The report in a parsed body, or null where the body is something else. */
export function readReport(body: unknown): Report | null {
  if (typeof body !== "object" || body === null) return null;
  const fields = body as Record<string, unknown>;
  if (typeof fields["totals"] !== "object" || fields["totals"] === null) return null;
  if (!LISTS.every((name) => Array.isArray(fields[name]))) return null;
  if (!TIMES.every((name) => typeof fields[name] === "number")) return null;
  return body as Report;
}
