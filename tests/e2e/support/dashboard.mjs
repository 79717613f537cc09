/** The dashboard on a collector of its own, and the ways the tests look at it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "../../../scripts/lib/collector.mjs";
import { dist } from "../../../scripts/lib/paths.mjs";
import { visit } from "./browser.mjs";
import { freePort } from "./stack.mjs";

export const TOKEN = "token-of-the-dashboard-tests";
export const KEY = "pk_dashboard";
export const VIEWS = [
  "overview",
  "experiments",
  "bandits",
  "intents",
  "attention",
  "journeys",
  "interruptions",
  "live",
];
/** A slow, loaded machine still gets there. */
export const PATIENCE_MS = 30_000;

/** A collector with an empty store. `rate`: requests a second of one address. */
export async function startDashboard({ rate = 100_000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "unspoken-dashboard-"));
  const port = await freePort();
  const start = () => {
    process.env.UNSPOKEN_RATE = String(rate);
    return startCollector({
      listen: `127.0.0.1:${port}`,
      db: join(folder, "unspoken.db"),
      site: "shop",
      key: KEY,
      token: TOKEN,
      origins: [],
      dashboard: join(dist, "dashboard"),
      quiet: true,
    }).finally(() => delete process.env.UNSPOKEN_RATE);
  };
  let collector = await start();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    /** What the API says. */
    async ask(path) {
      const answer = await fetch(origin + path, { headers: { authorization: `Bearer ${TOKEN}` } });
      assert.equal(answer.status, 200, `${path}: ${answer.status}`);
      return answer.json();
    },
    /** Stops the collector; what `start` starts again has the same store and address. */
    stopCollector: () => collector.stop(),
    async startCollector() {
      collector = await start();
    },
    async stop() {
      await collector.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A signed-in page. `faults` collects what threw, what moved by itself, and what the policy refused: it has to
 * be empty at the end.
 */
export async function signIn(browser, board, search = "", options = {}) {
  const { context, errors, newPage } = await visit(browser, options);
  await context.exposeFunction("__refused", (what) => errors.push(`refused by the policy: ${what}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.__refused(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const page = await newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${board.origin}/dashboard${search}#token=${TOKEN}`);
  await settled(page);
  return { page, faults: errors, context };
}

/** Resolves once the view stands and has its figures. */
export async function settled(page) {
  await page.locator("main[data-view]").waitFor();
  await page.waitForFunction(() => {
    const main = document.querySelector("main");
    if (main.querySelector('[aria-busy="true"]')) return false;
    return main.dataset.view === "live"
      ? main.querySelector(".stream-state[data-kind=open]")
      : main.querySelector("section, .empty");
  });
}

/** Goes to a view by its link, as a reader does. */
export async function goTo(page, view) {
  await page.locator(`nav a[data-view="${view}"]`).click();
  await page.locator(`main[data-view="${view}"]`).waitFor();
  await settled(page);
}

/** Presses "Save as CSV" and resolves with the file's name and lines of cells. */
export async function savedCsv(page, id) {
  const button = page.locator(`#${id}`);
  // It may stand in a fold, which is opened as a reader does: what then moves was asked for.
  const fold = page.locator(`details:has(#${id})`);
  if ((await fold.count()) > 0 && !(await fold.evaluate((node) => node.open))) await fold.locator("summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const text = readFileSync(await download.path(), "utf8");
  assert.ok(text.endsWith("\r\n"), "the last line ends too");
  return { name: download.suggestedFilename(), lines: parseCsv(text), text };
}

/** RFC 4180, as far as it goes. */
function parseCsv(text) {
  const lines = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const line = lines.at(-1);
    const letter = text[at];
    if (quoted && letter === '"' && text[at + 1] === '"') line[line.length - 1] += text[++at];
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === ",") line.push("");
    else if (!quoted && letter === "\r" && text[at + 1] === "\n") {
      at++;
      lines.push([""]);
    } else line[line.length - 1] += letter;
  }
  lines.pop();
  return lines;
}

/** A file's lines as objects, by the names of its first line; numbers are numbers, nothing is null. */
export function records({ lines: [head, ...rows] }) {
  const value = (cell) => (cell === "" ? null : Number.isNaN(Number(cell)) ? cell : Number(cell));
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, value(row[at])])));
}

/** Digits of a text, so that thin spaces and separators do not matter. */
export const digits = (text) => text.replaceAll(/[^\d.-]/g, "");
