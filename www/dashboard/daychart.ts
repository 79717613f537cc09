/**
 * A head's days as two strips over one calendar: forecast against outcome, and AUC.
 *
 * Places across are shares of the width and places down are px, so that the drawing fills its place
 * at every width and its letters keep their size.
 */

import { el, say, set, svg } from "./dom";
import { date, percent, score } from "./format";
import type { Day } from "./intents";
import { rove } from "./rove";
import { shareScale } from "./statistics";

export interface DayChart {
  readonly node: HTMLElement;
  update(days: readonly Day[], span: number, now: number, description: string): void;
}

const DAY_MS = 86_400_000;
const GAP_HEIGHT = 76;
const AUC_HEIGHT = 58;
/** Room above the plot for the alarm's triangle, and below for half a point. */
const ABOVE = 13;
const BELOW = 5;
const LOWEST_AUC = 0.4;
/** Half the width of the forecast's bar, of a day's place. */
const BAR = 0.34;

interface Place {
  readonly day: Day;
  /** The middle of its place, 0 to 1. */
  readonly x: number;
}

export function dayChart(onPoint: (day: Day | null) => void): DayChart {
  const gap = lane("forecast and outcome", GAP_HEIGHT);
  const auc = lane("AUC", AUC_HEIGHT);
  const first = el("span", {});
  const last = el("span", {});
  const node = el(
    "div",
    { class: "day-chart", role: "img" },
    gap.node,
    auc.node,
    el("p", { class: "day-times", "aria-hidden": "true" }, first, last),
  );
  let places: readonly Place[] = [];
  let width = 1;

  const point = (at: number): void => {
    for (const { band } of [gap, auc]) {
      const place = places[at];
      set(band, "visibility", place ? "visible" : "hidden");
      if (place) set(band, "x", share(place.x - width / 2));
      set(band, "width", share(width));
    }
    onPoint(places[at]?.day ?? null);
  };
  const move = rove(node, { count: () => places.length, point });
  node.addEventListener("pointermove", (event) => {
    const box = gap.plot.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    move(places.findIndex((place) => Math.abs(place.x - x) <= width / 2));
  });
  node.addEventListener("pointerleave", () => move(-1));

  return {
    node,
    update(days, span, now, description) {
      width = 1 / span;
      const today = Math.floor(now / DAY_MS);
      places = days.map((day) => ({ day, x: 1 - (today - Date.parse(day.day) / DAY_MS + 0.5) * width }));
      const most = shareScale(Math.max(0.01, ...days.flatMap((day) => [day.forecast, day.observed])));
      gap.scale("0", percent(most));
      auc.scale("", "1");
      gap.marks.replaceChildren(...places.flatMap((place) => gapMarks(place, most, width)));
      auc.marks.replaceChildren(...places.flatMap(aucMarks));
      say(first, date(new Date((today - span + 1) * DAY_MS).toISOString().slice(0, 10)));
      say(last, "today");
      set(node, "aria-label", description);
      point(-1);
    },
  };
}

interface Lane {
  readonly node: HTMLElement;
  readonly plot: SVGElement;
  readonly marks: SVGElement;
  readonly band: SVGElement;
  scale(low: string, high: string): void;
}

function lane(name: string, height: number): Lane {
  const marks = svg("g");
  const band = svg("rect", { class: "band", y: 0, height, visibility: "hidden" });
  const low = svg("text", { x: 0, y: height - BELOW + 4 });
  const high = svg("text", { x: 0, y: ABOVE + 4 });
  const edge = (y: number, kind: string): SVGElement =>
    svg("line", { class: kind, x1: "0%", x2: "100%", y1: y, y2: y });
  const coin = down(0.5, height, LOWEST_AUC, 1);
  const plot = svg("svg", { class: "day-plot", width: "100%", height, "aria-hidden": "true" });
  plot.append(band, edge(ABOVE, "grid"), edge(height - BELOW, "edge"));
  const scaleNode = svg("svg", { class: "day-scale", width: 34, height, "aria-hidden": "true" }, low, high);
  if (name === "AUC") {
    plot.append(edge(coin, "coin"));
    scaleNode.append(svg("text", { x: 0, y: coin + 4 }, score(0.5).slice(0, 2)));
  }
  plot.append(marks);
  const node = el("div", { class: "day-lane" }, el("p", { class: "day-lane-name", "aria-hidden": "true" }, name));
  node.append(scaleNode, plot);
  return {
    node,
    plot,
    marks,
    band,
    scale(lowest, highest) {
      say(low, lowest);
      say(high, highest);
    },
  };
}

const share = (x: number): string => `${(x * 100).toFixed(3)}%`;

/** Where a value stands, from the top of a lane. */
function down(value: number, height: number, low: number, high: number): number {
  const shareUp = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return ABOVE + (1 - shareUp) * (height - ABOVE - BELOW);
}

function gapMarks({ day, x }: Place, most: number, width: number): SVGElement[] {
  const y = (value: number): number => down(value, GAP_HEIGHT, 0, most);
  const judged = String(day.z !== null);
  const [from, to] = [share(x - BAR * width), share(x + BAR * width)];
  return [
    svg("line", { class: "apart", x1: share(x), x2: share(x), y1: y(day.forecast), y2: y(day.observed) }),
    svg("line", { class: "told", x1: from, x2: to, y1: y(day.forecast), y2: y(day.forecast) }),
    svg("circle", { class: "came", "data-judged": judged, cx: share(x), cy: y(day.observed), r: 3 }),
    ...(day.alarms.includes("gap") ? [triangle(x)] : []),
  ];
}

function aucMarks({ day, x }: Place): SVGElement[] {
  if (day.auc === null) return [];
  const y = (value: number): number => down(value, AUC_HEIGHT, LOWEST_AUC, 1);
  const sure = day.aucLow !== null && day.aucHigh !== null;
  const marks: SVGElement[] = [];
  if (sure) {
    marks.push(svg("line", { class: "whisk", x1: share(x), x2: share(x), y1: y(day.aucLow), y2: y(day.aucHigh) }));
  }
  marks.push(svg("circle", { class: "came", "data-judged": String(sure), cx: share(x), cy: y(day.auc), r: 2.6 }));
  if (day.alarms.includes("ranking")) marks.push(triangle(x));
  return marks;
}

function triangle(x: number): SVGElement {
  return svg("svg", { x: share(x), y: 1, overflow: "visible" }, svg("path", { class: "raised", d: "M-5 0H5L0 9Z" }));
}
