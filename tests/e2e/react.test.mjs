/**
 * examples/react, built by its own commands and driven in a browser: mounted by the browser, and taken
 * over from a server with and without decisions.
 *
 * As it ships, and with React's development build: only that one runs effects twice in strict mode and
 * says where a hydration does not match.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { open, rage } from "./support/bindings.mjs";
import { launch } from "./support/browser.mjs";
import { buildExample, serve } from "./support/example.mjs";

const sites = {};
const closers = [];
let browser;

/** As a server would: the app's markup, and what it was rendered with as data. */
function answering(plain, render) {
  return ({ searchParams }) => {
    const initial = searchParams.get("initial");
    const data = initial ? `<script type="application/json" id="decided">${initial}</script>` : "";
    return plain
      .replace("<!--app-->", render(initial ? JSON.parse(initial) : undefined))
      .replace("<script", `${data}<script`);
  };
}

before(async () => {
  for (const mode of ["production", "development"]) {
    const example = await buildExample("react", { development: mode === "development" });
    const { render } = await import(pathToFileURL(join(example.folder, "dist/server/server.js")).href);
    const plain = readFileSync(join(example.folder, "dist/index.html"), "utf8");
    sites[mode] = await serve(join(example.folder, "dist"), { "/server.html": answering(plain, render) });
    closers.push(sites[mode].close, example.close);
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  for (const close of closers) await close();
});

const welcome = (page) => page.locator(".welcome h2").innerText();
const DEFAULT = "Two hours at the wheel";
const BEGINNER = "Your first bowl, from a lump to the rim";

for (const mode of ["production", "development"])
  test(`${mode}: the default first; a fact swaps the slot, and state elsewhere stays`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, sites[mode].origin);
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
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, sites.production.origin);
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
  const { page, errors, heard, running, shows, attached, close } = await open(browser, sites.development.origin);
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
      `${sites[mode].origin}/server.html`,
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

  test(`${mode}: so is what a server decided; it stands as long as the browser decides the same`, async () => {
    const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, sites[mode].origin);
    await page.getByRole("button", { name: "Never" }).click();
    await shows("welcome", "beginner");
    const initial = JSON.stringify([{ slot: "welcome", variant: "beginner" }]);
    await page.goto(`${sites[mode].origin}/server.html?initial=${initial}`);
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
