/** A linear scale with round ticks. */

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** Where a value stands, 0 to 1; beyond the ends it is cut off there. */
  place(value: number): number;
  /** The scale holds it. */
  holds(value: number): boolean;
}

const STEPS = [1, 2, 2.5, 5, 10];

/** A scale that holds all values, and `also` (a reference line), with about `wanted` ticks. */
export function linear(values: readonly number[], also: number, wanted = 5): Scale {
  const finite = values.filter(Number.isFinite);
  let low = Math.min(also, ...finite);
  let high = Math.max(also, ...finite);
  if (high - low < 1e-9) [low, high] = [low - 0.05, high + 0.05];
  const rough = (high - low) / wanted;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * decade >= rough) ?? 10) * decade;
  low = Math.floor(low / step + 1e-9) * step;
  high = Math.ceil(high / step - 1e-9) * step;
  const ticks: number[] = [];
  // Multiplied, not added up: 0.1 + 0.2 would be a label.
  for (let at = Math.round(low / step); at * step <= high + step / 1e6; at++)
    ticks.push(Number((at * step).toPrecision(12)));
  return {
    low,
    high,
    ticks,
    place: (value) => Math.max(0, Math.min(1, (value - low) / (high - low))),
    holds: (value) => value >= low - 1e-9 && value <= high + 1e-9,
  };
}

/** The middle of what intervals span, widened no further than `most` times it: one wild interval must not press the rest flat. */
export function tamed(points: readonly number[], ends: readonly number[], most = 4): readonly number[] {
  const spread = Math.max(0.1, ...points.map(Math.abs)) * most;
  return [
    ...points,
    ...ends.filter((end) => Math.abs(end) <= spread),
    ...ends.filter((end) => Math.abs(end) > spread).map((end) => Math.sign(end) * spread),
  ];
}
