/**
 * A reliability diagram: across, what was forecast; up, what came true; on the diagonal the two
 * agree. The area of a point is the number of moments behind it.
 */

import { set, svg } from "./dom";
import type { Bin } from "./report";
import { rove } from "./rove";

const SIZE = 208;
const LEFT = 30;
const TOP = 8;
const PLOT = 166;
const SMALLEST = 2.2;
const LARGEST = 12;
/** The pointer picks the nearest point within this distance, in the diagram's own units. */
const REACH = 28;

export interface Diagram {
  readonly node: SVGElement;
  update(bins: readonly Bin[], description: string, faint: boolean): void;
}

const across = (share: number): number => LEFT + share * PLOT;
const up = (share: number): number => TOP + (1 - share) * PLOT;

export function reliabilityDiagram(onPoint: (bin: Bin | null) => void): Diagram {
  const points = svg("g", { class: "points" });
  const title = svg("title");
  const node = svg(
    "svg",
    { class: "reliability", viewBox: `0 0 ${SIZE} ${SIZE}`, width: SIZE, height: SIZE, role: "img" },
    title,
    frame(),
    points,
  );
  let shown: readonly Bin[] = [];
  let circles: readonly SVGElement[] = [];

  const point = (at: number): void => {
    circles.forEach((circle, index) => set(circle, "data-pointed", String(index === at)));
    onPoint(shown[at] ?? null);
  };
  const move = rove(node, { count: () => shown.length, point });
  node.addEventListener("pointermove", (event) => {
    const box = node.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * SIZE;
    const y = ((event.clientY - box.top) / box.height) * SIZE;
    move(nearest(shown, x, y));
  });
  node.addEventListener("pointerleave", () => move(-1));

  return {
    node,
    update(bins, description, faint) {
      shown = bins.filter((bin) => bin.count > 0);
      if (circles.length !== shown.length) {
        circles = shown.map(() => svg("circle"));
        points.replaceChildren(...circles);
      }
      const most = Math.max(1, ...shown.map((bin) => bin.count));
      shown.forEach((bin, at) => {
        const circle = circles[at] as SVGElement;
        const radius = Math.max(SMALLEST, LARGEST * Math.sqrt(bin.count / most));
        set(circle, "cx", across(bin.forecast).toFixed(1));
        set(circle, "cy", up(bin.observed).toFixed(1));
        set(circle, "r", radius.toFixed(1));
      });
      set(node, "data-faint", String(faint));
      if (title.textContent !== description) title.textContent = description;
    },
  };
}

function nearest(bins: readonly Bin[], x: number, y: number): number {
  let best = -1;
  let least = REACH;
  bins.forEach((bin, at) => {
    const distance = Math.hypot(across(bin.forecast) - x, up(bin.observed) - y);
    if (distance < least) [best, least] = [at, distance];
  });
  return best;
}

/** The square, its grid, the diagonal and the words on the axes. */
function frame(): SVGElement {
  const group = svg("g", { class: "frame", "aria-hidden": "true" });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const edge = share === 0 ? "edge" : "grid";
    group.append(
      svg("line", { class: edge, x1: across(share), x2: across(share), y1: up(0), y2: up(1) }),
      svg("line", { class: edge, x1: across(0), x2: across(1), y1: up(share), y2: up(share) }),
    );
  }
  group.append(svg("line", { class: "diagonal", x1: across(0), y1: up(0), x2: across(1), y2: up(1) }));
  // One nought for both axes, in the corner, where no point covers it.
  group.append(svg("text", { x: LEFT - 14, y: up(0) + 18, "text-anchor": "end" }, "0"));
  for (const share of [0.5, 1]) {
    const text = String(share * 100);
    group.append(
      svg("text", { x: across(share), y: up(0) + 16, "text-anchor": share === 1 ? "end" : "middle" }, text),
      svg("text", { x: LEFT - 6, y: up(share) + (share === 1 ? 8 : 4), "text-anchor": "end" }, text),
    );
  }
  group.append(
    svg("text", { class: "axis-name", x: across(1), y: up(0) + 30, "text-anchor": "end" }, "forecast, %"),
    svg("text", { class: "axis-name", x: across(0) + 6, y: up(1) + 9 }, "came true, %"),
  );
  return group;
}
