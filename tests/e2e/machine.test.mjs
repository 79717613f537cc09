/**
 * Human or machine: Playwright's own cursor on a page whose config says nothing of machines. It is told
 * by the browser, by its lines, or by its events; it gets the default content, and its batches say so.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { ARGS, EXECUTABLE, launch, ready, shows, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

const RULES = { slots: { hero: { swap: "now", rules: [{ id: "always", show: "b" }] } } };
const GOALS = { goals: { order: { click: "#order" } }, flushSeconds: 1 };
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>machine</title>
<script async src="/unspoken.js" data-config="/unspoken.json" data-parts="tools" data-endpoint="/v1" data-key="pk_test"></script>
<body style="margin:0;height:3000px"><section data-unspoken="hero" style="height:120px">plain
<template data-variant="b">variant</template></section><button id="order">order</button>`;

let site;
let honest;
let secretive;

before(async () => {
  site = await startSite(PAGE);
  honest = await launch();
  // The switch with which scripts hide: navigator.webdriver is false then.
  const args = [...ARGS, "--disable-blink-features=AutomationControlled"];
  secretive = await chromium.launch({ executablePath: EXECUTABLE, args });
});

after(async () => {
  await honest?.close();
  await secretive?.close();
  await site?.close();
});

async function open(browser, more = {}) {
  site.config = { ...RULES, ...GOALS, ...more };
  site.batches = [];
  const { newPage, context, errors } = await visit(browser);
  const page = await newPage();
  await page.goto(site.origin);
  await ready(page);
  return { page, context, errors };
}

const judged = (page) => page.evaluate(() => window.unspoken.stats().automation);
const hero = (page) => page.evaluate(() => window.unspoken.decide("hero"));
const webdriver = (page) => page.evaluate(() => navigator.webdriver);

/** Score and mark of a batch: the ninth and tenth element of its array. */
function marks(bytes) {
  let at = 1;
  const number = () => {
    const marker = bytes[at++];
    const size = { 204: 1, 205: 2, 206: 4, 207: 8 }[marker] ?? 0;
    if (size === 0) return marker;
    at += size;
    return size === 8 ? Number(bytes.readBigUInt64BE(at - 8)) : bytes.readUIntBE(at - size, size);
  };
  assert.equal(bytes[0], 0x9d, "an array of 13");
  assert.equal(number(), 3, "version 3");
  at += 3 * 18;
  for (let skipped = 0; skipped < 4; skipped++) number();
  return { automation: number(), excluded: number() };
}

async function sent(page) {
  await page.evaluate(() => window.unspoken.flush());
  for (const end = Date.now() + 5_000; site.batches.length === 0 && Date.now() < end; ) await page.waitForTimeout(50);
  assert.ok(site.batches.length > 0, "a batch was sent");
  return marks(site.batches.at(-1));
}

test("a browser that says it is driven gets the default, and is kept out", async () => {
  const { page, context, errors } = await open(honest);
  assert.equal(await webdriver(page), true);
  assert.deepEqual(await judged(page), { score: 0.98, reasons: ["webdriver"], excluded: true });
  const decision = await hero(page);
  assert.equal(decision.variant, "default");
  assert.equal(decision.reason, "This session looks automated, so the default stays.");
  assert.equal((await page.locator("section").innerText()).trim(), "plain");
  await page.mouse.click(300, 400);
  assert.deepEqual(await sent(page), { automation: 98, excluded: 1 });
  assert.deepEqual(errors, []);
  await context.close();
});

for (const steps of [5, 10, 30])
  test(`Playwright's cursor, ${steps} steps a move, is known by its lines alone`, async () => {
    const { page, context, errors } = await open(secretive);
    assert.equal(await webdriver(page), false);
    assert.deepEqual(await judged(page), { score: 0, reasons: [], excluded: false });
    await shows(page, "b");
    await page.mouse.move(40, 700);
    for (const [x, y] of [
      [900, 320],
      [150, 500],
      [1_100, 700],
    ]) {
      await page.mouse.move(x, y, { steps });
      await page.waitForTimeout(150);
    }
    const { score, reasons, excluded } = await judged(page);
    assert.ok(score >= 0.9 && excluded, `score ${score}`);
    assert.deepEqual(reasons, ["kinematics"]);
    // And from then on it is none.
    await shows(page, "default");
    assert.equal((await sent(page)).excluded, 1);
    // It stays with the session.
    await page.reload();
    await ready(page);
    assert.equal((await judged(page)).excluded, true);
    assert.equal((await hero(page)).variant, "default");
    assert.deepEqual(errors, []);
    await context.close();
  });

test("events that a script makes are a sign and no input; a page's own click still reaches its goal", async () => {
  const { page, context, errors } = await open(secretive);
  const { own, moved, lines, clicks, focus } = await page.evaluate(async () => {
    const judged = () => window.unspoken.stats().automation;
    const recording = window.unspoken.record();
    const at = { bubbles: true, clientX: 400, clientY: 60 };
    document.querySelector("#order").click();
    const own = judged();
    document.dispatchEvent(new Event("scroll"));
    for (let turn = 0; turn < 5; turn++) document.body.dispatchEvent(new PointerEvent("pointermove", at));
    const moved = judged();
    for (let turn = 0; turn < 5; turn++) document.body.dispatchEvent(new MouseEvent("click", at));
    const lines = recording.stop().trim().split("\n").map(JSON.parse);
    const { clicks } = JSON.parse(localStorage.getItem("unspoken.profile")).session;
    return { own, moved, lines, clicks, focus: window.unspoken.focus() };
  });
  const of = (wanted) => lines.filter(({ type }) => type === wanted);
  assert.deepEqual(own, { score: 0, reasons: [], excluded: false }, "a page's own click is no sign");
  assert.deepEqual(moved, { score: 0.95, reasons: ["untrusted"], excluded: true });
  assert.deepEqual(
    of("goal").map(({ name }) => name),
    ["order"],
  );
  assert.deepEqual([of("move").length, of("click").length], [0, 0]);
  assert.equal(of("scroll").length, 1, "where a recording begins");
  assert.deepEqual(
    of("machine").map(({ sign }) => sign),
    ["untrusted", "untrusted"],
    "each sensor tells it once",
  );
  assert.deepEqual([clicks, focus], [0, null]);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a script's clicks alone are a sign as well, where there is no touch screen", async () => {
  const { page, context } = await open(secretive);
  const click = () => {
    const at = { bubbles: true, clientX: 400, clientY: 60 };
    document.body.dispatchEvent(new MouseEvent("click", at));
    return window.unspoken.stats().automation.reasons;
  };
  assert.deepEqual(await page.evaluate(click), ["untrusted"]);
  await context.close();
});

test("a site that wants to be tested serves machines as people, and still tells the score", async () => {
  const { page, context, errors } = await open(honest, { machines: "serve" });
  assert.equal(await webdriver(page), true);
  assert.deepEqual(await judged(page), { score: 0.98, reasons: ["webdriver"], excluded: false });
  await shows(page, "b");
  assert.equal((await page.locator("section").innerText()).trim(), "variant");
  await page.mouse.click(300, 400);
  assert.deepEqual(await sent(page), { automation: 98, excluded: 0 });
  assert.deepEqual(errors, []);
  await context.close();
});
