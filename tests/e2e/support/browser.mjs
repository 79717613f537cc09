/**
 * Chromium for the end-to-end tests: Debian's own, driven by playwright-core. Every page is watched:
 * an uncaught error or an unhandled rejection fails the test that caused it.
 */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const EXECUTABLE = process.env.UNSPOKEN_CHROMIUM ?? "/usr/bin/chromium";
export const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export async function launch() {
  if (!existsSync(EXECUTABLE)) throw new Error(`There is no ${EXECUTABLE}: run \`node scripts/setup.mjs --browsers\`.`);
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}

/**
 * A fresh visitor. `errors` collects what any of its pages threw, and every layout shift that the
 * browser counts; `shifts()` is stricter, for the page that is open: there a click excuses nothing.
 */
export async function visit(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const errors = [];
  const watch = (page) => {
    page.on("pageerror", (error) => errors.push(String(error)));
  };
  context.on("page", watch);
  await context.exposeFunction("__shifted", (what) => errors.push(`layout shift ${what}`));
  await context.addInitScript(() => {
    window.__shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const nodes = entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120));
        window.__shifts.push({ value: entry.value, nodes });
        if (!entry.hadRecentInput) window.__shifted(`${entry.value} on ${location.pathname}: ${nodes}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return { context, errors, newPage: () => context.newPage() };
}

/** Layout shift of a page, with the nodes that moved. */
export const shifts = (page) => page.evaluate(() => window.__shifts);

/** Resolves with the running instance in the page. */
export const ready = (page) =>
  page.waitForFunction(() => window.unspoken?.ready?.then(() => true), null, {
    timeout: 15_000,
  });

/** Resolves once the slot `hero` shows the variant: where a slot stands, an observer has to tell first. */
export const shows = (page, variant) =>
  page.waitForFunction((wanted) => window.unspoken.decide("hero").shown === wanted, variant, { timeout: 5_000 });
