/** The days of each head: the answer of `GET /v1/intents`, as `docs/contracts.md` promises it. */

import type { Bin } from "./report";

/** `gap`: more, or less, happens than is forecast. `ranking`: moments are ranked worse than before. */
export type Alarm = "gap" | "ranking";

export interface Day {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly sessions: number;
  readonly count: number;
  readonly positives: number;
  readonly auc: number | null;
  readonly aucLow: number | null;
  readonly aucHigh: number | null;
  readonly ece: number;
  /** Mean forecast, 0 to 1. */
  readonly forecast: number;
  /** Share that came true, 0 to 1. */
  readonly observed: number;
  readonly bins: readonly Bin[];
  /** The gap in standard errors; null where there is too little to judge by. */
  readonly z: number | null;
  /** Days that `z` was judged over. */
  readonly over: number;
  readonly drift: boolean;
  readonly alarms: readonly Alarm[];
}

export interface HeadDays {
  readonly head: string;
  readonly days: readonly Day[];
}

export interface Days {
  readonly generatedAt: number;
  readonly days: number;
  readonly intents: readonly HeadDays[];
}

/** The days in a parsed body, or null where the body is something else. */
export function readDays(body: unknown): Days | null {
  if (typeof body !== "object" || body === null) return null;
  const fields = body as Record<string, unknown>;
  if (typeof fields["generatedAt"] !== "number" || typeof fields["days"] !== "number") return null;
  return Array.isArray(fields["intents"]) ? (body as Days) : null;
}
