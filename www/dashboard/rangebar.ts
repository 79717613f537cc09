/**
 * A rate and its 95 % interval on a scale: a dot with a whisker. Behind it, as a pale band, the
 * interval of `default`. The numbers stand beside it as text.
 */

import { el, set, type View } from "./dom";
import type { Interval } from "./statistics";

export interface Range {
  readonly rate: number;
  readonly interval: Interval;
  /** The share at the right end of the scale. */
  readonly end: number;
  /** The interval to compare with: the pale band. */
  readonly reference: Interval | null;
  /** Too few to say: drawn open and faint. */
  readonly faint: boolean;
}

export function rangeBar(): View<Range> {
  const band = el("span", { class: "reference" });
  const whisker = el("span", { class: "whisker" });
  const dot = el("span", { class: "dot" });
  const node = el("span", { class: "range", "aria-hidden": "true" }, band, whisker, dot);
  return {
    node,
    update({ rate, interval, end, reference, faint }) {
      const place = (share: number): number => Math.max(0, Math.min(100, (share / end) * 100));
      const stretch = (part: HTMLElement, { low, high }: Interval): void => {
        part.style.left = `${place(low).toFixed(2)}%`;
        part.style.width = `${(place(high) - place(low)).toFixed(2)}%`;
      };
      stretch(whisker, interval);
      band.hidden = reference === null;
      if (reference) stretch(band, reference);
      dot.style.left = `${place(rate).toFixed(2)}%`;
      dot.hidden = rate > end;
      set(node, "data-faint", String(faint));
      // A whisker that leaves the scale has no cap there.
      set(node, "data-open", String(interval.high > end));
    },
  };
}
