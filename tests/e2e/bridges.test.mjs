/**
 * The bridges in Chromium with the real core: examples/bridges with Segment's own Analytics.js, and a
 * data layer whose `push` others own.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, visit } from "./support/browser.mjs";
import { absent, blocks } from "./support/docs.mjs";
import { serveFolder } from "./support/files.mjs";
import { installed } from "./support/installed.mjs";

let example;
let site;
let browser;

const PROBE = `export { AnalyticsBrowser } from "@segment/analytics-next";
export { init } from "unspoken";
export { dataLayer, segment } from "unspoken/bridges";`;

before(async () => {
  example = installed("bridges", ["@segment/analytics-next", "esbuild"]);
  const { folder } = example;
  execFileSync(process.execPath, ["build.mjs"], { cwd: folder });
  writeFileSync(join(folder, "probe.js"), PROBE);
  writeFileSync(
    join(folder, "dist/bare.html"),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>bare</title><link rel="icon" href="data:,">
<section data-unspoken="tested" style="height:90px">default<template data-variant="b">b</template></section>
<section data-unspoken="shown" style="height:90px">default<template data-variant="x">x</template></section>
<section data-unspoken="plain" style="height:90px">default</section>`,
  );
  await build({
    entryPoints: [join(folder, "probe.js")],
    outfile: join(folder, "dist/assets/probe.js"),
    bundle: true,
    format: "esm",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  site = await serveFolder(join(folder, "dist"));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
  example?.remove();
});

async function open(path) {
  const { context, newPage, errors } = await visit(browser);
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false }));
  const page = await newPage();
  const asked = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => asked.push(new URL(request.url()).origin));
  await page.goto(site.origin + path);
  return { page, errors, context, asked };
}

test("the example: exposures reach both, goals come from both, nothing goes round", async () => {
  const { page, errors, context, asked } = await open("/");
  const lines = () => page.$$eval("#log li", (list) => list.map((line) => line.textContent));
  const heard = (text, times = 1) =>
    page.waitForFunction(
      ([text, times]) =>
        [...document.querySelectorAll("#log li")].filter((line) => line.textContent.includes(text)).length >= times,
      [text, times],
      { timeout: 10_000 },
    );
  await heard("unspoken_exposure");
  await heard("Experiment Viewed");
  const viewed = (await lines()).find((line) => line.includes("Experiment Viewed"));
  const { experiment_id, experiment_name, variation_id } = JSON.parse(viewed.slice(viewed.indexOf("{")));
  assert.deepEqual([experiment_id, experiment_name], ["lead/wording", "wording"]);
  assert.ok(["default", "short"].includes(variation_id));

  await page.click("#basket");
  await heard("Segment  add_to_cart");
  await page.click("#order");
  await page.waitForFunction(() => document.querySelector(".lead").innerText.startsWith("Thank you"));
  await heard("data layer  unspoken_goal");
  await page.click("a[href='#sizes']");
  await heard("unspoken_goal", 2);
  await heard("Segment  sizes");
  // Longer than a round would take.
  await page.waitForTimeout(1_000);
  const told = (await lines()).map((line) => line.split("  ").slice(0, 2).join(" "));
  const count = (line) => told.filter((each) => each === line).length;
  assert.equal(count("data layer add_to_cart"), 1);
  assert.equal(count("Segment add_to_cart"), 1, "what the data layer told, Segment hears");
  assert.equal(count("Segment Order Completed"), 1);
  assert.equal(count("Segment purchase"), 0, "and not what it told itself");
  assert.equal(
    count("data layer unspoken_goal"),
    2,
    "the order and the click, and not what the data layer told itself",
  );
  assert.equal(count("Segment sizes"), 1);
  const history = await page.evaluate(() => JSON.parse(localStorage.getItem("unspoken.profile")).history);
  assert.deepEqual(history.map(([name, times]) => [name, times]).sort(), [
    ["add_to_cart", 1],
    ["purchase", 1],
    ["sizes", 1],
  ]);
  assert.deepEqual([...new Set(asked)], [site.origin], "nothing went to Segment");
  assert.deepEqual(errors, []);
  await context.close();
});

const CONFIG = {
  slots: {
    tested: { swap: "now", rules: [{ id: "t", test: { variants: ["default", "b"] } }] },
    shown: { swap: "now", rules: [{ id: "s", when: { on: true }, show: "x" }] },
    plain: { rules: [] },
  },
  features: { hue: { defaultValue: "red" } },
};

/** Runs `body` in the page with an instance and what may be bridged. */
async function probe(body) {
  const { page, errors, context } = await open("/bare.html");
  const answer = await page.evaluate(
    async ([source, config]) => {
      const all = await import("/assets/probe.js");
      const unspoken = await all.init({ config, storage: "memory", attributes: { on: true } });
      const goals = [];
      unspoken.on("goal", ({ name, value }) => goals.push([name, value]));
      const until = async (holds) => {
        for (let left = 200; left > 0 && !holds(); left--) await new Promise((done) => setTimeout(done, 25));
      };
      const wait = (ms) => new Promise((done) => setTimeout(done, ms));
      return await new Function("all", `return (${source})(all)`)({ ...all, unspoken, goals, until, wait });
    },
    [String(body), CONFIG],
  );
  await context.close();
  return { ...answer, errors };
}

