/**
 * Nothing moves on the way through the demo shop: from its home page over a category and a product to
 * the cart, the checkout, the order, and home again; as a first visitor and as one who comes back. By
 * the browser's own `layout-shift` entries, where a click excuses nothing.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, ready, shifts, visit } from "./support/browser.mjs";
import { slowDown } from "./support/frames.mjs";
import { startStack } from "./support/stack.mjs";

const FORM = {
  name: "Ada Byron",
  email: "ada@example.org",
  street: "1 Fell Lane",
  town: "Ambleside",
  postcode: "LA22 9BD",
};

let stack;
let browser;

before(async () => {
  stack = await startStack();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Goes down the page and up again, as somebody who looks it over. */
async function lookOver(page) {
  for (let step = 0; step < 4; step++) {
    await page.mouse.move(200 + step * 30, 300 + step * 20);
    await page.mouse.wheel(0, 500);
    await page.waitForTimeout(120);
  }
  await page.mouse.wheel(0, -2_500);
  await page.waitForTimeout(300);
}

const shown = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("[data-unspoken-shown]")].map(
      ({ dataset }) => `${dataset.unspoken}: ${dataset.unspokenShown}`,
    ),
  );

/** The whole way; resolves to what was shown on each page. */
async function journey(page, where) {
  const told = [];
  const pass = async (name) => {
    await ready(page);
    await lookOver(page);
    assert.deepEqual(await shifts(page), [], `${name}, ${where}`);
    assert.equal(await page.evaluate(() => window.unspoken.stats().fault), null);
    told.push(`${name} ${(await shown(page)).sort().join(", ")}`);
  };
  await page.goto(stack.shop);
  await pass("home");
  await page.locator('main a[href="/boots/"]').first().click();
  await page.waitForURL(/boots/);
  await pass("category");
  await page.locator('main a[href="/boots/drover/"]').first().click();
  await page.waitForURL(/drover/);
  await pass("product");
  await page.locator('.pill:has([value="43"])').click();
  await page.locator("[data-add]").click();
  await page.locator(".cart-link").click();
  await page.waitForURL(/cart/);
  await pass("cart");
  await page.locator('main a[href="/checkout/"]').first().click();
  await page.waitForURL(/checkout/);
  await ready(page);
  for (const [field, text] of Object.entries(FORM)) await page.locator(`#${field}`).fill(text);
  await page.locator("[data-form] [type=submit]").click();
  await page.locator("#order").waitFor();
  assert.deepEqual(await shifts(page), [], `checkout, ${where}`);
  await page.locator("#order").click();
  await page.waitForURL(/thanks/);
  await pass("thanks");
  await page.locator("a.logo").click();
  await page.waitForURL(stack.shop);
  await pass("home again");
  await page.goto(`${stack.shop}boots/drover/`);
  await pass("product again");
  return told;
}

for (const [name, viewport] of [
  ["wide", { width: 1280, height: 800 }],
  ["narrow", { width: 390, height: 844 }],
]) {
  for (const [how, slow] of [
    ["as it is", null],
    ["at a quarter of the speed", { cpu: 4 }],
    ["at a quarter of the speed, over a slow network", { cpu: 4, network: true }],
  ]) {
    test(`nothing moves on the whole way, ${name}, ${how}`, { timeout: 240_000 }, async () => {
      const { newPage, context, errors } = await visit(browser, { viewport });
      const page = await newPage();
      if (slow) await slowDown(page, slow);
      const told = await journey(page, `${name}, ${how}`);
      // A visitor who has bought is greeted as one from the first paint on.
      assert.ok(told.at(-1).includes("offer: quiet"), told.join("\n"));
      assert.deepEqual(errors, []);
      await context.close();
    });
  }
}
