/**
 * What a page downloads, counted in a real browser: a plain one the script and one file of the core, within
 * the budget; any other the parts that its config asks for; and what happens where a part cannot be had.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, ready, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tides</title><link rel="icon" href="data:,">
<script async src="/unspoken.js" data-config="/unspoken.json"></script>
<body data-unspoken-page="article" data-unspoken-tags="tides"><main style="height: 3000px"><h1>Tides</h1>
<table><tr><td>03:12</td><td>4.6</td></tr></table>
<aside data-unspoken="note" style="height: 80px"><p>Springs and neaps.</p><template data-variant="help"><p>What the columns mean.</p></template></aside>
<aside data-unspoken="hero" style="height: 80px"><p>Plain.</p><template data-variant="pro"><p>For you.</p></template></aside>
<button id="buy">Order</button></main>`;

/** Rules over a forecast, attributes and the past of a goal, with limits: no part is named. */
const PLAIN = {
  machines: "serve",
  slots: {
    note: {
      swap: "now",
      limits: { perSession: 3, until: { goal: "purchase" } },
      rules: [{ id: "stuck", when: { "intent.struggle": { $gte: 0.6 } }, show: "help" }],
    },
    hero: {
      swap: "now",
      rules: [
        { id: "bought", when: { "history.purchase.count": { $gt: 0 } }, show: "default" },
        { id: "pro", when: { $or: [{ plan: "pro" }, { "device.type": { $in: ["phone", "tablet"] } }] }, show: "pro" },
      ],
    },
  },
  goals: { purchase: { click: "#buy" } },
};
const TEST = {
  slots: { hero: { swap: "now", rules: [{ id: "t", test: { variants: ["default", "pro"], weights: [0, 1] } }] } },
  machines: "serve",
};

let site;
let browser;
before(async () => {
  site = await startSite(PAGE);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(() => {
  site.requests = [];
});

const brotli = (content) =>
  brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  }).length;
/** What of ours was asked for, in the order of the alphabet. */
const ours = () => site.requests.filter((url) => /^\/(unspoken|index)[-.]/.test(url) && !url.endsWith(".json")).sort();
const shown = (page, slot) =>
  page.evaluate((slot) => document.querySelector(`[data-unspoken=${slot}]`).dataset.unspokenShown ?? "default", slot);
const shows = (page, slot, variant) =>
  page.waitForFunction(
    ([slot, variant]) => document.querySelector(`[data-unspoken=${slot}]`).dataset.unspokenShown === variant,
    [slot, variant],
  );
const thrown = ({ errors }) => errors.filter((error) => !error.startsWith("layout shift"));
const fault = (page) => page.evaluate(() => window.unspoken.stats().fault);

async function open(config, route) {
  site.config = config;
  const visitor = await visit(browser);
  if (route) await route(visitor.context);
  const page = await visitor.newPage();
  await page.goto(site.origin);
  await ready(page);
  return { ...visitor, page };
}

test("a plain page downloads the script and one file of the core, within the budget", async () => {
  const { page, errors, context } = await open(PLAIN);
  await page.evaluate(() => window.unspoken.set({ plan: "pro" }));
  await shows(page, "hero", "pro");
  const cell = page.locator("td").first();
  for (let click = 0; click < 6; click++) await cell.click({ delay: 10 });
  await shows(page, "note", "help");
  await page.mouse.wheel(0, 400);
  await page.locator("#buy").click();
  await page.waitForFunction(() => window.unspoken.decide("note").variant === "default");
  await page.evaluate(() => {
    window.unspoken.feature("nobody knows it");
    window.unspoken.flush();
    window.unspoken.page({ path: "/next" });
  });
  await page.reload();
  await ready(page);
  assert.equal(await fault(page), null);
  assert.deepEqual(errors, []);
  const files = [...new Set(ours())];
  assert.deepEqual(files, ["/unspoken.js", "/unspoken.wasm"]);
  const bytes = files.reduce((sum, file) => sum + brotli(readFileSync(at(`dist${file}`))), 0);
  const { page: budget } = JSON.parse(readFileSync(at("package.json"), "utf8")).unspoken.budgets;
  assert.ok(bytes <= budget, `${bytes} B brotli are more than the budget of ${budget}`);
  await context.close();
});

test("a config that names an experiment brings its part, and decides by it", async () => {
  const { page, errors, context } = await open(TEST);
  await shows(page, "hero", "pro");
  assert.deepEqual(ours(), ["/unspoken-experiment.wasm", "/unspoken.js", "/unspoken.wasm"]);
  // What it assigned is kept; a config without experiments still reads it, and keeps it on.
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("unspoken.profile")).sticky);
  await page.goto(`${site.origin}/nothing-of-ours`);
  await page.evaluate(() => {
    const profile = JSON.parse(localStorage.getItem("unspoken.profile"));
    profile.sticky = [{ attributeName: "id", attributeValue: "v", assignments: { look__0: "a" } }];
    localStorage.setItem("unspoken.profile", JSON.stringify(profile));
  });
  const before = await kept();
  site.config = PLAIN;
  site.requests = [];
  await page.goto(site.origin);
  await ready(page);
  await page.evaluate(() => window.unspoken.goal("anything"));
  assert.ok(ours().includes("/unspoken-experiment.wasm"));
  assert.deepEqual(await kept(), before);
  assert.equal(await fault(page), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a part that cannot be had is one fault that names it, and the default stays", async () => {
  const { page, errors, context } = await open(TEST, (context) =>
    context.route("**/unspoken-experiment.wasm", (route) => route.fulfill({ status: 404 })),
  );
  assert.match(await fault(page), /part experiment: .*unspoken-experiment\.wasm: status 404/);
  assert.equal(await shown(page, "hero"), "default");
  assert.deepEqual(errors, []);
  await context.close();
});

