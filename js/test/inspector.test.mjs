/**
 * The inspector in a real browser, with an SDK that is a fake: focus, keys, storage and a strict CSP
 * cannot be had from a pretended DOM. Skipped where there is no Chromium; CHROMIUM names another.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const skip = !existsSync(executablePath) && `no ${executablePath}`;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const HOME = "http://inspector.test/";

/** Runs in the page: an SDK that counts how often it is asked. */
function fakeSdk() {
  const count = { listeners: 0, asked: 0, shifts: 0 };
  globalThis.shifted = [];
  new PerformanceObserver((list) => {
    count.shifts += list.getEntries().length;
    for (const { sources } of list.getEntries())
      for (const { node, previousRect, currentRect } of sources)
        globalThis.shifted.push([node?.outerHTML?.slice(0, 200), previousRect, currentRect]);
  }).observe({
    type: "layout-shift",
    buffered: true,
  });
  const listeners = {};
  const decision = {
    slot: "hero",
    variant: "help",
    rule: "help-first",
    reason: "Because.",
    at: 0,
    shown: "help",
    present: true,
    seen: false,
    waits: null,
  };
  globalThis.count = count;
  globalThis.emit = (event, detail) => listeners[event]?.(detail);
  globalThis.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(event.violatedDirective));
  const unspoken = {
    fault: null,
    ready: Promise.resolve(),
    on(event, listener) {
      count.listeners++;
      listeners[event] = listener;
      return () => count.listeners--;
    },
    stats() {
      count.asked++;
      return {
        signals: 12480,
        perSecond: 38,
        forecasts: 900,
        events: 4,
        queued: 0,
        batches: 2,
        bytesSent: 2418,
        dropped: 0,
        milliseconds: 12.5,
        swaps: { count: 3, p50: 1.4, p95: 4 },
        automation: { score: 0, reasons: [], excluded: false },
        fault: this.fault,
        level: "events",
        storage: "persistent",
        visitor: "3f2a",
        session: "91d0",
        journeys: { cart: "returned" },
        budget: "interrupted 1 time in this session, at most 1",
      };
    },
    slots: () => [decision],
    explain: () => ({
      ...decision,
      signals: [{ type: "click", count: 4, secondsAgo: 1 }],
      forecasts: [{ intent: "struggle", forecast: 0.71, because: [{ feature: "rageClicks", value: 3, logOdds: 1.2 }] }],
      rules: [
        { id: "asleep", show: "night", held: true, refused: "its schedule is closed", because: "", tests: [] },
        {
          id: "help-first",
          show: "help",
          held: true,
          refused: null,
          because: "struggle is 0.71",
          tests: [{ attribute: "intent.struggle", operator: "$gte", asked: 0.6, saw: 0.71, held: true }],
          variants: ["default", "help"],
          chance: 0.8,
        },
      ],
      tried: 2,
      attributes: { "intent.struggle": 0.71 },
      sentence: "Because of struggle.",
    }),
    intents: () => ({ commit: 0.12, struggle: 0.71, compare: 0.3, leave: 0.04, buy: 0.2 }),
    focus: () => "hero",
    force: (slot, variant) => {
      globalThis.forced = [slot, variant];
      decision.variant = decision.shown = variant ?? "help";
      decision.rule = variant ? null : "help-first";
      decision.reason = variant ? `Forced to show ${variant}.` : "Because.";
    },
    record: () => ({ stop: () => '{"format":"unspoken-trace/1"}\n' }),
    erase: () => ({ erased: ["profile", "queue"] }),
  };
  if (!location.search.includes("late")) globalThis.unspoken = unspoken;
  else globalThis.arrive = () => (globalThis.unspoken = unspoken);
}

const html = (toggle) =>
  `<!doctype html><title>t</title><script src="/sdk.js"></script><script type="module" src="/inspector.js"></script>
   <p>${toggle ? "<button data-unspoken-inspector-toggle>Inspect</button>" : "no toggle"}</p><input>`;

