/**
 * The loader: what was decided last stands before the first paint, and nothing of the default was ever
 * on the screen. Real Chromium, a strict policy, a page that comes in parts, a slow machine.
 */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launch, ready, visit } from "./support/browser.mjs";
import { colours, film, slowDown } from "./support/frames.mjs";
import { asFile, inline, startStreamed } from "./support/streamed.mjs";

const CSS = `
  body { margin: 0; font: 40px sans-serif }
  p { margin: 0 }
  .box { height: 300px }
  .no { background: rgb(255, 0, 0); height: 300px }
  .yes { background: rgb(0, 160, 0); height: 300px }
  .low { height: 2000px }`;
const COLOURS = { default: [255, 0, 0], variant: [0, 160, 0] };
const CONFIG = {
  machines: "serve",
  slots: { hero: { swap: "next-page", rules: [{ id: "sized", when: { "profile.fact.size": 42 }, show: "help" }] } },
};
const head = (script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>${script}
  <link rel="stylesheet" href="/style.css"></head>`;
const slot = (more = "") => `<section class="box" data-unspoken="hero"${more}>
  <div class="no"><p elementtiming="default">What everybody gets</p></div>`;
const templates = `<template data-variant="help"><div class="yes"><p elementtiming="variant">What was decided</p></div></template>
  </section>`;
const rest = `<p class="low">The rest of the page</p></body></html>`;
const whole = (script, more) => [`${head(script)}<body>${slot(more)}${templates}${rest}`];

let site;
let browser;

before(async () => {
  site = await startStreamed();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.close();
});
afterEach(() => {
  site.missing.clear();
  site.requests.length = 0;
});

/** A visitor to the pages, `/` and whatever else is named, with everything recorded that should not be. */
async function visitor(pages, { config = CONFIG, ...options } = {}) {
  Object.assign(site, { pages, config, css: CSS });
  const { context, errors, newPage } = await visit(browser, options);
  await context.addInitScript(() => {
    window.__painted = [];
    new PerformanceObserver((list) => {
      for (const { identifier } of list.getEntries()) window.__painted.push(identifier);
    }).observe({ type: "element", buffered: true });
    document.addEventListener("securitypolicyviolation", (event) =>
      window.__shifted(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  return { context, errors, page: await newPage(), newPage };
}

const stored = (page, area = "localStorage") =>
  page.evaluate((area) => JSON.parse(window[area].getItem("unspoken.shown")), area);
const isStored = (page) =>
  page.waitForFunction(() => localStorage.getItem("unspoken.shown")?.includes("help"), null, { timeout: 5_000 });
const shown = (page) => page.evaluate(() => document.querySelector("[data-unspoken]").dataset.unspokenShown ?? null);
const words = (page) => page.evaluate(() => document.querySelector("[data-unspoken]").innerText.trim());

/** A first visit, in which the fact is told that decides. */
async function decide(page, path = "/") {
  await page.goto(site.origin + path);
  await ready(page);
  await page.evaluate(() => window.unspoken.fact("size", 42));
  await isStored(page);
}

test("the second visit begins with what was decided in the first: no frame has the default in it", {
  timeout: 120_000,
}, async () => {
  // The parser is made to wait in the middle of the slot, and right behind it.
  const parts = [`${head(inline())}<body>${slot()}`, 400, templates, 300, rest];
  const { page, context, errors } = await visitor({ "/": parts });
  await page.goto(site.origin);
  await ready(page);
  await page.evaluate(() => window.unspoken.fact("size", 42));
  await isStored(page);
  assert.equal(await shown(page), null, "in view, and painted: it stays for this page view");
  const decision = await page.evaluate(() => window.unspoken.decide("hero"));
  assert.deepEqual([decision.variant, decision.waits], ["help", "swap"]);

  await page.goto("about:blank");
  await slowDown(page, { cpu: 4, network: true });
  const camera = await film(page);
  await page.goto(site.origin);
  await ready(page);
  await page.waitForFunction(() => window.unspoken.decide("hero").seen, null, { timeout: 15_000 });
  const counts = await colours(context, await camera.stop(), COLOURS);
  assert.ok(counts.at(-1).variant > 10_000, "the camera sees colours");
  assert.deepEqual(
    counts.filter((frame) => frame.default > 0),
    [],
    "the default in a frame",
  );
  assert.deepEqual(await page.evaluate(() => [...new Set(window.__painted)]), ["variant"]);
  assert.equal(await words(page), "What was decided");
  const now = await page.evaluate(() => window.unspoken.decide("hero"));
  assert.deepEqual([now.variant, now.shown, now.rule, now.waits], ["help", "help", "sized", null]);
  assert.deepEqual(errors, []);
  await context.close();
});

test("the camera would have seen it: without the loader the default comes first", { timeout: 60_000 }, async () => {
  const script = `<script async src="/unspoken.js" data-config="/unspoken.json"></script>`;
  const config = { ...CONFIG, slots: { hero: { ...CONFIG.slots.hero, swap: "now" } } };
  const { page, context } = await visitor({ "/": whole(script) }, { config });
  await decide(page);
  await page.goto("about:blank");
  await slowDown(page);
  const camera = await film(page);
  await page.goto(site.origin);
  await page.waitForFunction(() => window.unspoken?.decide?.("hero").seen, null, { timeout: 15_000 });
  const counts = await colours(context, await camera.stop(), COLOURS);
  assert.ok(counts.some((frame) => frame.default > 10_000));
  assert.ok(counts.at(-1).variant > 10_000);
  assert.ok((await page.evaluate(() => window.__painted)).includes("default"));
  await context.close();
});

test("what stands is exposed once, by its rule, and dispose puts the default's own nodes back", async () => {
  const { page, context, errors } = await visitor({ "/": whole(asFile()) });
  await decide(page);
  const markup = await page.evaluate(() => document.querySelector("[data-unspoken]").outerHTML);
  await context.addInitScript(() => {
    window.__told = [];
    document.addEventListener("unspoken:ready", () => window.unspoken.on("exposure", (it) => window.__told.push(it)));
    new MutationObserver((_, observer) => {
      const node = document.querySelector(".no");
      if (!node) return;
      window.__node = node;
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(site.origin);
  await ready(page);
  await page.waitForFunction(() => window.__told.length > 0, null, { timeout: 5_000 });
  await page.waitForTimeout(1_200);
  assert.deepEqual(await page.evaluate(() => window.__told), [
    { slot: "hero", variant: "help", rule: "sized", by: "show" },
  ]);
  const outer = await page.evaluate(() => {
    window.unspoken.dispose();
    return document.querySelector("[data-unspoken]").outerHTML;
  });
  assert.equal(outer, markup, "byte for byte");
  assert.ok(await page.evaluate(() => window.__node === document.querySelector(".no")));
  assert.deepEqual(errors, []);
  await context.close();
});

test("a loader that comes when the page was painted, or to a page where somebody pays, shows nothing", async () => {
  const late = `<script defer src="/loader.js" data-src="/unspoken.js" data-config="/unspoken.json"></script>`;
  const checkout = whole(inline()).map((part) => part.replace("<body>", '<body data-unspoken-page="checkout">'));
  const { page, context, errors } = await visitor({
    "/": whole(inline()),
    "/late": [`${head(late)}<body>${slot()}${templates}<p>…</p>`, 1_500, rest],
    "/checkout": checkout,
    "/late-script": whole(late),
  });
  await decide(page);
  for (const path of ["/late", "/checkout"]) {
    await page.goto(site.origin + path);
    await ready(page);
    assert.equal(await shown(page), null, path);
  }
  assert.deepEqual(errors, []);
  await context.close();
});

test("where the core cannot be had the default comes back, and the page's calls do no harm", async () => {
  const { page, context, errors } = await visitor({ "/": whole(inline("data-debug")) });
  await decide(page);
  site.missing.add("/unspoken.js");
  await page.goto(site.origin);
  const answers = await page.evaluate(async () => {
    const early = window.unspoken;
    const instance = await early.ready;
    const fault = document.querySelector("[data-unspoken]").innerText.trim();
    return [instance === early, fault, early.decide("hero").variant, early.feature("f").on, early.slots()];
  });
  assert.deepEqual(answers, [true, "What everybody gets", "default", false, []]);
  assert.equal(await shown(page), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("calls are kept and made in order; who holds the stand-in is heard afterwards", async () => {
  const early = `<script src="/early.js"></script>`;
  const { page, context, errors } = await visitor({ "/": whole(inline() + early) });
  await context.route("**/early.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `
        const u = window.early = window.unspoken;
        window.heard = [];
        window.answers = [u.decide("hero").variant, u.feature("f").source, u.intents().buy, u.focus(), u.slots().length,
          u.run({ key: "k", variations: ["a", "b"] }).value];
        const stop = u.on("goal", (goal) => heard.push("stopped: " + goal.name));
        u.on("goal", (goal) => heard.push(goal.name));
        const later = u.on("goal", (goal) => heard.push("later: " + goal.name));
        u.goal("one", { value: 2 });
        u.push(["goal", "two"], ["fact", "size", 42]);
        window.recording = u.record();
        stop();
        window.stopLater = later;
        window.then = u.then;`,
    }),
  );
  await page.goto(site.origin);
  await ready(page);
  const told = await page.evaluate(async () => {
    const isInstance = (await window.early.ready) === window.unspoken && window.unspoken !== window.early;
    await new Promise((resolve) => setTimeout(resolve, 50));
    window.stopLater();
    window.early.goal("three");
    window.early.push(["goal", "four"]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const trace = window.recording.stop();
    return {
      isInstance,
      heard: window.heard,
      answers: window.answers,
      trace,
      stats: window.early.stats().fault,
      isThenable: window.then !== undefined,
    };
  });
  assert.ok(told.isInstance);
  assert.deepEqual(told.heard, ["one", "later: one", "two", "later: two", "three", "four"]);
  assert.deepEqual(told.answers, ["default", "unknownFeature", 0, null, 0, "a"]);
  assert.match(told.trace, /"format":"unspoken-trace\/1"/);
  assert.equal(told.stats, null);
  assert.equal(told.isThenable, false);
  assert.deepEqual(errors, []);
  await context.close();
});

test("what stands in storage can harm nothing", { timeout: 120_000 }, async () => {
  const { page, context, errors } = await visitor({ "/": whole(inline()) });
  await page.goto(site.origin);
  await ready(page);
  const now = Date.now();
  const of = (slots, more = {}) => JSON.stringify({ v: 1, at: now, all: slots, pages: {}, ...more });
  for (const text of [
    "{",
    "null",
    '"v"',
    "[1]",
    '{"v":1}',
    '{"v":1,"at":"now","all":{"hero":{"variant":"help"}}}',
    of({ hero: { variant: "help" } }, { at: now - 8 * 86_400_000 }),
    of({ hero: { variant: "help" } }, { at: now + 86_400_000 }),
    of({ hero: { variant: "help", visit: 1 } }, { at: now - 31 * 60_000 }),
    of({ hero: { variant: "<img src=x onerror=alert(1)>" } }),
    of({ hero: { variant: ["help"] } }),
    of({ hero: { variant: { toString: "help" } } }),
    of({ hero: { variant: null }, __proto__: { variant: "help" } }),
    of({ hero: null, "']{} *{display:none}": { variant: "x", height: 9, width: 1280 } }),
    of({ "hero]{}*": { variant: "x", height: "9px}*{display:none", width: 1280 } }),
    of("help"),
    of({}, { pages: { "/": "help" } }),
    of({}, { pages: { "/": { at: now, slots: { hero: "help" } } } }),
  ]) {
    // In a page without the SDK, which would write it anew when it is left.
    await page.goto(`${site.origin}/empty`);
    await page.evaluate((text) => localStorage.setItem("unspoken.shown", text), text);
    await page.goto(site.origin);
    await ready(page);
    assert.equal(await shown(page), null, text);
    assert.equal(await words(page), "What everybody gets", text);
    assert.equal(await page.evaluate(() => document.body.getBoundingClientRect().height > 2_000), true, text);
  }
  assert.deepEqual(errors, []);
  await context.close();
});

test("nothing is read or written but where the mode says, and nothing after the visitor is forgotten", async () => {
  const { page, context, errors } = await visitor({
    "/": whole(inline('data-storage="session"')),
    "/off": whole(inline('data-storage="off"')),
    "/kept": whole(inline()),
  });
  await page.goto(site.origin);
  await ready(page);
  await page.evaluate(() => window.unspoken.fact("size", 42));
  await page.waitForFunction(() => sessionStorage.getItem("unspoken.shown")?.includes("help"), null, {
    timeout: 5_000,
  });
  assert.equal(await stored(page), null);
  await page.goto(site.origin);
  await ready(page);
  assert.equal(await shown(page), "help");
  await page.goto(`${site.origin}/off`);
  await ready(page);
  assert.equal(await shown(page), null);

  await decide(page, "/kept");
  const other = await context.newPage();
  await other.goto(`${site.origin}/kept`);
  await ready(other);
  assert.equal(await shown(other), "help");
  const { erased } = await page.evaluate(() => window.unspoken.erase());
  assert.ok(erased.includes("unspoken.shown"), `${erased}`);
  await page.evaluate(() => window.unspoken.fact("size", 42));
  await page.waitForTimeout(500);
  await other.close({ runBeforeUnload: true });
  await page.goto(`${site.origin}/empty`);
  assert.equal(await stored(page), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a dismissal is no longer shown", async () => {
  const { page, context, errors } = await visitor({ "/": whole(inline()) });
  await decide(page);
  await page.goto(site.origin);
  await ready(page);
  assert.equal(await shown(page), "help");
  await page.evaluate(() => window.unspoken.dismiss("hero"));
  await page.waitForFunction(() => !document.querySelector("[data-unspoken-shown]"), null, { timeout: 5_000 });
  await page.goto(site.origin);
  await ready(page);
  assert.equal(await shown(page), null);
  assert.equal(await stored(page), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("once the page is parsed the loader changes nothing any more, however long the rest of it loads", async () => {
  const slow = `<script async src="/slow.js"></script>`;
  const { page, context, errors } = await visitor({ "/": whole(inline()), "/slow": whole(inline() + slow) });
  let answer;
  await context.route(
    "**/slow.js",
    (route) => (answer = () => route.fulfill({ contentType: "text/javascript", body: "" })),
  );
  await decide(page);
  await page.goto(`${site.origin}/slow`, { waitUntil: "commit" });
  await ready(page);
  assert.equal(await shown(page), "help");
  await page.evaluate(() => window.unspoken.dismiss("hero"));
  await page.waitForFunction(() => !document.querySelector("[data-unspoken-shown]"), null, { timeout: 5_000 });
  assert.notEqual(await page.evaluate(() => document.readyState), "complete");
  await answer();
  await page.waitForFunction(() => document.readyState === "complete");
  await page.evaluate(() => document.body.append("more"));
  await page.waitForTimeout(100);
  assert.equal(await shown(page), null);
  assert.deepEqual(errors, []);
  await context.close();
});

test("what can only come later finds its box reserved, until it is out of view", async () => {
  const managed = `<div data-unspoken="hero" data-unspoken-managed><p>Rendered by a framework</p></div>`;
  const html = `${head(inline())}<body>${managed}${rest}`;
  const { page, context, errors } = await visitor({ "/": [html] });
  const attach = () =>
    page.evaluate(() => {
      const element = document.querySelector("[data-unspoken]");
      window.unspoken.attach(element, {
        name: "hero",
        variants: ["help"],
        show: (variant) => (element.firstElementChild.style.height = variant === "help" ? "321px" : ""),
      });
    });
  await page.goto(site.origin);
  await ready(page);
  await attach();
  await page.evaluate(() => window.unspoken.fact("size", 42));
  const height = () => page.evaluate(() => document.querySelector("[data-unspoken]").offsetHeight);
  const before = await height();
  // Out of view it may change; how high it is then is kept.
  await page.evaluate(() => {
    scrollTo(0, 1_500);
    window.unspoken.page({ path: "/" });
  });
  await page.waitForFunction(() => document.querySelector("[data-unspoken]").offsetHeight >= 321, null, {
    timeout: 5_000,
  });
  const tall = await height();
  await page.evaluate(() => window.unspoken.goal("more"));
  await page.waitForFunction(
    () => JSON.parse(localStorage.getItem("unspoken.shown"))?.pages["/"]?.slots.hero.height >= 321,
    null,
    { timeout: 5_000 },
  );
  await page.goto(site.origin);
  assert.equal(await height(), tall, "before the core and before the framework");
  await ready(page);
  assert.equal(await height(), tall, "in view it stays");
  await page.evaluate(() => scrollTo(0, 1_500));
  await page.waitForFunction((before) => document.querySelector("[data-unspoken]").offsetHeight === before, before, {
    timeout: 5_000,
  });
  assert.equal(await page.evaluate(() => document.querySelector("[data-unspoken]").getAttribute("style")), null);
  assert.deepEqual(errors, []);
  await context.close();
});
