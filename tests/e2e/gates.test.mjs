/**
 * "Not now": while a gate is closed a slot in view does not change, its decision says which one, and it
 * changes once the gate is open. Trusted input in real Chromium, one gate a test.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, ready, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>gates</title>
<script async src="/unspoken.js" data-config="/unspoken.json"></script>
<body style="margin:0;height:9000px"><div style="position:fixed;top:0">
<section data-unspoken="hero" style="height:120px">plain <a href="#a" id="link">link</a>
<template data-variant="offer">offer</template></section>
<form><input id="name" required aria-label="name"><button id="send">send</button></form>
<button id="other">other</button></div>`;

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

async function open(notNow, options) {
  const hero = { swap: "now", rules: [{ id: "asked", when: { go: true }, show: "offer" }] };
  if (notNow) hero.notNow = notNow;
  site.config = { machines: "serve", slots: { hero } };
  const { newPage, context, errors } = await visit(browser, options);
  const page = await newPage();
  await page.goto(site.origin);
  await ready(page);
  await page.waitForFunction(() => window.unspoken.decide("hero").present);
  return {
    page,
    go: () => page.evaluate(() => window.unspoken.set({ go: true })),
    decision: () =>
      page.evaluate(() => {
        const { variant, shown, waits } = window.unspoken.decide("hero");
        const stands = document.querySelector("[data-unspoken]").dataset.unspokenShown ?? "default";
        return { variant, shown, stands, waits };
      }),
    opens: (timeout = 2_000) =>
      page.waitForFunction(() => document.querySelector("[data-unspoken]").dataset.unspokenShown, null, { timeout }),
    async ends() {
      assert.equal(await page.evaluate(() => window.unspoken.stats().fault), null);
      assert.deepEqual(errors, []);
      await context.close();
    },
  };
}

const waiting = (gate) => ({ variant: "offer", shown: "default", stands: "default", waits: gate });

test("typing: until the field loses the focus", async () => {
  const { page, go, decision, opens, ends } = await open();
  await page.locator("#name").click();
  await page.keyboard.type("Ada");
  await go();
  await page.waitForTimeout(700);
  assert.deepEqual(await decision(), waiting("typing"));
  await page.locator("#other").click();
  await opens();
  await ends();
});

test("typing: or was not typed into for ten seconds", { timeout: 30_000 }, async () => {
  const { page, go, decision, opens, ends } = await open();
  await page.locator("#name").click();
  await go();
  await page.waitForTimeout(8_500);
  assert.deepEqual(await decision(), waiting("typing"));
  await opens(3_000);
  await ends();
});

test("form-error: a form was refused", async () => {
  const { page, go, decision, opens, ends } = await open();
  await page.locator("#send").click();
  await page.locator("#other").click();
  await go();
  await page.waitForTimeout(700);
  assert.deepEqual(await decision(), waiting("form-error"));
  await page.evaluate(() => window.unspoken.page({ path: "/elsewhere" }));
  await opens();
  await ends();
});

test("checkout: by the page's kind", async () => {
  const { page, go, decision, opens, ends } = await open();
  await page.evaluate(() => window.unspoken.page({ kind: "checkout" }));
  await go();
  await page.waitForTimeout(700);
  assert.deepEqual(await decision(), waiting("checkout"));
  await page.evaluate(() => window.unspoken.page({ kind: "thanks" }));
  await opens();
  await ends();
});

test("reading: a notch for eight seconds, and a long way for three", { timeout: 30_000 }, async () => {
  const { page, go, decision, opens, ends } = await open(["reading"]);
  await page.mouse.move(600, 500);
  await page.mouse.wheel(0, 100);
  await page.waitForTimeout(400);
  await go();
  await page.waitForTimeout(3_500);
  assert.deepEqual(await decision(), waiting("reading"), "one notch is read for eight seconds");
  await page.mouse.wheel(0, 3_000);
  await page.waitForTimeout(1_500);
  assert.deepEqual(await decision(), waiting("reading"), "the page was scrolled just now");
  await opens(3_000);
  await ends();
});

test("reduced-motion: in view, for as long as it is wanted", async () => {
  const { page, go, decision, opens, ends } = await open(["reduced-motion"], { reducedMotion: "reduce" });
  await go();
  await page.waitForTimeout(500);
  assert.deepEqual(await decision(), waiting("reduced-motion"));
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await opens();
  await ends();
});

test("screen-reader: for as long as the focus stands in the slot, and five seconds", { timeout: 30_000 }, async () => {
  const { page, go, decision, opens, ends } = await open(["screen-reader"]);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "link");
  await go();
  await page.waitForTimeout(6_000);
  assert.deepEqual(await decision(), waiting("screen-reader"));
  await page.keyboard.press("Tab");
  await page.waitForTimeout(4_000);
  assert.deepEqual(await decision(), waiting("screen-reader"), "it moved by keyboard");
  await opens(2_500);
  await ends();
});

test("screen-reader: a pointer is no keyboard", async () => {
  const { page, go, opens, ends } = await open(["screen-reader"]);
  await page.locator("#link").click();
  await go();
  await opens();
  await ends();
});

test("a slot without gates changes while somebody types, and dismissing waits for none", async () => {
  const { page, go, opens, ends } = await open([]);
  await page.locator("#name").click();
  await go();
  await opens();
  await ends();
  const all = await open();
  await all.go();
  await all.opens();
  await all.page.locator("#name").click();
  await all.page.keyboard.type("Ada");
  await all.page.evaluate(() => window.unspoken.dismiss("hero"));
  assert.equal((await all.decision()).stands, "default");
  await all.ends();
});
