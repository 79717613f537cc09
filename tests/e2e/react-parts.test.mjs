/** React's binding piece by piece, against an instance that the test holds in its hands. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { pagesOf } from "./support/puppet.mjs";

let pages;
let browser;

before(async () => {
  pages = await pagesOf(["react.jsx"]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await pages?.close();
});

const text = (page, id) => page.locator(`#${id}`).innerText();
const has = (page, id, wanted) =>
  page.waitForFunction(([id, wanted]) => document.getElementById(id)?.textContent === wanted, [id, wanted]);
const app = (page) => page.evaluate(() => document.getElementById("app").innerHTML);
const attributes = 'data-unspoken="hero" data-unspoken-managed=""';

async function mounted(part, { strict = false, ...options } = {}) {
  const opened = await pages.open(browser, "react.jsx", options);
  await opened.page.evaluate(([part, strict]) => window.mount(part, strict), [part, strict]);
  return opened;
}

test("hooks render anew when their answer is another one, and at no other forecast", async () => {
  const { page, heard } = await mounted("hooks");
  const renders = () =>
    page.evaluate(() => {
      const counted = window.renders;
      window.renders = {};
      return counted;
    });
  const forecast = (struggle) => page.evaluate((struggle) => window.puppet.forecast({ struggle }), struggle);
  assert.deepEqual(await renders(), { rounded: 1, above: 1, all: 1, decided: 1, featured: 1 });
  assert.equal(await text(page, "there"), "true");
  for (const struggle of [0.001, 0.002, 0.004]) await forecast(struggle);
  assert.deepEqual(await renders(), {}, "all of these are 0.00");
  for (const struggle of [0.21, 0.22, 0.24]) await forecast(struggle);
  await has(page, "all", '{"struggle":0.24,"buy":0}');
  assert.deepEqual(await renders(), { rounded: 1, all: 3 });
  for (const struggle of [0.599, 0.6, 0.61, 0.4]) await forecast(struggle);
  await has(page, "above", "false");
  await has(page, "rounded", "0.4");
  const { rounded, above, all } = await renders();
  assert.deepEqual([rounded, above, all], [2, 2, 3], "0.6 for 0.599, 0.6 and 0.61; over the threshold and back");
  await page.evaluate(() => {
    window.puppet.decisions.hero = { variant: "help" };
    window.puppet.features.new = { on: true };
    window.puppet.emit("decision");
    window.puppet.emit("decision");
  });
  await has(page, "decided", "help");
  await has(page, "featured", "true");
  assert.deepEqual(await renders(), { decided: 1, featured: 1 });
  assert.ok((await page.evaluate(() => window.puppet.listening())) > 0);
  await page.evaluate(() => window.turn({ gone: true }));
  assert.equal(await page.evaluate(() => window.puppet.listening()), 0, "nothing is left listening");
  assert.deepEqual(heard, []);
  await page.close();
});

for (const strict of [false, true])
  test(`a slot is attached once and released once${strict ? ", in strict mode too" : ""}`, async () => {
    const { page, heard, diary } = await mounted("slot", { strict });
    const first = await diary();
    assert.deepEqual(first.slice(-1), ["+ hero [help,none] default"]);
    assert.equal(first.length, strict ? 3 : 1);
    assert.deepEqual(await page.evaluate(() => window.puppet.attached()), ["hero true"]);
    assert.equal(await app(page), `<section class="mine" ${attributes}><button type="button">0</button></section>`);
    assert.equal(await page.evaluate(() => window.referred), "section");
    // Variants are subtrees of their own, though both hold the same component.
    await page.locator("button").click();
    await page.evaluate(() => window.puppet.show("hero", "help"));
    await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=help] button")?.textContent === "0");
    await page.evaluate(() => window.puppet.show("hero", "none"));
    await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=none]")?.innerHTML === "");
    assert.deepEqual(await diary(), [], "a swap attaches nothing anew");
    await page.evaluate(() => window.turn({}));
    assert.deepEqual(await diary(), [], "nor does a render");
    // Another variant, another element, another name.
    await page.evaluate(() => window.turn({ more: { guide: "guide" } }));
    assert.deepEqual(await diary(), ["- hero", "+ hero [guide,help,none] none"]);
    await page.evaluate(() => window.turn({ as: "aside" }));
    assert.deepEqual((await diary()).slice(0, 2), ["- hero", "+ hero [guide,help,none] none"]);
    assert.equal(await page.evaluate(() => window.referred), "aside");
    await page.evaluate(() => window.turn({ name: "foot" }));
    assert.deepEqual(await diary(), ["- hero", "+ foot [guide,help,none] default"]);
    assert.equal(await page.locator("button").innerText(), "0");
    await page.evaluate(() => window.turn({ gone: true }));
    assert.deepEqual(await diary(), ["- foot"]);
    assert.equal(await page.evaluate(() => window.referred), null);
    assert.deepEqual(heard, []);
    await page.close();
  });

test("a subtree that suspends gives its slot back, and takes it up as it stood", async () => {
  const { page, heard, diary } = await mounted("suspense");
  await page.evaluate(() => window.puppet.show("hero", "help"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken-shown=help]"));
  await diary();
  await page.evaluate(() => {
    window.turn({
      waiting: new Promise((resolve) => {
        window.arrive = resolve;
      }),
    });
  });
  await page.waitForFunction(() => document.querySelector("#fallback"));
  assert.deepEqual(await diary(), ["- hero"]);
  await page.evaluate(() => window.arrive());
  await page.waitForFunction(() => !document.querySelector("#fallback"));
  assert.deepEqual(await diary(), ["+ hero [help] help"]);
  await page.evaluate(() => window.unmount());
  assert.deepEqual(await diary(), ["- hero"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("a provider's instance: none, one that is promised, one that is there", async () => {
  const { page, heard, diary } = await mounted("promised");
  assert.deepEqual(await diary(), [], "null is none, though the page has one");
  assert.equal(await text(page, "there"), "false");
  await page.evaluate(() => {
    const promise = new Promise((resolve) => {
      window.arrive = () => resolve(window.puppet);
    });
    window.turn({ instance: promise });
  });
  assert.deepEqual(await diary(), []);
  await page.evaluate(() => {
    window.puppet.forecasts.struggle = 0.9;
    window.arrive();
  });
  await has(page, "above", "true");
  assert.equal(await text(page, "there"), "true");
  assert.deepEqual(await diary(), ["+ hero [help] default"]);
  await page.evaluate(() => window.turn({ instance: Promise.reject(new Error("no")) }));
  assert.deepEqual(await diary(), ["- hero"]);
  await has(page, "above", "false");
  await page.evaluate(() => window.turn({ instance: window.puppet }));
  assert.deepEqual(await diary(), ["+ hero [help] default"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("no instance: the default stands; one that starts later is found", async () => {
  const { page, heard, diary } = await mounted("slot", { standing: false });
  assert.equal(await page.locator("button").innerText(), "0");
  assert.deepEqual(await diary(), []);
  await page.evaluate(() => {
    globalThis[Symbol.for("unspoken")] = window.puppet;
    document.dispatchEvent(new CustomEvent("unspoken:ready", { detail: window.puppet }));
  });
  assert.deepEqual(await diary(), ["+ hero [help,none] default"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("a component that keeps its `ref` to itself is told about, and its default stands", async () => {
  const { page, heard, diary } = await mounted("refless");
  assert.equal(await app(page), "<p>default</p>");
  assert.deepEqual(await diary(), []);
  assert.deepEqual(heard, [
    'unspoken: <Slot name="hero"> has no element: let the component given as `as` pass on its `ref`.',
  ]);
  await page.close();
});

test("an `initial` variant that the slot does not have is the default, and told as such", async () => {
  const { page, heard, diary } = await mounted("stale");
  assert.equal(await app(page), `<div ${attributes}>default</div>`);
  assert.deepEqual(await diary(), ["+ hero [help] default"]);
  assert.deepEqual(heard, []);
  await page.close();
});

test("`initial` stands before there is an instance, and is told as what stands", async () => {
  const { page, heard, diary } = await mounted("initial", { standing: false });
  assert.equal(await page.locator("p").innerText(), "help");
  assert.equal(await text(page, "decided"), "help");
  const foot = page.locator("[data-unspoken=foot]");
  assert.equal(await foot.innerText(), "default", "decided, and waiting for its moment");
  await page.evaluate(() => {
    globalThis[Symbol.for("unspoken")] = window.puppet;
    document.dispatchEvent(new CustomEvent("unspoken:ready", { detail: window.puppet }));
  });
  assert.deepEqual(await diary(), ["+ hero [help] help", "+ foot [help] default"]);
  await has(page, "decided", "default");
  assert.deepEqual(heard, []);
  await page.close();
});
