/** examples/svelte, built by its own command, with Svelte's compiler on the package's component, and driven in a browser. */
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
  example = await buildExample("svelte");
  site = await serve(join(example.folder, "dist"));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
  example?.close();
});

const finish = (page) => page.locator(".finish h2").innerText();

test("the default first; a fact swaps the slot, and state elsewhere stays", async () => {
  const { page, errors, heard, running, shows, exposed, attached, shifts, close } = await open(browser, site.origin);
  assert.equal(await finish(page), "To finish");
  await page.getByLabel("One guest more").click();
  await running();
  assert.deepEqual(await attached(), { now: 2, calls: 2 });
  await page.getByRole("button", { name: "Vegans" }).click();
  await shows("swap", "vegan");
  assert.equal(await finish(page), "To finish, without dairy");
  await page.waitForFunction(() => document.querySelector("#variant").textContent === "vegan");
  assert.equal(await page.locator("output").innerText(), "5");
  assert.equal(await page.locator("dd").first().innerText(), "400 g");
  await exposed("swap", "vegan");
  assert.deepEqual(await attached(), { now: 2, calls: 2 }, "a swap attaches nothing anew");
  await page.evaluate(() => window.instance.dispose());
  await shows("swap", "default");
  assert.equal(await finish(page), "To finish");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});

test("a forecast swaps a slot, and a template that asks for a threshold hears of it", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, site.origin);
  await running();
  assert.equal(await page.locator("#stuck").innerText(), "Finding the way.");
  await rage(page, "header h1");
  await shows("help", "rescue");
  await page.waitForFunction(() => document.querySelector("#stuck").textContent === "Stuck.");
  await exposed("help", "rescue");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});
