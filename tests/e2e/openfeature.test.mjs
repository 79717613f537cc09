/**
 * The OpenFeature provider, through the real web SDK and the real core, in Chromium: first the example,
 * built as its reader builds it, then each answer by itself.
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

/** What the tests ask by themselves: the very names that a page imports, in one module. */
const PROBE = `export * from "@openfeature/web-sdk";
export { init } from "unspoken";
export { UnspokenProvider } from "unspoken/openfeature";`;

before(async () => {
  example = installed("openfeature", ["@openfeature/web-sdk", "@openfeature/core", "esbuild"]);
  const { folder } = example;
  execFileSync(process.execPath, ["build.mjs"], { cwd: folder });
  writeFileSync(join(folder, "probe.js"), PROBE);
  writeFileSync(
    join(folder, "dist/bare.html"),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>bare</title><link rel="icon" href="data:,">
<section data-unspoken="seen" style="height:100px">default<template data-variant="help">help</template></section>`,
  );
  await build({
    entryPoints: [join(folder, "probe.js")],
    outfile: join(folder, "dist/assets/probe.js"),
    bundle: true,
    format: "esm",
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
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(site.origin + path);
  return { page, errors, context };
}

test("the example: flags of every kind, a context that changes, and a goal by track", async () => {
  const { page, errors, context } = await open("/");
  const text = (id) => page.locator(`#${id}`).innerText();
  await page.waitForFunction(() => document.querySelectorAll("#huts li").length === 3, null, { timeout: 10_000 });
  assert.equal(await text("greeting"), "Good to see you");
  assert.equal(await text("season"), "Open June to October.");
  assert.match(await text("notice"), /1,800 m/);
  const [first] = [await text("book")];
  assert.ok(["Book now", "Ask for a bed"].includes(first));

  await page.selectOption("#region", "north");
  await page.waitForFunction(() => document.querySelectorAll("#huts li").length === 2);
  assert.match(await text("notice"), /^Storm from the north/);
  await page.selectOption("#region", "south");
  await page.waitForFunction(() => document.querySelectorAll("#huts li").length === 3);

  await page.click("#book");
  await page.waitForFunction(() => document.querySelector("#greeting").textContent === "Your bed is kept");
  const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("unspoken.profile")).history);
  assert.deepEqual(
    kept.map(([name, count]) => [name, count]),
    [["booking", 1]],
  );
  // The next page is the same visitor's.
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#greeting").textContent === "Your bed is kept");
  assert.equal(await text("book"), first, "an experiment stands");
  assert.deepEqual(errors, []);
  await context.close();
});

const CONFIG = {
  slots: {
    plain: { rules: [] },
    ruled: { rules: [{ id: "pro", when: { plan: "pro" }, show: "team" }] },
    split: { rules: [{ id: "half", test: { variants: ["a", "b"] } }] },
    learned: { rules: [{ id: "arm", learn: { variants: ["x", "y"], goal: "order" } }] },
    seen: { swap: "now", rules: [{ id: "help", when: { help: true }, show: "help" }] },
  },
  features: {
    flag: { defaultValue: false, rules: [{ condition: { plan: "pro" }, force: true }] },
    count: { defaultValue: 3 },
    text: { defaultValue: "hello" },
    object: { defaultValue: { a: [1, 2] } },
    list: { defaultValue: [1, 2] },
    nothing: { defaultValue: null },
    tried: { defaultValue: "off", rules: [{ key: "exp", variations: ["off", "on"], weights: [0, 1] }] },
    gated: {
      defaultValue: true,
      rules: [{ parentConditions: [{ id: "flag", condition: { value: true }, gate: true }] }],
    },
    circle: {
      defaultValue: 1,
      rules: [{ parentConditions: [{ id: "circle", condition: { value: true } }], force: 2 }],
    },
    mood: { defaultValue: "calm", rules: [{ condition: { "history.order.count": { $gte: 1 } }, force: "glad" }] },
  },
};

/** Runs `body` in the page with everything at hand and the provider ready. */
async function probe(body, config = CONFIG) {
  const { page, errors, context } = await open("/bare.html");
  const answer = await page.evaluate(
    async ([source, config]) => {
      const sdk = await import("/assets/probe.js");
      const unspoken = await sdk.init({ config, storage: "memory" });
      const provider = new sdk.UnspokenProvider(unspoken);
      const client = sdk.OpenFeature.getClient();
      const until = async (holds) => {
        for (let left = 200; left > 0 && !holds(); left--) await new Promise((done) => setTimeout(done, 25));
      };
      return await new Function("all", `return (${source})(all)`)({
        ...sdk,
        sdk,
        unspoken,
        provider,
        client,
        until,
        config,
      });
    },
    [String(body), config],
  );
  await context.close();
  return { answer, errors };
}

