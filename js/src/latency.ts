/**
 * How long swaps took: the last 64, and what half and nearly all of them stayed below.
 *
 * Bounded, so that a page that swaps all day keeps no more than its last minutes.
 */
const KEPT = 64;

export class Latency {
  private readonly _last: number[] = [];
  private _count = 0;

  add(milliseconds: number): void {
    this._last[this._count++ % KEPT] = milliseconds;
  }

  /** `count` of all, the percentiles of the last 64, in ms; 0 where there was none. */
  figures(): { count: number; p50: number; p95: number } {
    const sorted = [...this._last].sort((a, b) => a - b);
    // Nearest rank: a number that was measured, and none between two.
    const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
    return { count: this._count, p50: at(0.5), p95: at(0.95) };
  }
}