test("what is pushed has all its keys, and what was pushed before is heard", async () => {
  const { entries, goals, errors } = await probe(async ({ dataLayer, unspoken, goals, until }) => {
    const list = [{ event: "purchase", ecommerce: { value: "80.50" } }, { "gtm.start": 1 }, null, 7, "text"];
    dataLayer(unspoken, { dataLayer: list, goals: { purchase: "order", generate_lead: "lead" } });
    (function () {
      // biome-ignore lint/complexity/noArguments: gtag() does just this.
      list.push(arguments);
    })("event", "generate_lead", { value: 5 });
    await until(() => goals.length === 2 && list.filter((entry) => entry?.event === "unspoken_exposure").length === 3);
    unspoken.goal("wished");
    await until(() => list.at(-1)?.event === "unspoken_goal");
    return { entries: list.filter((entry) => entry?.event?.startsWith("unspoken_")), goals };
  });
  assert.deepEqual(goals, [
    ["order", 80.5],
    ["lead", 5],
    ["wished", 0],
  ]);
  const exposures = entries.filter(({ event }) => event === "unspoken_exposure");
  const about = Object.fromEntries(exposures.map(({ unspoken_slot, ...more }) => [unspoken_slot, more]));
  assert.deepEqual(about.shown, {
    event: "unspoken_exposure",
    unspoken_variant: "x",
    unspoken_rule: "s",
    unspoken_by: "show",
  });
  assert.deepEqual(about.plain, {
    event: "unspoken_exposure",
    unspoken_variant: "default",
    unspoken_rule: null,
    unspoken_by: null,
  });
  assert.equal(about.tested.unspoken_by, "test");
  const told = entries.filter(({ event }) => event === "unspoken_goal");
  assert.deepEqual(told, [{ event: "unspoken_goal", unspoken_goal: "wished", unspoken_value: 0 }]);
  assert.deepEqual(errors, []);
});

test("push stays whose it is, and a list that is cut loses no goal", async () => {
  const { goals, isTheirs, isOriginal, later, errors } = await probe(
    async ({ dataLayer, unspoken, goals, until, wait }) => {
      const list = (window.dataLayer = []);
      const stop = dataLayer(unspoken, { goals: ["purchase"], events: [] });
      const isOriginal = list.push === Array.prototype.push;
      // As Tag Manager: a push of its own, and the oldest entries thrown away.
      const theirs = (...entries) => {
        for (const entry of entries) Array.prototype.push.call(list, entry);
        while (list.length > 3) list.shift();
        return list.length;
      };
      list.push = theirs;
      const noise = { event: "noise" };
      for (let at = 1; at <= 5; at++) {
        // One object may be pushed twice.
        list.push(noise, noise, { event: "purchase", value: at });
        await until(() => goals.length === at);
      }
      const isTheirs = list.push === theirs;
      stop();
      list.push({ event: "purchase", value: 99 });
      await wait(700);
      return { goals, isTheirs, isOriginal, later: list.at(-1).value };
    },
  );
  assert.deepEqual(
    goals,
    [1, 2, 3, 4, 5].map((value) => ["purchase", value]),
  );
  assert.ok(isTheirs && isOriginal);
  assert.equal(later, 99, "it was pushed, and no longer heard");
  assert.deepEqual(errors, []);
});

