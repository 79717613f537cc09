/** examples/element, built by its own command and driven in a browser. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open, rage } from "./support/bindings.mjs";
import { launch } from "./support/browser.mjs";
import { buildExample, serve } from "./support/example.mjs";

let example;
let site;
let browser;

before(async () => {
  example = await buildExample("element");
  site = await serve(join(example.folder, "dist"));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
  example?.close();
});

const target = (page) => page.locator("unspoken-slot h2").innerText();

test("the default first; a fact swaps the slot; events, the property and states tell of it", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, site.origin);
  assert.equal(await target(page), "Jupiter, all night");
  await page.getByLabel("Note for tonight").fill("bring tea");
  await running();
  await page.evaluate(() => {
    window.told = [];
    for (const event of ["unspoken-decision", "unspoken-exposure"])
      document.addEventListener(event, ({ type, target, detail }) =>
        window.told.push(`${type} ${target.name} ${detail.variant}`),
      );
  });
  await page.getByRole("button", { name: "Binoculars" }).click();
  await shows("target", "binoculars");
  assert.equal(await target(page), "Four moons in your binoculars");
  await exposed("target", "binoculars");
  const told = await page.evaluate(() => window.told.filter((each) => each.includes("target")));
  assert.deepEqual(told, ["unspoken-decision target binoculars", "unspoken-exposure target binoculars"]);
  assert.match(await page.locator("#told").innerText(), /^(decision|exposure) of (target|help): \w+$/);
  const { rule, states } = await page.evaluate(() => {
    const slot = document.querySelector("unspoken-slot");
    return { rule: slot.decision.rule, states: [slot.matches(":state(binoculars)"), slot.matches(":state(default)")] };
  });
  assert.deepEqual([rule, states], ["glass", [true, false]]);
  assert.equal(await page.getByLabel("Note for tonight").inputValue(), "bring tea");
  await page.evaluate(() => window.instance.dispose());
  await shows("target", "default");
  assert.equal(await target(page), "Jupiter, all night");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});

test("a forecast swaps a slot", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, site.origin);
  await running();
  await rage(page, "header h1");
  await shows("help", "chart");
  await exposed("help", "chart");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});
