/** The signed-in page: the masthead, and one view for each part of the report. */

import { announce } from "./announcer";
import { Calendar } from "./calendar";
import { days } from "./days";
import { el } from "./dom";
import { forecasts } from "./forecasts";
import { goals } from "./goals";
import { live } from "./live";
import { masthead } from "./masthead";
import { Poll } from "./poll";
import { rememberedMinutes } from "./ranges";
import type { Report } from "./report";
import { slots } from "./slots";
import { timeline } from "./timeline";
import { totals } from "./totals";

export interface Board {
  readonly node: HTMLElement;
  /** Draws the first report and begins to poll. The node must stand in the page. */
  start(report: Report): void;
  focus(): void;
  dispose(): void;
}

interface Options {
  readonly token: string;
  readonly onRefused: () => void;
  readonly onLeave: () => void;
}

export function board({ token, onRefused, onLeave }: Options): Board {
  const minutes = rememberedMinutes();
  const views = [totals(), timeline(), live(), slots(), goals(), forecasts()];
  const calendarView = days();
  const nodes = [...views, calendarView].map((view) => view.node);
  const main = el("main", { id: "main", tabindex: "-1" }, ...nodes);
  const calendar = new Calendar(token, (answer) => calendarView.update(answer));
  let announceRange: string | null = null;

  const draw = (report: Report): void => {
    for (const view of views) view.update(report);
    main.removeAttribute("aria-busy");
    head.fresh();
    if (announceRange !== null) announce(`Showing ${announceRange}.`);
    announceRange = null;
  };
  const poll = new Poll(token, minutes, {
    onReport: draw,
    onHealth: (health) => head.health(health),
    onRefused,
  });
  const head = masthead({
    minutes,
    onRange: (range) => {
      announceRange = range.long;
      main.setAttribute("aria-busy", "true");
      poll.setRange(range.minutes);
    },
    onRetry: () => poll.now(),
    onLeave,
  });
  const skip = el("a", { class: "skip", href: "#main" }, "Skip to the figures");
  skip.addEventListener("click", (event) => {
    // The address keeps no fragment: `#token=` is read from it.
    event.preventDefault();
    main.focus();
  });
  return {
    node: el("div", { class: "board" }, skip, head.node, main),
    start(report) {
      draw(report);
      poll.start();
      calendar.start();
    },
    focus: () => main.focus({ preventScroll: true }),
    dispose() {
      poll.stop();
      calendar.stop();
      head.dispose();
    },
  };
}