test("a goal that is pushed as the page goes away is heard", async () => {
  const { goals } = await probe(async ({ dataLayer, unspoken, goals }) => {
    const list = [];
    dataLayer(unspoken, { dataLayer: list, goals: ["purchase"] });
    list.push({ event: "purchase", value: 3 });
    dispatchEvent(new PageTransitionEvent("pagehide"));
    await null;
    await null;
    return { goals };
  });
  assert.deepEqual(goals, [["purchase", 3]]);
});

test("Segment hears experiments in its own words, and only those unless all are wanted", async () => {
  const { tracked, all, goals, errors } = await probe(
    async ({ AnalyticsBrowser, segment, unspoken, goals, until, wait }) => {
      const [analytics] = await AnalyticsBrowser.load(
        { writeKey: "k", cdnSettings: { integrations: {} } },
        { integrations: { "Segment.io": false }, disableClientPersistence: true },
      );
      const tracked = [];
      analytics.on("track", (name, properties) => tracked.push([name, properties]));
      const all = [];
      const other = { track: (...event) => void all.push(event) };
      const stops = [
        segment(unspoken, analytics, { goals: { "Order Completed": "purchase", signup: "signup" } }),
        segment(unspoken, other, { exposures: "all", events: ["exposure"] }),
        segment(unspoken, {
          track: async () => {
            throw new Error("a destination that fails");
          },
        }),
      ];
      await until(() => all.length === 3);
      await analytics.track("Order Completed", { revenue: "12.5" });
      await analytics.track("signup");
      unspoken.goal("signup");
      unspoken.goal("looked", { value: 2 });
      await until(() => goals.length === 4 && tracked.length >= 5);
      for (const stop of stops) stop();
      await analytics.track("Order Completed", { revenue: 99 });
      unspoken.goal("late");
      await wait(300);
      return { tracked, all, goals };
    },
  );
  const [experiment, ...rest] = tracked;
  assert.equal(experiment[0], "Experiment Viewed");
  assert.deepEqual(Object.keys(experiment[1]).sort(), [
    "experiment_id",
    "experiment_name",
    "variation_id",
    "variation_name",
  ]);
  assert.equal(experiment[1].experiment_id, "tested/t");
  assert.deepEqual(rest, [
    ["Order Completed", { revenue: "12.5" }],
    ["signup", {}],
    ["signup", { value: 0 }],
    ["looked", { value: 2 }],
    ["Order Completed", { revenue: 99 }],
  ]);
  assert.deepEqual(goals, [
    ["purchase", 12.5],
    ["signup", 0],
    ["signup", 0],
    ["looked", 2],
    ["late", 0],
  ]);
  const ids = all.map(([name, { experiment_id, variation_id }]) => [name, experiment_id, variation_id]);
  assert.deepEqual(
    ids.find(([, id]) => id === "shown/s"),
    ["Experiment Viewed", "shown/s", "x"],
  );
  assert.deepEqual(
    ids.find(([, id]) => id === "plain"),
    ["Experiment Viewed", "plain", "default"],
  );
  assert.deepEqual(errors, []);
});

test("docs/integrations.md says of the bridges what the example does", () => {
  const lines = blocks("integrations.md")
    .filter((block) => /segment|dataLayer/.test(block))
    .flatMap((block) => block.split("\n"));
  assert.equal(lines.length, 3);
  assert.deepEqual(absent(lines, at("examples/bridges/main.js")), []);
});