test("a part of another build is refused before it runs", async () => {
  const { page, context } = await open(TEST, (context) =>
    context.route("**/unspoken-experiment.wasm", (route) => {
      const bytes = readFileSync(at("dist/unspoken-experiment.wasm"));
      // The table's name is the build's: the first import that is six letters long.
      const [name] = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "table");
      bytes.write("oooooo", bytes.indexOf(name.name));
      route.fulfill({ body: bytes, contentType: "application/wasm" });
    }),
  );
  assert.match(await fault(page), /part experiment: .*import/);
  assert.equal(await shown(page, "hero"), "default");
  await context.close();
});

test("explain() and record() bring their part when they are called", async () => {
  const { page, errors, context } = await open(PLAIN);
  const first = await page.evaluate(() => window.unspoken.explain("hero"));
  assert.match(first.reason, /tools is being loaded/);
  await page.waitForFunction(() => window.unspoken.explain("hero").rules.length === 2);
  assert.deepEqual(ours(), ["/unspoken-tools.wasm", "/unspoken.js", "/unspoken.wasm"]);
  await page.evaluate(() => (window.recording = window.unspoken.record()));
  await page.mouse.move(200, 200, { steps: 5 });
  const lines = (await page.evaluate(() => window.recording.stop())).trim().split("\n").map(JSON.parse);
  assert.ok(lines.some(({ type }) => type === "move"));
  assert.equal(await fault(page), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("run() is the control until its part is there, or asked for at the start", async () => {
  const { page, errors, context } = await open(PLAIN);
  const run = () => window.unspoken.run({ key: "look", variations: ["a", "b"], weights: [0, 1] }).value;
  assert.equal(await page.evaluate(run), "a");
  await page.waitForFunction(
    () => window.unspoken.run({ key: "look", variations: ["a", "b"], weights: [0, 1] }).value === "b",
  );
  assert.ok(ours().includes("/unspoken-experiment.wasm"));
  assert.deepEqual(errors, []);
  await context.close();
});

test("the whole module, handed over as bytes, needs no part", async () => {
  const visitor = await visit(browser);
  const page = await visitor.newPage();
  site.config = TEST;
  await page.route("**/bare", (route) =>
    route.fulfill({ contentType: "text/html", body: PAGE.replace(/<script.*<\/script>/, "") }),
  );
  await page.goto(`${site.origin}/bare`);
  await page.evaluate(async () => {
    const { init } = await import("/index.js");
    const wasm = await (await fetch("/unspoken-full.wasm")).arrayBuffer();
    window.unspoken = await init({ config: "/unspoken.json", wasm });
  });
  await shows(page, "hero", "pro");
  assert.equal((await page.evaluate(() => window.unspoken.explain("hero").rules)).length, 1);
  assert.deepEqual(ours(), ["/index.js", "/unspoken-full.wasm"]);
  // The frames and the late import move things here; that is no page of a site.
  assert.deepEqual(thrown(visitor), []);
  await visitor.context.close();
});

test("whatever a config says, right or wrong, never enters a part that it did not bring", async () => {
  const visitor = await visit(browser);
  const page = await visitor.newPage();
  await page.goto(`${site.origin}/nothing-of-ours`);
  const vectors = (name) => JSON.parse(readFileSync(at(`tests/vectors/${name}-configs.json`), "utf8")).configs;
  const configs = [...vectors("right"), ...vectors("wrong").map(({ config }) => config)];
  assert.ok(configs.length > 50);
  // A frame each: what one config brings must not be there for the next.
  const faults = await page.evaluate(async (configs) => {
    const tried = async (config) => {
      const frame = document.createElement("iframe");
      frame.srcdoc = Object.keys(config.slots ?? {})
        .map((slot) => `<p data-unspoken="${CSS.escape(slot)}">Default<template data-variant="b">B</template></p>`)
        .join("");
      await new Promise((done) => {
        frame.onload = done;
        document.body.append(frame);
      });
      const { init } = await frame.contentWindow.eval('import("/index.js")');
      const unspoken = await init({ config, storage: "memory" });
      unspoken.set({ a: 1, b: "x", v: "1.2.3" });
      for (const goal of ["visit", "purchase", "add_to_cart"]) unspoken.goal(goal);
      unspoken.fact("cart", 2);
      unspoken.page({ path: "/next", kind: "product" });
      await new Promise((done) => setTimeout(done, 300));
      const { fault } = unspoken.stats();
      unspoken.dispose();
      frame.remove();
      return fault;
    };
    const faults = [];
    while (configs.length > 0) faults.push(...(await Promise.all(configs.splice(0, 16).map(tried))));
    return faults;
  }, configs);
  // What is no object is refused as a whole; all else is one mistake more or less.
  for (const [at, fault] of faults.entries()) {
    if (fault !== null) assert.match(fault, /^config: /, JSON.stringify(configs[at]));
  }
  // The frames and the late import move things here; that is no page of a site.
  assert.deepEqual(thrown(visitor), []);
  await visitor.context.close();
});
