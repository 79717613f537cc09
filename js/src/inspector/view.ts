/** What every part of the panel gets and gives, so that the panel can treat them alike. */
import type { Decision, EventMap, Intents, Stats, Unspoken } from "../types.js";

/** The state of the SDK at one tick. */
export interface Snapshot {
  stats: Stats;
  intents: Intents;
  focus: string | null;
  slots: Decision[];
}

/** An event of the SDK, as it came in while the inspector was open. */
export type Happening = { [Name in keyof EventMap]: { event: Name; detail: EventMap[Name]; at: Date } }[keyof EventMap];

export interface View {
  readonly root: HTMLElement;
  /** Shows a snapshot; four times a second while open. */
  update(snapshot: Snapshot, unspoken: Unspoken): void;
  /** Draws what moves; at most ten times a second while open. */
  draw?(): void;
  /** The colour scheme may have changed. */
  restyle?(): void;
}
