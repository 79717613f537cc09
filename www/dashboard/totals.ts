/** The totals of the range, as quiet figures. */

import { el, say, type View } from "./dom";
import { bytes, count, counted } from "./format";
import type { Report, Totals } from "./report";

interface Figure {
  readonly label: string;
  readonly series?: string;
  readonly read: (totals: Totals) => string;
}

const FIGURES: readonly Figure[] = [
  { label: "Visitors", read: (totals) => count(totals.visitors) },
  { label: "Sessions", read: (totals) => count(totals.sessions) },
  { label: "Page views", series: "views", read: (totals) => count(totals.views) },
  { label: "Clicks", read: (totals) => count(totals.clicks) },
  { label: "Exposures", series: "exposures", read: (totals) => count(totals.exposures) },
  { label: "Goals", series: "goals", read: (totals) => count(totals.goals) },
  {
    label: "Sent per session",
    read: (totals) => (totals.sessions > 0 ? bytes(totals.bytes / totals.sessions) : "\u2013"),
  },
];

export function totals(): View<Report> {
  const values = FIGURES.map(() => el("dd", {}, "\u2013"));
  const list = el("dl", { class: "totals" });
  FIGURES.forEach((figure, at) => {
    const label = el("dt", {}, figure.label);
    if (figure.series) label.dataset["series"] = figure.series;
    list.append(el("div", {}, label, values[at] as HTMLElement));
  });
  const node = el("section", { class: "section-totals", "aria-labelledby": "totals-title" });
  const machines = el("p", { class: "machines" });
  node.append(el("h2", { id: "totals-title", class: "unseen" }, "Totals"), list, machines);
  return {
    node,
    update(report) {
      FIGURES.forEach((figure, at) => say(values[at] as HTMLElement, figure.read(report.totals)));
      const { machines: kept } = report.totals;
      machines.hidden = kept === 0;
      say(machines, `${counted(kept, "automated session")} kept out of these figures, of slots, goals and forecasts.`);
    },
  };
}
