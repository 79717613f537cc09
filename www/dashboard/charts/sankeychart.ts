/** A Sankey diagram: steps across, and between them ribbons as thick as the sessions that went that way. */

import { el, say, set, svg } from "../dom";
import { count, counted, percent } from "../format";
import type { Journeys } from "../reports";
import { rove } from "../rove";
import { spokenName } from "../words";
import { layout, type Placed, type Ribbon } from "./sankey";

const STEP = 190;
/** It is drawn no smaller than this. */
const LEAST = 0.86;
const BAR = 12;
const HEIGHT = 380;
const GAP = 22;
const TOP = 30;
/** Under the last node, for its name where the node is thin. */
const BELOW = 14;

export function sankeyChart(id: string, journeys: Journeys): HTMLElement {
  const { steps, placed, ribbons } = layout(journeys.nodes, journeys.links, HEIGHT, GAP);
  const width = Math.max(1, steps - 1) * STEP + STEP - 30;
  const bottom = Math.max(...placed.map(({ top, height }) => top + height), 0);
  const tall = TOP + bottom + BELOW;
  const readout = el("p", { class: "readout", id: `${id}-readout`, "aria-live": "polite" });
  const plot = svg("svg", {
    class: "sankey",
    viewBox: `0 0 ${width} ${tall}`,
    width,
    height: tall,
    role: "img",
    "aria-label": `What ${counted(journeys.sessions, "session")} did, step by step. The table below has every figure.`,
    "aria-describedby": readout.id,
    id,
  });
  for (let step = 0; step < steps; step++) {
    plot.append(
      svg("text", { class: "sankey-step", x: step * STEP, y: 14 }, step === 0 ? "first page" : `step ${step + 1}`),
    );
  }
  // Letters stay legible: where there is less room the diagram scrolls.
  plot.style.width = "100%";
  plot.style.minWidth = `${Math.round(width * LEAST)}px`;
  const paths = ribbons.map((ribbon) =>
    svg("path", { class: "ribbon", d: path(ribbon), "data-end": String(ribbon.to.node.name === "end") }),
  );
  plot.append(svg("g", {}, ...paths));
  const bars = placed.map((each) => bar(each));
  plot.append(svg("g", {}, ...bars));

  // Under the keyboard: the nodes first, then the ribbons, each in the order it is drawn.
  const point = (at: number): void => {
    const node = placed[at];
    const ribbon = ribbons[at - placed.length];
    paths.forEach((each, index) => {
      const mine = ribbons[index] as Ribbon;
      const lit = node ? mine.from === node || mine.to === node : mine === ribbon;
      set(each, "data-lit", at < 0 ? "" : String(lit));
    });
    bars.forEach((each, index) =>
      set(
        each,
        "data-lit",
        at < 0 ? "" : String(placed[index] === node || placed[index] === ribbon?.from || placed[index] === ribbon?.to),
      ),
    );
    say(
      readout,
      node
        ? nodeSentence(node, journeys.sessions)
        : ribbon
          ? ribbonSentence(ribbon)
          : "Point at a page or a ribbon, or use the arrow keys.",
    );
  };
  const move = rove(plot, { count: () => placed.length + ribbons.length, point });
  bars.forEach((each, at) => each.addEventListener("pointerenter", () => move(at)));
  paths.forEach((each, at) => each.addEventListener("pointerenter", () => move(placed.length + at)));
  plot.addEventListener("pointerleave", () => move(-1));
  point(-1);
  const scroller = el("div", { class: "sankey-scroll" });
  scroller.append(plot);
  return el("div", { class: "chart" }, scroller, readout);
}

function path({ from, to, leaves, arrives, height }: Ribbon): string {
  const [x, end] = [from.node.step * STEP + BAR, to.node.step * STEP];
  const bend = (end - x) / 2;
  const [a, b] = [TOP + leaves, TOP + arrives];
  const n = (value: number): string => value.toFixed(1);
  const there = `M${n(x)} ${n(a)}C${n(x + bend)} ${n(a)} ${n(end - bend)} ${n(b)} ${n(end)} ${n(b)}`;
  const back = `V${n(b + height)}C${n(end - bend)} ${n(b + height)} ${n(x + bend)} ${n(a + height)} ${n(x)} ${n(a + height)}Z`;
  return there + back;
}

function bar({ node, top, height }: Placed): SVGElement {
  const x = node.step * STEP;
  const name = spokenName(node.name);
  const label = name.length > 20 ? `${name.slice(0, 19)}\u2026` : name;
  const middle = TOP + top + Math.max(height, 4) / 2;
  return svg(
    "g",
    { class: "sankey-node", "data-end": String(node.name === "end") },
    svg("rect", { x, y: TOP + top, width: BAR, height: Math.max(height, 1.5), rx: 1 }),
    svg(
      "text",
      { class: "sankey-name", x: x + BAR + 6, y: middle + 4 },
      label,
      svg("tspan", { class: "sankey-count", dx: 6 }, count(node.sessions)),
    ),
  );
}

function nodeSentence({ node }: Placed, sessions: number): string {
  const share = sessions > 0 ? `, ${percent(node.sessions / sessions)} of all` : "";
  const where = node.step === 0 ? "first" : `as step ${node.step + 1}`;
  return node.name === "end"
    ? `${counted(node.sessions, "session")} ended after step ${node.step}${share}.`
    : `${counted(node.sessions, "session")} came to ${spokenName(node.name)} ${where}${share}.`;
}

function ribbonSentence({ link, from, to }: Ribbon): string {
  const share = percent(link.sessions / Math.max(1, from.node.sessions));
  const whereTo = to.node.name === "end" ? "ended there" : `went on to ${spokenName(to.node.name)}`;
  return `Of ${counted(from.node.sessions, "session")} at ${spokenName(from.node.name)}, ${count(link.sessions)} (${share}) ${whereTo}.`;
}
