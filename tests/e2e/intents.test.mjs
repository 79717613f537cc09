/**
 * Heads in a real page: a site's own begins at its base rate and learns; a model that is damaged is said
 * and spoils nothing; a model that is published reaches the next page without a release.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startCollector } from "../../scripts/lib/collector.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, ready, shows, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";
import { freePort, unspoken } from "./support/stack.mjs";

const page = (config) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>intents</title>
<script async src="/unspoken.js" data-config="${config}"></script>
<body style="margin:0;height:3000px"><section data-unspoken="hero" style="height:120px">plain
<template data-variant="b">variant</template></section>`;

const RULE = { id: "likely", when: { "intent.signup": { $gt: 0.15 } }, show: "b" };
const SIGNUP = { outcome: { goal: "signup" }, within: "session", base: 0.2 };
const CONFIG = { machines: "serve", slots: { hero: { swap: "now", rules: [RULE] } } };

let site;
let browser;

before(async () => {
  site = await startSite(page("/unspoken.json"));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const intents = async (page) => {
  // The first point of the grid has to be behind it.
  await page.waitForFunction(() => window.unspoken.stats().forecasts > 0);
  return page.evaluate(() => window.unspoken.intents());
};

test("a head of the site's own begins at its base rate, decides, and learns from its goal", async () => {
  site.config = { ...CONFIG, intents: { signup: SIGNUP } };
  const { newPage, context, errors } = await visit(browser);
  const page = await newPage();
  await page.goto(site.origin);
  await ready(page);
  const first = await intents(page);
  assert.ok(Math.abs(first.signup - 0.2) < 1e-6, `${first.signup}`);
  assert.deepEqual(Object.keys(first), ["commit", "struggle", "compare", "leave", "buy", "signup"]);
  await shows(page, "b");
  assert.equal((await page.locator("section").innerText()).trim(), "variant");
  await page.evaluate(() => window.unspoken.goal("signup"));
  await page.reload();
  await ready(page);
  const learned = await intents(page);
  assert.ok(learned.signup > 0.21, `one signup of one visit: ${learned.signup}`);
  await page.evaluate(() => window.unspoken.erase());
  await page.reload();
  await ready(page);
  assert.ok(Math.abs((await intents(page)).signup - 0.2) < 1e-6, "erased is forgotten");
  assert.deepEqual(errors, []);
  await context.close();
});

test("a model that is damaged is said; the built-in one stays, and so do the rules", async () => {
  const broken = readFileSync(at("src/intent/models/commit.model"));
  const forecasts = [];
  for (const damage of [0, 1]) {
    broken[40] ^= damage;
    const commit = { learn: false, model: broken.toString("base64") };
    site.config = { ...CONFIG, intents: { commit, signup: SIGNUP } };
    const { newPage, context, errors } = await visit(browser);
    const page = await newPage();
    await page.addInitScript(() => {
      window.faults = [];
      window.unspoken = [["on", "fault", ({ message }) => window.faults.push(message)]];
    });
    await page.goto(site.origin);
    await ready(page);
    forecasts.push((await intents(page)).commit);
    await shows(page, "b");
    const faults = await page.evaluate(() => window.faults);
    if (damage) assert.match(faults.join(), /intents\.commit\.model: see `unspoken check`/);
    else assert.deepEqual(faults, []);
    assert.deepEqual(errors, []);
    await context.close();
  }
  // The same model, asked some ms apart: a forecast moves on with the time on the page.
  const [whole, damaged] = forecasts;
  assert.ok(whole > 0 && Math.abs(damaged / whole - 1) < 0.2, `${forecasts}`);
});

test("what `unspoken publish` puts into the config forecasts on the next page", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unspoken-e2e-"));
  const config = join(folder, "unspoken.json");
  writeFileSync(config, JSON.stringify(CONFIG, null, 2));
  const listen = `127.0.0.1:${await freePort()}`;
  const own = await startSite(page(`http://${listen}/v1/config/demo`));
  const collector = await startCollector({
    listen,
    db: join(folder, "unspoken.db"),
    site: "demo",
    key: "pk_test",
    token: "token-of-the-end-to-end-tests",
    origins: [own.origin],
    config,
    quiet: true,
  });
  try {
    const { newPage, context, errors } = await visit(browser);
    const tab = await newPage();
    await tab.goto(own.origin);
    await ready(tab);
    const before = await intents(tab);
    const model = join(folder, "buy.model");
    await unspoken("import", at("collector/tests/import/lightgbm.txt"), "--head", "buy", "--out", model);
    const told = JSON.parse(await unspoken("publish", "--model", model, "--config", config, "--json"));
    assert.deepEqual([told.head, told.kind, told.written], ["buy", "trees", true]);
    await tab.reload();
    await ready(tab);
    const after = await intents(tab);
    assert.notEqual(after.buy.toFixed(4), before.buy.toFixed(4));
    assert.deepEqual(errors, []);
    await context.close();
  } finally {
    await own.close();
    await collector.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
