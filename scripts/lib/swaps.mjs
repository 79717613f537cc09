/**
 * How long a swap takes: from the dispatch of the signal that decides to the document that shows it, in
 * Chromium at a quarter of its speed, on the demo shop's page with the shop's own config.
 *
 * Two signals decide: a click that reaches a goal, and a point of the grid at which a forecast passes
 * its threshold. Of a click both times are told, that of the browser's own time stamp (`timeStamp`: the
 * input waited for the page too) and that of its dispatch. A mutation observer's callback comes after
 * the listener has returned, so what it reads is never too early.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveShop } from "../serve-shop.mjs";

/** The figure of the issue, in ms. */
export const GOAL_MS = 16;

const slot = (rules) => ({ swap: "now", notNow: [], rules });
const BENCH = {
  clicked: slot([
    { id: "on", when: { $history: { event: "bench_on", since: "bench_off", count: { $gte: 1 } } }, show: "other" },
  ]),
  forecast: slot([{ id: "stuck", when: { "intent.struggle": { $gte: 0.3 } }, show: "other" }]),
};

/** Half of the times lie at or below `p50`, 95 % at or below `p95`. */
export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: sorted.at(-1) };
}

/** Runs in the page: two slots and two buttons, and what is measured of them. */
function prepare() {
  const times = { stamp: [], dispatch: [], grid: [] };
  let click;
  const make = (name) => {
    const section = document.createElement("section");
    section.dataset.unspoken = name;
    section.style.cssText = "position:fixed;left:0;bottom:0;width:300px;height:80px;overflow:hidden";
    section.append("The default");
    const template = document.createElement("template");
    template.dataset.variant = "other";
    const paragraph = document.createElement("p");
    paragraph.textContent = "Another ".repeat(20);
    template.content.append(paragraph);
    section.append(template);
    return section;
  };
  const button = (id, left) => {
    const button = document.createElement("button");
    Object.assign(button, { id, textContent: id });
    button.style.cssText = `position:fixed;z-index:99;top:0;left:${left}px;width:80px;height:40px`;
    return button;
  };
  const [clicked, forecast] = [make("clicked"), make("forecast")];
  document.body.append(clicked, forecast, button("bench-on", 0), button("bench-off", 100));
  // The first listener of all: the SDK listens on the document too, but it was there before.
  window.addEventListener("click", (event) => (click = { stamp: event.timeStamp, dispatch: performance.now() }), true);
  new MutationObserver(() => {
    const now = performance.now();
    times.stamp.push(now - click.stamp);
    times.dispatch.push(now - click.dispatch);
  }).observe(clicked, { attributes: true, attributeFilter: ["data-unspoken-shown"] });
  new MutationObserver(() => {
    const now = performance.now();
    const decision = window.unspoken.decide("forecast");
    if (decision.variant === "other") times.grid.push(now - decision.at);
  }).observe(forecast, { attributes: true, attributeFilter: ["data-unspoken-shown"] });
  window.benchTimes = times;
  window.unspoken.page({ path: "/bench/0" });
}

/** Resolves to `{ stamp, dispatch, grid }`, a summary each. */
export async function measureSwaps({ shop, launch, build, clicks = 220, views = 60, cpu = 4 }) {
  const folder = mkdtempSync(join(tmpdir(), "unspoken-bench-"));
  await build(folder, { endpoint: "", key: "" });
  const config = JSON.parse(readFileSync(shop, "utf8"));
  Object.assign(config.slots, BENCH);
  Object.assign(config.goals, { bench_on: { click: "#bench-on" }, bench_off: { click: "#bench-off" } });
  writeFileSync(join(folder, "unspoken.json"), JSON.stringify(config));
  const served = await serveShop({ folder });
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const session = await page.context().newCDPSession(page);
    await page.goto(`${served.url}boots/drover/`);
    await page.waitForFunction(() => window.unspoken?.ready?.then(() => true));
    await page.evaluate(prepare);
    await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
    const shown = (name) =>
      page.waitForFunction((name) => document.querySelector(`[data-unspoken=${name}]`).dataset.unspokenShown, name);
    for (let at = 0; at < clicks; at++) {
      await page.mouse.move(40 + (at % 2) * 100, 20);
      await page.mouse.click(40 + (at % 2) * 100, 20);
    }
    for (let at = 1; at <= views; at++) {
      await page.evaluate((at) => window.unspoken.page({ path: `/bench/${at}` }), at);
      for (let click = 0; click < 6; click++) await page.mouse.click(700 + click, 780);
      await shown("forecast").catch(() => {});
    }
    const times = await page.evaluate(() => window.benchTimes);
    return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, summary(all)]));
  } finally {
    await browser.close();
    await served.close();
    rmSync(folder, { recursive: true });
  }
}
