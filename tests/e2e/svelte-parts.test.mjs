/** Svelte's binding piece by piece, against an instance that the test holds in its hands, and from a server. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { launch } from "./support/browser.mjs";
import { bundled, pagesOf } from "./support/puppet.mjs";

let pages;
let browser;
let render;

before(async () => {
  pages = await pagesOf(["svelte.js"]);
  const folder = mkdtempSync(at("target/svelte-parts-"));
  writeFileSync(`${folder}/server.mjs`, await bundled("svelte-server.js", { server: true }));
  ({ render } = await import(`${folder}/server.mjs`));
  rmSync(folder, { recursive: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await pages?.close();
});

const has = (page, id, wanted) =>
  page.waitForFunction(([id, wanted]) => document.getElementById(id)?.textContent === wanted, [id, wanted]);
const turn = (page, more) =>
  page.evaluate(async (more) => {
    window.turn(more);
    await new Promise((done) => setTimeout(done));
  }, more);

async function mounted(props = {}, options = {}) {
  const opened = await pages.open(browser, "svelte.js", options);
  await opened.page.evaluate((props) => window.mount(props), props);
  return opened;
}

test("helpers change when their answer is another one, and at no other forecast", async () => {
  const { page, heard } = await mounted();
  const updates = () => page.evaluate(() => window.updates());
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
  await has(page, "all", "0.24");
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
  await has(page, "decided", "guide");
  await turn(page, { hooks: false });
  await page.waitForFunction(() => window.puppet.listening() === 0);
  await page.evaluate(() => (window.puppet.forecasts.struggle = 0.9));
  assert.equal(
    await page.evaluate(() => window.readNow()),
    true,
    "read by an event's handler, it is asked there and then",
  );
  assert.deepEqual(heard, []);
  await page.close();
});

test("a slot is attached once and released once", async () => {
  const { page, heard, diary } = await mounted();
  assert.deepEqual(await diary(), ["+ hero [help,none] default"]);
  assert.deepEqual(await page.evaluate(() => window.puppet.attached()), ["hero true"]);
  assert.equal(await page.locator("section.mine[data-unspoken=hero][data-unspoken-managed]").count(), 1);
  await page.locator("button").click();
  assert.equal(await page.evaluate(() => window.clicked), true, "the element's own event");
  await page.evaluate(() => window.puppet.show("hero", "help"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=help] button")?.textContent === "0");
  await page.evaluate(() => window.puppet.show("hero", "none"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=none]")?.textContent.trim() === "");
  assert.deepEqual(await diary(), [], "a swap attaches nothing anew");
  // Other variants, another element, another name.
  await turn(page, { more: true });
  assert.deepEqual(await diary(), ["- hero", "+ hero [help,none,guide,onboarding] none"]);
  await page.evaluate(() => window.puppet.show("hero", "onboarding"));
  await page.waitForFunction(
    () => document.querySelector("[data-unspoken-shown=onboarding]")?.textContent.trim() === "onboarding",
  );
  await turn(page, { as: "aside" });
  assert.deepEqual(await diary(), ["- hero", "+ hero [help,none,guide,onboarding] onboarding"]);
  assert.equal(await page.locator("aside.mine").count(), 1);
  await turn(page, { name: "foot" });
  assert.deepEqual(await diary(), ["- hero", "+ foot [help,none,guide,onboarding] default"]);
  assert.equal(await page.locator("button").innerText(), "0");
  await turn(page, { gone: true });
  assert.deepEqual(await diary(), ["- foot"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("`slot` and markup of one's own", async () => {
  const { page, heard, diary } = await mounted({ own: true });
  assert.deepEqual(await diary(), ["+ mine [help] default"]);
  await page.evaluate(() => window.puppet.show("mine", "help"));
  await page.waitForFunction(() => document.querySelector("article[data-unspoken-shown=help]")?.textContent === "help");
  assert.deepEqual(await diary(), []);
  await page.evaluate(() => window.unmount());
  assert.deepEqual(await diary(), ["- mine"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("no instance: the default stands; `null` is none; one that starts later is found", async () => {
  for (const instance of [undefined, null]) {
    const { page, heard, diary } = await mounted({ instance }, { standing: false });
    await has(page, "there", "false");
    await page.evaluate(() => {
      window.puppet.forecasts.struggle = 0.9;
      globalThis[Symbol.for("unspoken")] = window.puppet;
      document.dispatchEvent(new CustomEvent("unspoken:ready", { detail: window.puppet }));
    });
    assert.deepEqual(await diary(), instance === null ? [] : ["+ hero [help,none] default"]);
    await has(page, "above", String(instance !== null));
    assert.deepEqual(heard, []);
    await page.close();
  }
});

test("a server's markup is taken over before what the instance knows shows", async () => {
  for (const initial of [undefined, { hero: "help" }]) {
    const markup = render({ initial });
    assert.equal(/data-unspoken-shown="help"/.test(markup), initial !== undefined);
    assert.match(markup, /<b id="above">false<\/b>/);
    const { page, heard, diary } = await pages.open(browser, "svelte.js");
    await page.evaluate(
      ([markup, initial]) => {
        document.getElementById("app").innerHTML = markup;
        window.before = document.querySelector("[data-unspoken] button");
        window.puppet.forecasts.struggle = 0.9;
        window.hydrate({ initial });
      },
      [markup, initial],
    );
    await has(page, "above", "true");
    await has(page, "decided", "default");
    assert.equal(await page.evaluate(() => window.before.isConnected), true, "the server's own nodes");
    assert.deepEqual(await diary(), [`+ hero [help,none] ${initial?.hero ?? "default"}`]);
    assert.deepEqual(heard, []);
    await page.close();
  }
});
