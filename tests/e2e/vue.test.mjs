/**
 * examples/vue, built by its own commands and driven in a browser: mounted by the browser, and taken
 * over from a server with and without decisions.
 *
 * As it ships, and with Vue's development build: that one says on the console what does not match.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, rage } from "./support/bindings.mjs";
import { launch } from "./support/browser.mjs";
import { renderedExample } from "./support/rendered.mjs";

let sites;
let browser;

before(async () => {
  sites = await renderedExample("vue");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await sites?.close();
});

const aboard = (page) => page.locator(".aboard h2").innerText();
const DEFAULT = "Fall asleep on the Rhine";
const BICYCLE = "Your bicycle sleeps in coach 263";

for (const mode of ["production", "development"])
  test(`${mode}: the default first; a fact swaps the slot, and state elsewhere stays`, async () => {
    const { page, errors, heard, running, shows, exposed, attached, shifts, close } = await open(browser, sites[mode]);
    assert.equal(await aboard(page), DEFAULT);
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("upper").check();
    await running();
    assert.deepEqual(await attached(), { now: 2, calls: 2 });
    await page.getByRole("button", { name: "A bicycle" }).click();
    await shows("aboard", "bicycle");
    assert.equal(await aboard(page), BICYCLE);
    await page.waitForFunction(() => document.querySelector("#variant").textContent === "bicycle");
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada");
    assert.equal(await page.getByLabel("upper").isChecked(), true);
    await exposed("aboard", "bicycle");
    await page.evaluate(() => window.instance.dispose());
    await shows("aboard", "default");
    assert.equal(await aboard(page), DEFAULT);
    assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
    await close();
  });

test("a forecast swaps a slot, and a component that asks for a threshold hears of it", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, sites.production);
  await running();
  assert.equal(await page.locator("#stuck").innerText(), "Finding the way.");
  await rage(page, "header h1");
  await shows("help", "desk");
  await page.waitForFunction(() => document.querySelector("#stuck").textContent === "Stuck.");
  await exposed("help", "desk");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});

for (const mode of ["production", "development"]) {
  test(`${mode}: a server's markup is taken over as it stands`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(
      browser,
      `${sites[mode]}/server.html`,
    );
    assert.equal(await aboard(page), DEFAULT);
    await page.evaluate(() => {
      window.before = document.querySelector(".aboard h2");
    });
    await running();
    assert.equal(await page.evaluate(() => window.before.isConnected), true, "the server's own nodes");
    await page.getByRole("button", { name: "A bicycle" }).click();
    await shows("aboard", "bicycle");
    await exposed("aboard", "bicycle");
    assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
    await close();
  });

  test(`${mode}: so is what a server decided, and the browser goes on from there`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(
      browser,
      `${sites[mode]}/server.html?facts={"luggage":"bicycle"}`,
    );
    assert.equal(await aboard(page), BICYCLE);
    assert.equal(await page.locator("#variant").innerText(), "bicycle");
    await page.evaluate(() => {
      window.before = document.querySelector(".aboard h2");
    });
    await running();
    await exposed("aboard", "bicycle");
    assert.equal(await page.evaluate(() => window.before.isConnected), true, "the server's own nodes");
    await page.getByRole("button", { name: "A pram" }).click();
    await shows("aboard", "family");
    assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
    await close();
  });
}

test("a hydration that does not match is heard of", async () => {
  const { heard, close, running } = await open(
    browser,
    `${sites.development}/server.html?silent&facts={"luggage":"bicycle"}`,
  );
  await running();
  assert.match(heard.join(), /[Hh]ydration.*mismatch/);
  await close();
});
