/** What every part of the panel gets and gives, so that the panel can treat them alike. */
import type { Decision, Explanation, Intents, Stats, Unspoken } from "../types.js";
import type { Minute } from "./history.js";

/** The state of the SDK at one tick: of now, or of a moment that the visitor of the past has chosen. */
export interface Snapshot {
  /** Always those of now: counters are not kept. */
  stats: Stats;
  intents: Intents;
  focus: string | null;
  slots: Decision[];
  minute: Minute;
  /** The chosen moment, in ms of `performance.now()`; null for now. */
  at: number | null;
  /** Why a slot shows what it shows; of the past, what was read when that was decided. */
  explain(slot: string): Explanation | undefined;
}

export interface View {
  readonly root: HTMLElement;
  /** Shows a snapshot; four times a second while open. */
  update(snapshot: Snapshot, unspoken: Unspoken): void;
  /** Draws what moves; at most ten times a second while open. */
  draw?(): void;
  /** The colour scheme may have changed. */
  restyle?(): void;
}
