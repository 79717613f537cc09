/** The little statistics the page needs. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Below this many visitors a goal rate is not printed as if it were known. */
export const ENOUGH_VISITORS = 100;

const Z95 = 1.959964;

/**
 * Wilson's 95 % interval for `hits` of `tries`. Unlike the textbook one it stays inside 0 to 1 and
 * has a width where there are no hits at all.
 */
export function wilson(hits: number, tries: number): Interval {
  if (tries <= 0) return { low: 0, high: 1 };
  const rate = Math.min(1, hits / tries);
  const square = Z95 * Z95;
  const denominator = 1 + square / tries;
  const centre = (rate + square / (2 * tries)) / denominator;
  const half = (Z95 / denominator) * Math.sqrt((rate * (1 - rate)) / tries + square / (4 * tries * tries));
  return { low: hits <= 0 ? 0 : Math.max(0, centre - half), high: hits >= tries ? 1 : Math.min(1, centre + half) };
}

const SHARES = [0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1];

/** The end of a scale of shares that holds `share`; coarse, so that a scale seldom changes. */
export function shareScale(share: number): number {
  return SHARES.find((end) => end >= share) ?? 1;
}

/** The end of a scale of counts: 5, 10, 20, 50, … so that one event never looks like a crowd. */
export function countScale(most: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of [5, 10, 20]) if (step * decade >= most) return step * decade;
  }
}
