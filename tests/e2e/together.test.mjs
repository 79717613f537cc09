/**
 * Tabs of one visitor: what is dismissed, reached or erased in one is so in the other at once, without
 * a reload, and after one; also in a browser without channels, and without locks.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, ready, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

const CONFIG = {
  machines: "serve",
  slots: {
    hero: { swap: "now", rules: [{ id: "always", show: "offer" }] },
    tip: {
      swap: "now",
      rules: [
        { id: "bought", when: { "history.purchase.count": { $gt: 0 } }, show: "default" },
        { id: "always", show: "hint" },
      ],
    },
  },
  goals: { purchase: { click: "#order" } },
};
/** One interruption for a visitor, ever. */
const BUDGET = {
  machines: "serve",
  budget: { perVisitor: 1 },
  slots: {
    popup: { swap: "now", interrupts: true, notNow: [], rules: [{ id: "go", when: { go: true }, show: "ask" }] },
  },
};
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>together</title>
<script async src="/unspoken.js" data-config="/unspoken.json" data-parts="tools"></script>
<body style="margin:0;height:3000px">
<section data-unspoken="hero" style="height:120px">plain
<template data-variant="offer">offer <button data-unspoken-dismiss>no, thanks</button></template></section>
<section data-unspoken="tip" style="height:120px">plain <template data-variant="hint">hint</template></section>
<section data-unspoken="popup" style="height:60px"><template data-variant="ask">may we?</template></section>
<button data-unspoken-dismiss>outside of any slot</button><button id="order">order</button>`;

let site;
let browser;

before(async () => {
  site = await startSite(PAGE);
  site.config = CONFIG;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const stands = (page, slot) =>
  page.evaluate((slot) => document.querySelector(`[data-unspoken=${slot}]`).dataset.unspokenShown ?? "default", slot);
/** Resolves once the slot shows the variant in the page, at the latest after 5 s. */
const comes = (page, slot, variant) =>
  page.waitForFunction(
    ([slot, variant]) =>
      (document.querySelector(`[data-unspoken=${slot}]`).dataset.unspokenShown ?? "default") === variant,
    [slot, variant],
    { timeout: 5_000 },
  );
const visitor = (page) => page.evaluate(() => window.unspoken.stats().visitor);

const CHANNELS = "BroadcastChannel";
const LOCKS = "navigator.locks";

/** A visitor with some tabs, each of which shows offer and hint, in a browser without some interfaces. */
async function tabs(count, { without = [], storage = "persistent" } = {}) {
  const { newPage, context, errors } = await visit(browser);
  await context.addInitScript(
    ([without, channels, locks, storage]) => {
      if (without.includes(channels)) delete window.BroadcastChannel;
      if (without.includes(locks)) delete Navigator.prototype.locks;
      if (without.includes("consent") && navigator.locks)
        navigator.locks.request = () => Promise.reject(new DOMException("not here", "SecurityError"));
      if (without.includes("storage")) {
        // Nothing but the channel may tell.
        window.addEventListener("storage", (event) => event.stopImmediatePropagation(), true);
      }
      new MutationObserver((_, observer) => {
        const script = document.querySelector("script[data-config]");
        if (!script) return;
        script.dataset.storage = storage;
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    },
    [without, CHANNELS, LOCKS, storage],
  );
  const pages = [];
  for (let at = 0; at < count; at++) {
    const page = await newPage();
    await page.goto(site.origin);
    await ready(page);
    if (site.config === CONFIG) {
      await comes(page, "hero", "offer");
      await comes(page, "tip", "hint");
    }
    pages.push(page);
  }
  return { pages, context, errors };
}

async function ends({ context, errors, pages }) {
  for (const page of pages) assert.equal(await page.evaluate(() => window.unspoken.stats().fault), null);
  assert.deepEqual(errors, []);
  await context.close();
}

for (const [browserHas, without] of [
  ["channels and locks", []],
  ["channels, and no storage events", ["storage"]],
  ["no channels", [CHANNELS]],
  ["neither channels nor locks", [CHANNELS, LOCKS]],
]) {
  test(`with ${browserHas}: a click dismisses a slot in both tabs, for good`, async () => {
    const all = await tabs(2, { without });
    const [one, two] = all.pages;
    assert.equal(await visitor(one), await visitor(two));
    await one.locator("[data-unspoken=hero] [data-unspoken-dismiss]").click();
    assert.equal(await stands(one, "hero"), "default", "before the click's handler has returned to the page");
    await comes(two, "hero", "default");
    await one.waitForTimeout(600);
    for (const page of all.pages) {
      await page.reload();
      await ready(page);
      await comes(page, "tip", "hint");
      assert.equal(await stands(page, "hero"), "default");
    }
    await ends(all);
  });

  test(`with ${browserHas}: a goal in one tab is a goal in the other, also after a reload`, async () => {
    const all = await tabs(2, { without });
    const [one, two] = all.pages;
    await one.locator("#order").click();
    assert.equal(await stands(one, "tip"), "default");
    await comes(two, "tip", "default");
    await two.reload();
    await ready(two);
    await comes(two, "hero", "offer");
    assert.equal(await stands(two, "tip"), "default");
    await ends(all);
  });

  test(`with ${browserHas}: erased in one tab is erased in the other`, async () => {
    const all = await tabs(2, { without });
    const [one, two] = all.pages;
    const before = await visitor(one);
    await one.evaluate(() => window.unspoken.dismiss("hero"));
    await comes(two, "hero", "default");
    const receipt = await one.evaluate(() => window.unspoken.erase());
    assert.ok(receipt.erased.includes("unspoken.profile"));
    await two.waitForFunction((before) => window.unspoken.stats().visitor !== before, before, { timeout: 5_000 });
    await comes(two, "hero", "offer");
    for (const page of all.pages) {
      await page.evaluate(() => window.unspoken.goal("afterwards"));
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    }
    await ends(all);
  });
}

test("dismissed by name, before a page is ready too; outside of a slot nothing is dismissed", async () => {
  const all = await tabs(1);
  const [page] = all.pages;
  await page.locator("body > [data-unspoken-dismiss]").click();
  assert.equal(await stands(page, "hero"), "offer");
  await page.evaluate(() => window.unspoken.push(["dismiss", "hero"]));
  assert.equal(await stands(page, "hero"), "default");
  await page.addInitScript(() => (window.unspoken = [["dismiss", "tip"]]));
  await page.reload();
  await ready(page);
  await page.waitForTimeout(600);
  assert.deepEqual([await stands(page, "hero"), await stands(page, "tip")], ["default", "default"]);
  await ends(all);
});

test("what one of five tabs tells is told once, and nobody answers", async () => {
  const all = await tabs(5);
  const [one, ...others] = all.pages;
  await one.evaluate(() => {
    window.heard = 0;
    const channel = new BroadcastChannel("unspoken");
    channel.onmessage = () => window.heard++;
  });
  for (const page of others) await page.evaluate(() => (window.recording = window.unspoken.record()));
  await one.waitForTimeout(500);
  const from = await Promise.all(others.map((page) => page.evaluate(() => performance.now())));
  await one.evaluate(() => window.unspoken.dismiss("hero"));
  await Promise.all(others.map((page) => comes(page, "hero", "default")));
  await one.waitForTimeout(500);
  assert.equal(await one.evaluate(() => window.heard), 1, "this tab's own message, and no other");
  for (const [at, page] of others.entries()) {
    const lines = (await page.evaluate(() => window.recording.stop())).split("\n");
    const signals = lines.filter(Boolean).map((line) => JSON.parse(line));
    const merged = signals.filter(({ t, type }) => type === "merge" && t >= from[at]);
    assert.equal(merged.length, 1, "the storage event that follows is no news");
  }
  await ends(all);
});

test("with storage of the session each tab is a visitor of its own; erasing concerns both", async () => {
  const all = await tabs(2, { storage: "session" });
  const [one, two] = all.pages;
  const before = await visitor(two);
  assert.notEqual(await visitor(one), before);
  await one.evaluate(() => window.unspoken.dismiss("hero"));
  await one.waitForTimeout(500);
  assert.equal(await stands(two, "hero"), "offer");
  await one.evaluate(() => window.unspoken.erase());
  await two.waitForFunction((before) => window.unspoken.stats().visitor !== before, before, { timeout: 5_000 });
  await ends(all);
});

test("a page that was left and comes back hears again", async () => {
  const all = await tabs(2);
  const [one, two] = all.pages;
  await two.goto("about:blank");
  await one.evaluate(() => window.unspoken.dismiss("hero"));
  await two.goBack();
  await ready(two);
  await comes(two, "hero", "default");
  await one.locator("#order").click();
  await comes(two, "tip", "default");
  await ends(all);
});

/** Has every tab ask for the interruption at one moment; resolves to what the popup shows in each. */
async function ask(pages) {
  const at = Date.now() + 300;
  for (const page of pages) {
    await page.waitForFunction(() => window.unspoken.decide("popup").present);
    await page.evaluate((at) => void setTimeout(() => window.unspoken.set({ go: true }), at - Date.now()), at);
  }
  await pages[0].waitForTimeout(1_200);
  return Promise.all(pages.map((page) => stands(page, "popup")));
}

describe("a budget of one interruption", () => {
  before(() => (site.config = BUDGET));
  after(() => (site.config = CONFIG));

  test("three tabs that ask at the same moment get one between them", async () => {
    for (let round = 0; round < 4; round++) {
      const all = await tabs(3);
      const shown = await ask(all.pages);
      assert.deepEqual(shown.sort(), ["ask", "default", "default"]);
      for (const page of all.pages) {
        await page.reload();
        await ready(page);
      }
      assert.deepEqual(await ask(all.pages), ["default", "default", "default"], "nor is there one after a reload");
      await ends(all);
    }
  });

  for (const [name, without] of [
    ["there are no locks", [LOCKS]],
    ["the browser refuses the lock", ["consent"]],
    ["there are neither channels nor locks", [CHANNELS, LOCKS]],
  ])
    test(`where ${name}, one tab after the other asks, and the first gets it`, async () => {
      const all = await tabs(2, { without });
      const [one, two] = all.pages;
      assert.deepEqual(await ask([one]), ["ask"]);
      assert.deepEqual(await ask([two]), ["default"]);
      await ends(all);
    });
});
