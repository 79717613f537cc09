/**
 * A forest plot: for each row an estimate as a point, its interval as a bar, and where there is one the wider,
 * always valid interval as a line behind it. A reference line says what "no difference" is.
 *
 * Places across are shares of the width, so the plot fills its place at every width and its letters keep
 * their size. What a row says stands beside it as text; the plot adds no fact.
 */

import { el, say, set, svg } from "../dom";
import { rove } from "../rove";
import { linear, tamed } from "./scale";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface ForestRow {
  readonly name: string;
  /** Under the name, in small. */
  readonly aside?: string;
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly outer?: Interval | null;
  /** `better`, `worse`, `open`, or `plain` where nothing is judged. */
  readonly tone: "better" | "worse" | "open" | "plain";
  /** Beside the plot. */
  readonly text: string;
  /** A second line there. */
  readonly note?: string;
  /** A whole sentence, for the readout. */
  readonly sentence: string;
}

export interface Forest {
  readonly id: string;
  readonly label: string;
  readonly rows: readonly ForestRow[];
  /** What an interval is compared with. */
  readonly reference: number;
  readonly format: (value: number) => string;
  /** Under the axis: the unit, and which way is better. */
  readonly axis: string;
}

const HEIGHT = 34;
const MIDDLE = HEIGHT / 2;

export function forest({ id, label, rows, reference, format, axis }: Forest): HTMLElement {
  const points = rows.flatMap(({ value }) => (value === null ? [] : [value - reference]));
  const ends = rows.flatMap(({ interval, outer }) =>
    [interval, outer].flatMap((each) => (each ? [each.low - reference, each.high - reference] : [])),
  );
  const scale = linear(
    tamed(points, ends).map((end) => end + reference),
    reference,
  );
  const readout = el("p", { class: "readout", id: `${id}-readout`, "aria-live": "polite" });
  const node = el("div", {
    class: "forest",
    role: "img",
    "aria-label": `${label}. ${rows.map(({ sentence }) => sentence).join(" ")}`,
    "aria-describedby": readout.id,
    id,
  });

  const lines = rows.map((row) => {
    const line = el(
      "div",
      { class: "forest-row", "data-tone": row.tone },
      el(
        "p",
        { class: "forest-name" },
        row.name,
        ...(row.aside ? [el("span", { class: "forest-aside" }, row.aside)] : []),
      ),
      plot(row, scale, reference),
      el(
        "p",
        { class: "forest-text" },
        row.text,
        ...(row.note ? [el("span", { class: "forest-aside" }, row.note)] : []),
      ),
    );
    node.append(line);
    return line;
  });
  const ticks = svg("svg", { class: "forest-plot", width: "100%", height: 18, "aria-hidden": "true" });
  for (const tick of scale.ticks) {
    const at = scale.place(tick);
    const anchor = at < 0.02 ? "start" : at > 0.98 ? "end" : "middle";
    ticks.append(svg("text", { x: share(at), y: 13, "text-anchor": anchor }, format(tick)));
  }
  node.append(
    el("div", { class: "forest-row forest-axis" }, el("p", {}), ticks, el("p", { class: "forest-text" }, axis)),
  );

  const point = (at: number): void => {
    lines.forEach((line, index) => set(line, "data-pointed", String(index === at)));
    say(readout, rows[at]?.sentence ?? "");
  };
  const move = rove(node, { count: () => rows.length, point });
  lines.forEach((line, at) => line.addEventListener("pointerenter", () => move(at)));
  node.addEventListener("pointerleave", () => move(-1));
  return el("div", { class: "chart" }, node, readout);
}

function plot(row: ForestRow, scale: ReturnType<typeof linear>, reference: number): SVGElement {
  const node = svg("svg", { class: "forest-plot", width: "100%", height: HEIGHT, "aria-hidden": "true" });
  for (const tick of scale.ticks) node.append(upright("grid", scale.place(tick)));
  node.append(upright("zero", scale.place(reference)));
  const { interval, outer, value } = row;
  if (outer) {
    node.append(
      svg("line", {
        class: "outer",
        x1: share(scale.place(outer.low)),
        x2: share(scale.place(outer.high)),
        y1: MIDDLE,
        y2: MIDDLE,
      }),
    );
    for (const end of [outer.low, outer.high]) {
      // An end beyond the scale has no cap: the line leaves the plot.
      if (scale.holds(end))
        node.append(
          svg("line", {
            class: "outer",
            x1: share(scale.place(end)),
            x2: share(scale.place(end)),
            y1: MIDDLE - 4,
            y2: MIDDLE + 4,
          }),
        );
    }
  }
  if (interval) {
    const [from, to] = [scale.place(interval.low), scale.place(interval.high)];
    node.append(
      svg("rect", { class: "inner", x: share(from), width: share(to - from), y: MIDDLE - 4.5, height: 9, rx: 1.5 }),
    );
  }
  if (value !== null && scale.holds(value))
    node.append(svg("circle", { class: "estimate", cx: share(scale.place(value)), cy: MIDDLE, r: 4.2 }));
  return node;
}

function upright(kind: string, at: number): SVGElement {
  return svg("line", { class: kind, x1: share(at), x2: share(at), y1: 0, y2: HEIGHT });
}

const share = (x: number): string => `${(x * 100).toFixed(3)}%`;
