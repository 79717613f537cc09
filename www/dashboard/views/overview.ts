/** The overview: whether it helps, in one sentence, and then what happened. */

import type { Place } from "../address";
import { el } from "../dom";
import { forecasts } from "../forecasts";
import { goals } from "../goals";
import { helping } from "../helping";
import { type Report, readReport } from "../report";
import { readSummary, type Summary } from "../reports";
import { calmly, common, follow, type MakeScreen } from "../screen";
import { slots } from "../slots";
import { timeline } from "../timeline";
import { totals } from "../totals";

const DAY_MINUTES = 24 * 60;
/** Today is watched; a month is read. */
const BEAT_MS = 2000;
const SLOW_BEAT_MS = 30_000;

export const make: MakeScreen = (stage) => {
  const verdict = helping(stage);
  const views = [totals(), timeline(), slots((goal) => stage.go({ goal }, true)), goals(), forecasts()] as const;
  const state = el("p", { class: "screen-state" });
  state.hidden = true;
  const figures = el("div", { class: "figures", "aria-busy": "true" }, ...views.map(({ node }) => node));
  const node = el("div", { class: "screen" }, verdict.node, state, figures);
  // The first screen is the verdict's: what stands under it comes when its height is known.
  figures.hidden = true;
  let answered = false;
  let latest: Report | null = null;
  const settled = (): void => {
    if (!answered || !latest) return;
    // Before the drawing: a chart measures its place.
    figures.hidden = false;
    for (const view of views) view.update(latest);
  };

  const summary = follow<Summary>(
    stage,
    { path: "/v1/report/summary", query: common, read: readSummary, every: calmly },
    {
      wait: () => verdict.wait(),
      fail: (text) => {
        verdict.fail(text);
        answered = true;
        settled();
      },
      draw: (value, place) => {
        verdict.update(value, place.days);
        answered = true;
        settled();
      },
    },
  );
  const report = follow<Report>(
    stage,
    {
      path: "/v1/report",
      query: (place) => [
        ["minutes", String(place.days * DAY_MINUTES)],
        ...(place.site ? [["site", place.site] as const] : []),
      ],
      read: readReport,
      every: (place) => (place.days === 1 ? BEAT_MS : SLOW_BEAT_MS),
    },
    {
      wait: () => figures.setAttribute("aria-busy", "true"),
      fail(text) {
        figures.removeAttribute("aria-busy");
        state.hidden = false;
        state.textContent = text;
      },
      draw(value) {
        figures.removeAttribute("aria-busy");
        state.hidden = true;
        latest = value;
        settled();
      },
    },
  );
  return {
    node,
    show(place: Place) {
      views[2].prefer(place.goal);
      summary.follow(place);
      report.follow(place);
    },
    dispose() {
      summary.dispose();
      report.dispose();
    },
  };
};
