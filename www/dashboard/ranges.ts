/** How far back the report looks: four choices, remembered for this tab. */

import { el } from "./dom";

export interface Range {
  readonly minutes: number;
  readonly short: string;
  readonly long: string;
}

export const RANGES: readonly Range[] = [
  { minutes: 15, short: "15 min", long: "the last 15 minutes" },
  { minutes: 60, short: "1 h", long: "the last hour" },
  { minutes: 1440, short: "24 h", long: "the last 24 hours" },
  { minutes: 10_080, short: "7 days", long: "the last 7 days" },
];

const KEY = "unspoken.dashboard.minutes";
const USUAL = 60;

export function rememberedMinutes(): number {
  try {
    const minutes = Number(sessionStorage.getItem(KEY));
    return RANGES.some((range) => range.minutes === minutes) ? minutes : USUAL;
  } catch {
    return USUAL;
  }
}

export function rangeChoice(minutes: number, onChange: (range: Range) => void): HTMLElement {
  const node = el("fieldset", { class: "ranges" }, el("legend", { class: "unseen" }, "Range"));
  for (const range of RANGES) {
    const id = `range-${range.minutes}`;
    const radio = el("input", { type: "radio", name: "range", id, value: String(range.minutes) });
    radio.checked = range.minutes === minutes;
    radio.addEventListener("change", () => {
      try {
        sessionStorage.setItem(KEY, String(range.minutes));
      } catch {
        // Not remembered, then.
      }
      onChange(range);
    });
    const label = el(
      "label",
      { for: id },
      el("span", { "aria-hidden": "true" }, range.short),
      el("span", { class: "unseen" }, range.long),
    );
    node.append(radio, label);
  }
  return node;
}