describe("inspector", { skip }, () => {
  let browser, page, code;
  before(async () => {
    const built = await esbuild.build({
      entryPoints: [fileURLToPath(new URL("../src/inspector/index.ts", import.meta.url))],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      mangleProps: /^_[^_]/,
      logLevel: "silent",
    });
    code = built.outputFiles[0].text;
    const args = [
      "--no-sandbox",
      "--headless=new",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ];
    browser = await chromium.launch({ executablePath, args });
  });
  after(() => browser?.close());

  beforeEach(async () => {
    await page?.context().close();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("pageerror", (error) => assert.fail(error));
    await page.route("**/*", (route) => {
      const { pathname, search } = new URL(route.request().url());
      if (pathname === "/sdk.js") return route.fulfill({ contentType: "text/javascript", body: `(${fakeSdk})()` });
      if (pathname === "/inspector.js") return route.fulfill({ contentType: "text/javascript", body: code });
      if (pathname !== "/") return route.fulfill({ status: 404 });
      return route.fulfill({
        contentType: "text/html",
        headers: { "content-security-policy": CSP },
        body: html(!search.includes("tab")),
      });
    });
  });

  const open = async (search = "") => {
    await page.goto(HOME + search);
    await page.getByRole("button", { name: "Inspect", exact: true }).click();
    await page.getByRole("dialog", { name: "Unspoken" }).waitFor();
  };
  const dialog = () => page.getByRole("dialog", { name: "Unspoken" });
  const counts = () => page.evaluate("count");

  test("closed it keeps the last minute and asks nothing; open it asks; taken off it leaves nothing", async () => {
    await page.goto(HOME);
    await page.waitForTimeout(400);
    const { listeners, asked } = await counts();
    assert.deepEqual([listeners, asked], [6, 0], "one listener an event");
    await page.click("[data-unspoken-inspector-toggle]");
    await page.waitForTimeout(700);
    const open = await counts();
    assert.ok(open.asked >= 2 && open.asked <= 4, `asked ${open.asked} times in 0.7 s`);
    assert.equal(open.listeners, 6);
    await page.keyboard.press("Escape");
    const closed = await counts();
    await page.waitForTimeout(400);
    const moved = await page.evaluate(() => JSON.stringify(globalThis.shifted));
    assert.deepEqual(await counts(), { ...closed, shifts: 0 }, moved);
    await page.evaluate(() => document.querySelector("unspoken-inspector").remove());
    assert.equal((await counts()).listeners, 0);
  });

  const tab = (name) => dialog().getByRole("tab", { name }).click();

  test("shows decisions, reasons, and each condition with its value", async () => {
    await open();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    for (const text of [
      "Because of struggle.",
      "4 × click",
      "struggle 71 %: rageClicks 3 raises it",
      "It asks nothing. Passed over: its schedule is closed.",
      "drew help, 80 % (of default, help)",
    ])
      await dialog().getByText(text).waitFor();
    const row = dialog().getByRole("table", { name: "Conditions of help-first" }).getByRole("row").last();
    assert.deepEqual(await row.getByRole("cell").allTextContents(), ["yes", "0.71"]);
    assert.equal(await row.getByRole("rowheader").textContent(), "intent.struggle ≥ 0.60");
    await tab("Forecasts");
    await dialog().getByText("12,480 read").waitFor();
    const meter = dialog().getByRole("meter", { name: /^struggle/ });
    assert.equal(await meter.getAttribute("aria-valuenow"), "71");
    await page.evaluate(() => globalThis.emit("goal", { name: "purchase", value: 80 }));
    await tab("Log");
    await dialog().getByRole("tabpanel").getByText("purchase, worth 80").waitFor();
  });

  test("says what it costs: milliseconds, swaps, bytes, and what became of the last batch", async () => {
    await open();
    await tab("Cost");
    for (const text of [
      "13 ms",
      "1.40 ms",
      "middling; 95 % below 4.00 ms, of 3",
      "2.4 KB",
      "in 2 batches",
      "Nothing new may interrupt: interrupted 1 time in this session, at most 1.",
      "returned",
    ])
      await dialog().getByText(text, { exact: true }).waitFor();
    await page.evaluate(() => globalThis.emit("batch", { id: "1", bytes: 281, via: "fetch", ok: false, status: 403 }));
    await dialog().getByText("Last batch: 281 B by fetch, refused with 403.").waitFor();
  });

  test("forces a variant, and lets all go", async () => {
    await open();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    const choices = dialog().getByRole("group", { name: "Show" });
    assert.deepEqual(await choices.getByRole("radio").evaluateAll((all) => all.map((it) => it.value)), [
      "",
      "default",
      "night",
      "help",
    ]);
    await choices.getByRole("radio", { name: "night" }).check();
    assert.deepEqual(await page.evaluate("forced"), ["hero", "night"]);
    await dialog().getByText("1 forced").waitFor();
    await dialog().getByRole("button", { name: "Let all go" }).click();
    assert.deepEqual(await page.evaluate("forced"), ["hero", null]);
    await dialog().getByText("1 forced").waitFor({ state: "hidden" });
  });

  test("a session's storage under one key, which erase() takes away for good", async () => {
    await open();
    await tab("Cost");
    const kept = () => page.evaluate(() => ({ ...sessionStorage }));
    assert.deepEqual(JSON.parse((await kept())["unspoken.inspector"]), { open: true, tab: "cost" });
    await page.evaluate(() => sessionStorage.clear());
    await tab("Log");
    assert.deepEqual(await kept(), {}, "nothing is kept any more on this page");
  });

  test("a strict policy with Trusted Types has nothing to object to", async () => {
    await open();
    await page.waitForTimeout(400);
    assert.deepEqual(await page.evaluate("violations"), []);
    assert.equal(await dialog().evaluate((panel) => getComputedStyle(panel).position), "fixed");
  });

  test("focus moves in, Esc closes and gives it back, the toggle tells its state", async () => {
    await page.goto(HOME);
    const toggle = page.locator("[data-unspoken-inspector-toggle]");
    assert.equal(await toggle.getAttribute("aria-expanded"), "false");
    await toggle.focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.localName), "unspoken-inspector");
    assert.equal(await toggle.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("Escape");
    assert.equal(await toggle.getAttribute("aria-expanded"), "false");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Inspect");
    await page.waitForTimeout(350);
    assert.equal(await dialog().count(), 0, "closed, it is hidden from assistive technology too");
  });

  test("Esc inside a field of the page belongs to the page", async () => {
    await open();
    await page.focus("input");
    await page.keyboard.press("Escape");
    assert.equal(await dialog().count(), 1);
  });

  test("a page without a toggle gets a tab, once", async () => {
    await open("?tab");
    assert.equal(await page.locator("unspoken-inspector").count(), 1);
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await page.getByRole("button", { name: "Inspect", exact: true }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.className), "tab");
  });

  test("it stays open on the next page of the tab, without taking the focus", async () => {
    await open();
    await page.reload();
    await dialog().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
    await page.keyboard.press("Escape");
    await page.reload();
    await page.waitForTimeout(200);
    assert.equal(await dialog().count(), 0);
  });

  test("waits for an SDK that comes late, and shows a fault", async () => {
    await open("?late");
    await dialog().getByText("Waiting for Unspoken").waitFor();
    await page.evaluate("arrive()");
    await dialog().getByText("Reading this page").waitFor();
    await page.evaluate(() => (globalThis.unspoken.fault = "config: /unspoken.json: status 404."));
    await dialog().getByText("config: /unspoken.json: status 404. Every slot shows its default.").waitFor();
  });

  test("record saves a file; erase asks first and gives a receipt", async () => {
    await open();
    await dialog().getByText("Reading this page").waitFor();
    await page.getByRole("button", { name: "Record a trace" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /^Stop/ }).click();
    await dialog().getByText("Trace: 30 B, 1 lines, page at level events.").waitFor();
    await page.getByRole("group", { name: "The trace" }).getByRole("button", { name: "Save" }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^unspoken-[\d-]+T[\d-]+\.jsonl$/);
    assert.equal(readFileSync(await file.path(), "utf8"), '{"format":"unspoken-trace/1"}\n');
    await page.getByRole("button", { name: "Erase" }).click();
    await page.keyboard.press("Escape");
    assert.equal(await dialog().count(), 1, "Esc keeps the visitor and leaves the panel open");
    await page.getByRole("button", { name: "Erase" }).click();
    await page.getByRole("group", { name: "Erase this visitor" }).getByRole("button", { name: "Erase" }).click();
    await dialog().getByText("Erased: profile, queue.").waitFor();
  });
});
