/** How the inspector writes numbers: English, short, and of the same width from one tick to the next. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `12,480` */
export const count = (value: number): string => whole.format(value);

/** `62`, of 0.62; the unit stands beside it. */
export const percent = (value: number): string => whole.format(Math.min(1, Math.max(0, value || 0)) * 100);

/** `840 B`, `12.4 KB` */
export const bytes = (value: number): string =>
  value < 1000 ? `${count(value)} B` : `${(value / 1000).toFixed(1)} KB`;

/** `1:07`, of 67 seconds. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** `14:02:31`, local time. */
export const timeOfDay = (date: Date): string => date.toTimeString().slice(0, 8);

/** An attribute's value as one would write it in a rule. */
export function value(of: unknown): string {
  if (typeof of === "number") return Number.isInteger(of) ? String(of) : of.toFixed(2);
  return Array.isArray(of) ? of.join(" ") || "none" : typeof of === "string" ? of || "empty" : String(of);
}

/** `0.42 ms`, `18 ms` */
export const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : count(value)} ms`;