const brief = ({ value, reason, variant, errorCode }) => [value, reason, variant ?? null, errorCode ?? null];

test("values, reasons, variants and errors", async () => {
  const { answer, errors } = await probe(async ({ OpenFeature, provider, client }) => {
    await OpenFeature.setProviderAndWait(provider, { plan: "free" });
    return {
      flag: client.getBooleanDetails("flag", true),
      count: client.getNumberDetails("count", 9),
      text: client.getStringDetails("text", "none"),
      object: client.getObjectDetails("object", {}),
      list: client.getObjectDetails("list", []),
      nothing: client.getStringDetails("nothing", "mine"),
      tried: client.getStringDetails("tried", "none"),
      gated: client.getBooleanDetails("gated", false),
      circle: client.getNumberDetails("circle", 7),
      plain: client.getStringDetails("plain", "none"),
      ruled: client.getStringDetails("ruled", "none"),
      split: client.getStringDetails("split", "none"),
      learned: client.getStringDetails("learned", "none"),
      wrong: client.getNumberDetails("text", 5),
      wrongSlot: client.getBooleanDetails("ruled", true),
      wrongObject: client.getObjectDetails("count", { a: 1 }),
      unknown: client.getBooleanDetails("nobody", true),
    };
  });
  const expected = {
    flag: [false, "DEFAULT", null, null],
    count: [3, "DEFAULT", null, null],
    text: ["hello", "DEFAULT", null, null],
    object: [{ a: [1, 2] }, "DEFAULT", null, null],
    list: [[1, 2], "DEFAULT", null, null],
    nothing: ["mine", "DEFAULT", null, null],
    tried: ["on", "SPLIT", "1", null],
    gated: [false, "DISABLED", null, null],
    circle: [7, "ERROR", null, "GENERAL"],
    plain: ["default", "DEFAULT", "default", null],
    ruled: ["default", "DEFAULT", "default", null],
    wrong: [5, "ERROR", null, "TYPE_MISMATCH"],
    wrongSlot: [true, "ERROR", null, "TYPE_MISMATCH"],
    wrongObject: [{ a: 1 }, "ERROR", null, "TYPE_MISMATCH"],
    unknown: [true, "ERROR", null, "FLAG_NOT_FOUND"],
  };
  for (const [name, wanted] of Object.entries(expected)) assert.deepEqual(brief(answer[name]), wanted, name);
  for (const [name, variants] of [
    ["split", ["a", "b"]],
    ["learned", ["x", "y"]],
  ]) {
    assert.equal(answer[name].reason, "SPLIT");
    assert.equal(answer[name].value, answer[name].variant);
    assert.ok(variants.includes(answer[name].value));
  }
  assert.equal(answer.tried.flagMetadata.experiment, "exp");
  assert.equal(answer.split.flagMetadata.rule, "half");
  assert.match(answer.plain.flagMetadata.because, /no rules/);
  assert.match(answer.unknown.errorMessage, /no feature and no slot "nobody"/);
  assert.match(answer.wrong.errorMessage, /of the type string, and not a number/);
  assert.deepEqual(errors, []);
});

test("a context becomes attributes, its key the id, and what it no longer has is taken back", async () => {
  const { answer } = await probe(async ({ OpenFeature, provider, client, unspoken }) => {
    const pseudonym = unspoken.stats().visitor;
    await OpenFeature.setProviderAndWait(provider, { plan: "free" });
    const id = () => unspoken.run({ key: "k", variations: [0, 1], condition: {} }).hashValue;
    const look = () => [client.getBooleanValue("flag", false), client.getStringDetails("ruled", "none").reason, id()];
    const seen = [look()];
    await OpenFeature.setContext({ plan: "pro", targetingKey: "user-7", since: new Date(0), nested: { a: 1 } });
    seen.push(look());
    await OpenFeature.setContext({});
    seen.push(look());
    return { seen, pseudonym };
  });
  assert.deepEqual(answer.seen, [
    [false, "DEFAULT", answer.pseudonym],
    [true, "TARGETING_MATCH", "user-7"],
    [false, "DEFAULT", answer.pseudonym],
  ]);
});

