/**
 * Traces to play: real ones of AdSERP where the data folder is at hand, else ones this file draws
 * with the quantiles published for real cursors (time between moves 16 ms, pauses .27 to 4.8 s,
 * speed 26 to 1,462 px/s, scroll steps 1 to 49 px). The drawn ones are synthetic, and said to be.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "../../../scripts/lib/paths.mjs";

const REAL = at("../shared/data/adserp/traces");
/** Played in real time, so only short ones. */
const LONGEST_MS = 16_000;

const parse = (text) => {
  const [header, ...signals] = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { header, signals };
};

export function threeTraces() {
  if (existsSync(REAL)) {
    const traces = readdirSync(REAL)
      .sort()
      .map((name) => parse(readFileSync(join(REAL, name), "utf8")))
      .filter(({ signals }) => signals.at(-1).t - signals[0].t < LONGEST_MS)
      .filter(({ signals }) => signals.some(({ type }) => type === "scroll"));
    const people = new Map(traces.map((trace) => [trace.header.visitor, trace]));
    const chosen = [...people.values()].slice(0, 3);
    if (chosen.length === 3) return { kind: "real (AdSERP)", traces: chosen };
  }
  return { kind: "SYNTHETIC, drawn from published quantiles", traces: [1, 2, 3].map(draw) };
}

/** A number from quantiles at 5, 25, 50, 75 and 95 %, straight lines between them. */
function quantile(values, u) {
  const at = [0.05, 0.25, 0.5, 0.75, 0.95];
  const right = at.findIndex((each) => u < each);
  if (right === 0) return values[0];
  if (right < 0) return values[4];
  const share = (u - at[right - 1]) / (at[right] - at[right - 1]);
  return values[right - 1] + share * (values[right] - values[right - 1]);
}

function draw(seed) {
  // Lehmer's generator: the same three traces on every machine.
  let state = seed * 7919;
  const u = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const [width, height] = [1280, 900];
  const slots = Array.from({ length: 8 }, (_, at) => ({
    id: String(at),
    kind: "result",
    rect: [180, 200 + at * 190, 640, 130],
  }));
  const signals = [];
  let [t, x, y, scroll, angle] = [400 + u() * 800, 300 + u() * 500, 300, 0, u() * 6.28];
  while (t < 11_000) {
    if (u() < 0.03) t += quantile([269, 369, 619, 1272, 2400], u());
    if (u() < 0.06) {
      const way = u() < 0.75 ? 1 : -1;
      for (let step = 0; step < 12; step++) {
        t += 16;
        scroll = Math.max(0, Math.min(1000, scroll + way * Math.round(quantile([1, 7, 13, 20, 49], u()))));
        signals.push({ t: Math.round(t), type: "scroll", y: scroll });
      }
    }
    const gap = quantile([15, 16, 17, 18, 60], u());
    t += gap;
    angle += (u() - 0.5) * 0.8;
    const way = (quantile([26, 88, 222, 503, 1462], u()) * gap) / 1000;
    x = Math.max(20, Math.min(width - 20, x + Math.cos(angle) * way));
    y = Math.max(20, Math.min(height - 20, y + Math.sin(angle) * way));
    signals.push({ t: Math.round(t), type: "move", x: Math.round(x), y: Math.round(y) });
  }
  signals.push({ t: Math.round(t + 700), type: "click", x: Math.round(x), y: Math.round(y) });
  return {
    header: {
      format: "unspoken-trace/1",
      id: `synthetic-${seed}`,
      visitor: `synthetic-${seed}`,
      viewport: [width, height],
      document: [width, 2000],
      slots,
    },
    signals,
  };
}
