/** Vue's binding piece by piece, against an instance that the test holds in its hands. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { renderToString } from "vue/server-renderer";
import { launch } from "./support/browser.mjs";
import { pagesOf } from "./support/puppet.mjs";

let pages;
let browser;

before(async () => {
  pages = await pagesOf(["vue.js"]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await pages?.close();
});

const text = (page, id) => page.locator(`#${id}`).innerText();
const has = (page, id, wanted) =>
  page.waitForFunction(([id, wanted]) => document.getElementById(id)?.textContent === wanted, [id, wanted]);
const turn = (page, more) =>
  page.evaluate(async (more) => {
    window.turn(more);
    await new Promise((done) => setTimeout(done));
  }, more);

async function mounted(part, { standing, ...options } = {}) {
  const opened = await pages.open(browser, "vue.js", { standing });
  await opened.page.evaluate(([part, options]) => window.mount(part, options), [part, options]);
  return opened;
}

test("composables change when their answer is another one, and at no other forecast", async () => {
  const { page, heard } = await mounted("hooks");
  const updates = () =>
    page.evaluate(() => {
      const counted = window.updates;
      window.updates = {};
      return counted;
    });
  const forecast = (struggle) =>
    page.evaluate(async (struggle) => {
      window.puppet.forecast({ struggle });
      await new Promise((done) => setTimeout(done));
    }, struggle);
  await has(page, "there", "true");
  await updates();
  for (const struggle of [0.001, 0.002, 0.004]) await forecast(struggle);
  assert.deepEqual(await updates(), {}, "all of these are 0.00");
  for (const struggle of [0.21, 0.22, 0.24]) await forecast(struggle);
  assert.equal(await text(page, "all"), "0.24");
  assert.deepEqual(await updates(), { rounded: 1, all: 3 });
  for (const struggle of [0.599, 0.6, 0.61, 0.4]) await forecast(struggle);
  await has(page, "rounded", "0.4");
  assert.deepEqual(await updates(), { rounded: 2, above: 2, all: 3 });
  await page.evaluate(() => {
    window.puppet.decisions = { hero: { variant: "help" }, foot: { variant: "guide" } };
    window.puppet.features.new = { on: true };
    window.puppet.emit("decision");
  });
  await has(page, "decided", "help");
  await has(page, "featured", "true");
  assert.deepEqual(await updates(), { decided: 1, featured: 1 });
  await turn(page, { name: "foot" });
  assert.equal(await text(page, "decided"), "guide", "a getter is followed");
  await turn(page, { gone: true });
  assert.equal(await page.evaluate(() => window.puppet.listening()), 0, "nothing is left listening");
  const [before, after, left] = await page.evaluate(() => {
    const { read, stop } = window.scoped();
    const before = read();
    window.puppet.forecast({ struggle: 0.9 });
    const after = read();
    stop();
    return [before, after, window.puppet.listening()];
  });
  assert.deepEqual([before, after, left], [false, true, 0], "in a scope that is no component");
  assert.deepEqual(heard, []);
  await page.close();
});

test("a slot is attached once and released once", async () => {
  const { page, heard, diary } = await mounted("slot");
  assert.deepEqual(await diary(), ["+ hero [help,none] default"]);
  assert.deepEqual(await page.evaluate(() => window.puppet.attached()), ["hero true"]);
  assert.equal(await page.locator("section.mine[data-unspoken=hero][data-unspoken-managed]").count(), 1);
  // Variants are subtrees of their own, though both hold the same component.
  await page.locator("button").click();
  await page.evaluate(() => window.puppet.show("hero", "help"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=help] button")?.textContent === "0");
  await page.evaluate(() => window.puppet.show("hero", "none"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=none]")?.textContent === "");
  assert.deepEqual(await diary(), [], "a swap attaches nothing anew");
  // Another variant, another element, another name.
  await turn(page, { more: true });
  assert.deepEqual(await diary(), ["- hero", "+ hero [help,none,guide] none"]);
  await turn(page, { as: "aside" });
  assert.deepEqual(await diary(), ["- hero", "+ hero [help,none,guide] none"]);
  assert.equal(await page.locator("aside.mine").count(), 1);
  await turn(page, { name: "foot" });
  assert.deepEqual(await diary(), ["- hero", "+ foot [help,none,guide] default"]);
  assert.equal(await page.locator("button").innerText(), "0");
  await turn(page, { gone: true });
  assert.deepEqual(await diary(), ["- foot"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("a page that is kept alive gives its slot back while it is away", async () => {
  const { page, heard, diary } = await mounted("alive");
  await page.evaluate(() => window.puppet.show("hero", "help"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=help]"));
  await diary();
  await turn(page, { away: true });
  assert.deepEqual(await diary(), ["- hero"]);
  await turn(page, { away: false });
  assert.deepEqual(await diary(), ["+ hero [help] help"]);
  await page.evaluate(() => window.unmount());
  assert.deepEqual(await diary(), ["- hero"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("no instance: the default stands; `null` is none; one that starts later is found", async () => {
  for (const instance of [undefined, null]) {
    const { page, heard, diary } = await mounted("taken", { standing: false, instance });
    await page.evaluate(() => {
      window.puppet.forecasts.struggle = 0.9;
      globalThis[Symbol.for("unspoken")] = window.puppet;
      document.dispatchEvent(new CustomEvent("unspoken:ready", { detail: window.puppet }));
    });
    assert.deepEqual(await diary(), instance === null ? [] : ["+ hero [help] default"]);
    await has(page, "above", String(instance !== null));
    assert.deepEqual(heard, []);
    await page.close();
  }
});

test("with an instance that knows more than the server did, its markup is taken over before that shows", async () => {
  const { make } = await serverSide();
  const initial = { hero: "help" };
  const markup = await renderToString(make("taken", { initial }, true));
  assert.match(markup, /<div data-unspoken="hero" data-unspoken-managed data-unspoken-shown="help">/);
  assert.match(markup, /<b id="decided">help<\/b> <b id="above">false<\/b>/);
  const { page, heard, diary } = await pages.open(browser, "vue.js");
  await page.evaluate(
    ([markup, initial]) => {
      document.getElementById("app").innerHTML = markup;
      window.before = document.querySelector("[data-unspoken]");
      window.puppet.forecasts.struggle = 0.9;
      window.mount("taken", { initial }, true);
    },
    [markup, initial],
  );
  await has(page, "decided", "default");
  await has(page, "above", "true");
  assert.deepEqual(await diary(), ["+ hero [help] help"]);
  assert.equal(await page.evaluate(() => window.before.isConnected), true);
  assert.deepEqual(heard, []);
  await page.close();
});

/** The same parts, as a server has them. */
async function serverSide() {
  const { mkdtempSync, rmSync, writeFileSync } = await import("node:fs");
  const { at } = await import("../../scripts/lib/paths.mjs");
  const { bundled } = await import("./support/puppet.mjs");
  const folder = mkdtempSync(at("target/vue-parts-"));
  writeFileSync(`${folder}/parts.mjs`, await bundled("vue.js", { server: true }));
  try {
    return await import(`${folder}/parts.mjs`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