test("what changes is told, once and by name; a goal is tracked; who leaves hears nothing", async () => {
  const { answer } = await probe(async ({ OpenFeature, ProviderEvents, provider, client, unspoken, until }) => {
    const events = [];
    for (const event of Object.values(ProviderEvents))
      client.addHandler(event, (details) => events.push([event, details?.flagsChanged ?? null]));
    await OpenFeature.setProviderAndWait(provider);
    const goals = [];
    unspoken.on("goal", (goal) => goals.push(goal));
    client.getStringValue("mood", "");
    client.track("order", { value: 42, currency: "EUR" });
    client.track("looked");
    await until(() => events.length > 1);
    const mood = client.getStringValue("mood", "");
    unspoken.set({ plan: "pro" });
    await until(() => events.length > 2);
    const status = client.providerStatus;
    await OpenFeature.clearProviders();
    const before = events.length;
    unspoken.set({ plan: "free" });
    await new Promise((done) => setTimeout(done, 600));
    return { events: events.slice(0, 3), later: events.length - before, goals, mood, status };
  });
  assert.deepEqual(answer.events, [
    ["PROVIDER_READY", null],
    ["PROVIDER_CONFIGURATION_CHANGED", ["mood"]],
    ["PROVIDER_CONFIGURATION_CHANGED", ["ruled"]],
  ]);
  assert.deepEqual(answer.goals, [
    { name: "order", value: 42 },
    { name: "looked", value: 0 },
  ]);
  assert.equal(answer.mood, "glad");
  assert.equal(answer.status, "READY");
  assert.equal(answer.later, 0);
});

test("asking exposes nothing; being seen does", async () => {
  const { answer } = await probe(async ({ OpenFeature, provider, client, unspoken, until }) => {
    const exposures = [];
    unspoken.on("exposure", ({ slot, variant }) => exposures.push([slot, variant]));
    await OpenFeature.setProviderAndWait(provider, { help: true });
    for (let at = 0; at < 50; at++) client.getStringValue("split", "");
    const value = client.getStringValue("seen", "");
    await until(() => exposures.length > 0);
    await new Promise((done) => setTimeout(done, 500));
    return { exposures, value, text: document.querySelector("section").innerText.trim() };
  });
  assert.deepEqual(answer, { exposures: [["seen", "help"]], value: "help", text: "help" });
});

test("a core that cannot run is a provider that failed, and callers keep their defaults", async () => {
  const { page, context } = await open("/bare.html");
  const answer = await page.evaluate(async () => {
    const { OpenFeature, UnspokenProvider, init } = await import("/assets/probe.js");
    const client = OpenFeature.getClient();
    const before = client.getBooleanDetails("flag", true);
    const early = new UnspokenProvider(init({ config: "/absent.json", storage: "memory" }));
    const unready = early.resolveBooleanEvaluation("flag", true);
    let refused = "";
    await OpenFeature.setProviderAndWait(early).catch((error) => (refused = error.message));
    return { before, unready, refused, status: client.providerStatus, details: client.getBooleanDetails("flag", true) };
  });
  assert.equal(answer.unready.errorCode, "PROVIDER_NOT_READY");
  assert.match(answer.refused, /^unspoken: config: /);
  assert.equal(answer.status, "FATAL");
  assert.equal(answer.details.value, true);
  assert.equal(answer.details.errorCode, "PROVIDER_FATAL");
  await context.close();
});

test("a core that stops later is told as an error", async () => {
  const { answer } = await probe(async ({ OpenFeature, ProviderEvents, provider, client, unspoken, until }) => {
    const told = [];
    client.addHandler(ProviderEvents.Error, ({ message }) => told.push(message));
    await OpenFeature.setProviderAndWait(provider);
    // More than the module's 32 MiB of memory.
    unspoken.decide("x".repeat(40e6));
    await until(() => told.length > 0);
    return { told, status: client.providerStatus, details: client.getStringDetails("split", "mine") };
  });
  assert.equal(answer.told.length, 1);
  assert.match(answer.told[0], /^unspoken: core: stopped/);
  assert.equal(answer.status, "ERROR");
  assert.equal(answer.details.value, "mine");
  assert.equal(answer.details.errorCode, "GENERAL");
});

test("docs/integrations.md says of OpenFeature what the example does", () => {
  const [block] = blocks("integrations.md");
  const lines = block.split("\n").filter((line) => line !== "");
  assert.ok(lines.length > 5);
  assert.deepEqual(absent(lines, at("examples/openfeature/main.js")), []);
});
