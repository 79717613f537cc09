/**
 * How often a slot is shown anew where the page puts its own content back, and when that ends: two
 * scripts that undo each other's work would hang the page.
 */

/** So many times within this many ms a slot may be put back by the page: a few honest re-renders. */
const TIMES = 3;
const WITHIN = 10_000;
/** The longest rest, ms. */
const MAX_REST = 600_000;

interface Story {
  _times: number[];
  _rest: number;
  _until: number;
}

/** A story for each slot that was ever put back, by name. */
export class Patience {
  private readonly _stories = new Map<string, Story>();

  /** The page has put its own content back. False: give it up for now, longer each time. */
  reverted(slot: string): boolean {
    const now = performance.now();
    const story = this._stories.get(slot) ?? { _times: [], _rest: WITHIN, _until: 0 };
    this._stories.set(slot, story);
    story._times = story._times.filter((time) => now - time < WITHIN);
    if (story._times.push(now) <= TIMES) return true;
    story._times = [];
    story._until = now + story._rest;
    story._rest = Math.min(story._rest * 2, MAX_REST);
    return false;
  }

  /** Whether the slot has been given up for now. */
  rests(slot: string): boolean {
    return performance.now() < (this._stories.get(slot)?._until ?? 0);
  }

  /** Another page view: what a route puts in its place is no quarrel. */
  forgive(): void {
    for (const story of this._stories.values()) story._times = [];
  }
}
