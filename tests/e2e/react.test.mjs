/**
 * examples/react, built by its own commands and driven in a browser: mounted by the browser, and taken
 * over from a server with and without decisions.
 *
 * As it ships, and with React's development build: only that one runs effects twice in strict mode and
 * says where a hydration does not match.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, rage } from "./support/bindings.mjs";
import { launch } from "./support/browser.mjs";
import { renderedExample } from "./support/rendered.mjs";

let sites;
let browser;

before(async () => {
  sites = await renderedExample("react");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await sites?.close();
});

const welcome = (page) => page.locator(".welcome h2").innerText();
const DEFAULT = "Two hours at the wheel";
const BEGINNER = "Your first bowl, from a lump to the rim";

for (const mode of ["production", "development"])
  test(`${mode}: the default first; a fact swaps the slot, and state elsewhere stays`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, sites[mode]);
    assert.equal(await welcome(page), DEFAULT);
    await page.getByLabel("One place more").click();
    await page.locator("select").selectOption("Thu 3 Dec");
    await running();
    await page.getByRole("button", { name: "Never" }).click();
    await shows("welcome", "beginner");
    assert.equal(await welcome(page), BEGINNER);
    await page.waitForFunction(() => document.querySelector("#variant").textContent === "beginner");
    assert.equal(await page.locator("output").innerText(), "2");
    assert.equal(await page.locator("select").inputValue(), "Thu 3 Dec");
    await exposed("welcome", "beginner");
    assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
    await close();
  });

test("a forecast swaps a slot, and a component that asks for a threshold hears of it", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, sites.production);
  await running();
  assert.equal(await page.locator("#stuck").innerText(), "Finding the way.");
  await rage(page, "header h1");
  await shows("help", "phone");
  await page.waitForFunction(() => document.querySelector("#stuck").textContent === "Stuck.");
  await exposed("help", "phone");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});

test("strict mode runs effects twice, and one attachment stands; none after `dispose()`", async () => {
  const { page, errors, heard, running, shows, attached, close } = await open(browser, sites.development);
  await running();
  assert.deepEqual(await attached(), { now: 2, calls: 4 });
  await page.getByRole("button", { name: "Often" }).click();
  await shows("welcome", "regular");
  await page.evaluate(() => window.instance.dispose());
  await shows("welcome", "default");
  assert.equal(await welcome(page), DEFAULT);
  assert.deepEqual([errors, heard], [[], []]);
  await close();
});

for (const mode of ["production", "development"]) {
  test(`${mode}: a server's markup is taken over as it stands`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(
      browser,
      `${sites[mode]}/server.html`,
    );
    assert.equal(await welcome(page), DEFAULT);
    await page.evaluate(() => (window.before = document.querySelector(".welcome h2")));
    await running();
    assert.equal(await page.evaluate(() => window.before.isConnected), true, "the server's own nodes");
    await page.getByRole("button", { name: "Never" }).click();
    await shows("welcome", "beginner");
    await exposed("welcome", "beginner");
    assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
    await close();
  });

  test(`${mode}: so is what a server decided, and the browser goes on from there`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(
      browser,
      `${sites[mode]}/server.html?facts={"thrown":"never"}`,
    );
    assert.equal(await welcome(page), BEGINNER);
    assert.equal(await page.locator("#variant").innerText(), "beginner");
    await page.evaluate(() => {
      window.before = document.querySelector(".welcome h2");
    });
    await running();
    await exposed("welcome", "beginner");
    assert.equal(await page.evaluate(() => window.before.isConnected), true, "the server's own nodes");
    await page.getByRole("button", { name: "Often" }).click();
    await shows("welcome", "regular");
    assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
    await close();
  });
}

test("a hydration that does not match is heard of", async () => {
  const { heard, close, running } = await open(
    browser,
    `${sites.development}/server.html?silent&facts={"thrown":"never"}`,
  );
  await running();
  assert.match(heard.join(), /recovered from/);
  await close();
});
