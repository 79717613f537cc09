/**
 * A shopper goes through the demo shop, in real Chromium with trusted input, against a real collector
 * on a real SQLite file: the page answers, and the database holds what happened, once.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, ready, shifts, visit } from "./support/browser.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
let browser;

before(async () => {
  stack = await startStack();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

const shown = (page, slot) =>
  page.evaluate(
    (slot) => document.querySelector(`[data-unspoken="${slot}"]`)?.dataset.unspokenShown ?? "default",
    slot,
  );
const becomes = (page, slot, variant) =>
  page.waitForFunction(
    ([slot, variant]) =>
      (document.querySelector(`[data-unspoken="${slot}"]`)?.dataset.unspokenShown ?? "default") === variant,
    [slot, variant],
    { timeout: 5_000 },
  );
const count = (events, kind, name) => events.filter((event) => event.kind === kind && event.name === name).length;

test("struggling clicks bring the help variant, at once and without a layout shift", async () => {
  const { newPage, errors, context } = await visit(browser);
  const page = await newPage();
  await page.goto(`${stack.shop}boots/drover/`);
  await ready(page);
  const cell = page.locator("table[data-size-table] td").nth(4);
  await cell.scrollIntoViewIfNeeded();
  const box = await cell.boundingBox();
  assert.equal(await shown(page, "help"), "default");
  for (let at = 0; at < 5; at++) {
    await page.mouse.click(box.x + 6 + at, box.y + 6);
    await page.waitForTimeout(120);
  }
  await becomes(page, "help", "help");
  const decision = await page.evaluate(() => window.unspoken.explain("help"));
  assert.equal(decision.variant, "help");
  assert.match(decision.reason, /intent\.struggle is (0\.\d+|1) \(asked: at least 0\.6\)/);
  // Seen for a second, it is an exposure; the visitor sends it away, and that is told.
  await page.waitForFunction(() => window.unspoken.decide("help").seen, null, { timeout: 5_000 });
  await page.locator("[data-unspoken=help] [data-unspoken-dismiss]").click();
  await becomes(page, "help", "default");
  assert.deepEqual(await shifts(page), []);
  await page.close({ runBeforeUnload: true });
  const events = await stack.eventually((events) => events.some(({ kind, slot }) => kind === "z" && slot === "help"));
  const exposures = events.filter((event) => event.kind === "x" && event.slot === "help");
  assert.deepEqual(
    exposures.map(({ variant, rule }) => ({ variant, rule })),
    [{ variant: "help", rule: "struggling" }],
  );
  assert.ok(events.filter((event) => event.kind === "c" && event.flags & 1).length >= 3, "rage clicks are told");
  assert.deepEqual(errors, []);
  await context.close();
});

test("looking at several items brings the comparison aid", async () => {
  const { newPage, context, errors } = await visit(browser);
  const page = await newPage();
  for (const boot of ["drover", "fell-runner", "snowline"]) {
    await page.goto(`${stack.shop}boots/${boot}/`);
    await ready(page);
    await page.waitForTimeout(400);
  }
  await becomes(page, "aid", "compare");
  assert.deepEqual(await shifts(page), []);
  assert.deepEqual(errors, []);
  await context.close();
});

test("leaving through the top of the window brings an honest nudge, once dismissed for good", async () => {
  const { newPage, context, errors } = await visit(browser);
  const page = await newPage();
  await page.goto(`${stack.shop}packs/elevenses-18/`);
  await ready(page);
  await page.mouse.move(600, 500);
  await page.mouse.move(640, 20, { steps: 6 });
  await page.mouse.move(640, -4);
  await becomes(page, "leaving", "nudge");
  await page.mouse.move(640, 300, { steps: 4 });
  await page.locator("[data-unspoken=leaving] [data-unspoken-dismiss]").click();
  await becomes(page, "leaving", "default");
  await page.mouse.move(640, -4, { steps: 4 });
  await page.waitForTimeout(600);
  assert.equal(await shown(page, "leaving"), "default", "dismissed is dismissed");
  assert.deepEqual(await shifts(page), []);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a purchase silences the offer on the next page and in another tab, and is stored once", async () => {
  const { newPage, context, errors } = await visit(browser);
  const earlier = await stack.events();
  const other = await newPage();
  await other.goto(stack.shop);
  await ready(other);
  // Chance draws what stands there before.
  assert.notEqual(await shown(other, "offer"), "quiet");

  const page = await newPage();
  await page.goto(`${stack.shop}boots/drover/`);
  await ready(page);
  await page.locator('.pill:has([value="43"])').click();
  await page.locator("[data-add]").click();
  await page.goto(`${stack.shop}checkout/`);
  await ready(page);
  for (const [field, text] of Object.entries({
    name: "Ada Byron",
    email: "ada@example.org",
    street: "1 Fell Lane",
    town: "Ambleside",
    postcode: "LA22 9BD",
  }))
    await page.locator(`#${field}`).fill(text);
  await page.locator("[data-form] [type=submit]").click();
  await page.locator("#order").click();
  await page.waitForURL(/thanks/);
  await ready(page);
  await becomes(page, "more", "care");
  await page.goto(stack.shop);
  await ready(page);
  await becomes(page, "offer", "quiet");
  await becomes(other, "offer", "quiet");
  assert.deepEqual(await shifts(page), []);
  assert.deepEqual(await shifts(other), []);

  // The last click, and the page closed right behind it.
  const told = await page.evaluate(() => window.unspoken.stats().visitor);
  await page.evaluate(() => window.unspoken.goal("last-words", { value: 12.5 }));
  await page.mouse.click(640, 300);
  await page.close({ runBeforeUnload: true });
  await other.close({ runBeforeUnload: true });
  await stack.eventually((events) => count(events, "g", "last-words") > 0);
  // A later page sends once more what no answer has acknowledged; nothing may count twice.
  const later = await newPage();
  await later.goto(stack.shop);
  await ready(later);
  await later.waitForTimeout(1_500);
  const events = (await stack.events()).filter((event) => event.visitor === told).slice();
  assert.ok(events.length > 0 && !earlier.some((event) => event.visitor === told));
  assert.equal(count(events, "g", "purchase"), 1);
  assert.equal(count(events, "g", "add_to_cart"), 1);
  assert.equal(count(events, "g", "last-words"), 1);
  assert.equal(events.find((event) => event.name === "last-words").value, 12.5);
  const text = JSON.stringify(events);
  for (const secret of ["Ada", "ada@", "Fell Lane", "Ambleside", "LA22"])
    assert.ok(!text.includes(secret), `${secret} was typed and must not be stored`);
  assert.deepEqual(errors, []);
  await context.close();
});

test("nothing moves on any page of the shop, wide or narrow", { timeout: 120_000 }, async () => {
  const pages = readdirSync(stack.shopFolder, { recursive: true })
    .filter((file) => file.endsWith("index.html"))
    .map((file) => file.replace("index.html", ""));
  assert.ok(pages.length >= 13, `${pages}`);
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    const { newPage, context, errors } = await visit(browser, { viewport });
    const page = await newPage();
    for (const path of pages) {
      await page.goto(stack.shop + path);
      await ready(page);
      for (let step = 0; step < 4; step++) await page.mouse.wheel(0, 400);
      await page.waitForTimeout(350);
      assert.deepEqual(await shifts(page), [], `${path} at ${viewport.width}`);
    }
    assert.deepEqual(errors, []);
    await context.close();
  }
});

test("the database holds exactly the exposures that the page told", async () => {
  const { newPage, context } = await visit(browser);
  const page = await newPage();
  await context.exposeFunction("tell", (exposure) => told.push(exposure));
  const told = [];
  await page.addInitScript(() => {
    document.addEventListener("unspoken:ready", () => window.unspoken.on("exposure", (it) => window.tell(it)));
  });
  await page.goto(`${stack.shop}packs/`);
  await ready(page);
  const visitor = await page.evaluate(() => window.unspoken.stats().visitor);
  await page.mouse.move(300, 300, { steps: 5 });
  await page.mouse.wheel(0, 600);
  await page.waitForTimeout(2_500);
  await page.mouse.click(10, 500);
  await page.close({ runBeforeUnload: true });
  const mine = (events) => events.filter((event) => event.kind === "x" && event.visitor === visitor);
  const events = await stack.eventually((events) => mine(events).length >= told.length);
  const names = (list) => list.map(({ slot, variant }) => `${slot}: ${variant}`).sort();
  assert.ok(told.length > 0);
  assert.deepEqual(names(mine(events)), names(told));
  await context.close();
});
