/**
 * The last decisions as stored: `unspoken.shown`, which the client writes and the loader reads before
 * there is a core.
 *
 *     { v: 1, at, all: { [slot]: { variant, visit? } },
 *       pages: { [path]: { at, slots: { [slot]: { variant, visit?, height?, width? } } } } }
 *
 * `all` is right on every page, `pages` on one alone: decisions that follow from the page, and boxes to
 * reserve. Whatever reads it trusts nothing in it: other scripts of the site can write there.
 */

/** Where it lies; erasing removes every key that begins with `unspoken.`. */
export const KEY = "unspoken.shown";
/** Nothing older is used: who comes back after a week may be looking for something else. */
export const MAX_AGE_MS = 7 * 86_400_000;
/** The gap after which the core begins another visit (`SESSION_GAP` of src/profile). */
export const VISIT_MS = 1_800_000;
/** Slots of one list, in storage and in the page. */
export const MAX_STORED = 16;

/** One decision. */
export interface Last {
  variant: string;
  /** Right for this visit only. */
  visit?: 1;
  /** The height to reserve, in px, in a viewport of this width. */
  height?: number;
  width?: number;
}

export type Lasts = Record<string, Last>;

/** What is stored. */
export interface Shown {
  v: 1;
  /** When it was written, as all times in ms since 1970. */
  at: number;
  all: Lasts;
  pages: Record<string, { at: number; slots: Lasts }>;
}

/** The storage of a mode, if any. Throws where the browser forbids it. */
export const areaOf = (mode: string | undefined): Storage | undefined =>
  mode === "session" ? sessionStorage : !mode || mode === "persistent" ? localStorage : undefined;

/** What is stored there, not checked. Throws where it is no JSON. */
export function stored(area: Storage | undefined): Partial<Shown> | undefined {
  const shown = JSON.parse(area?.getItem(KEY) ?? "0");
  return shown?.v === 1 ? shown : undefined;
}

/** Whether this was written less than `most` ago. A clock that was set back makes nothing young. */
export const isYoung = (at: unknown, now: number, most: number): boolean =>
  (at as number) <= now && now - (at as number) < most;
