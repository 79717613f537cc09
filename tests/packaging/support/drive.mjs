/** A site in Chromium: it starts with the default, swaps its slot when the plan is known, and says nothing on the console. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { serveShop } from "../../../scripts/serve-shop.mjs";
import { launch, visit } from "../../e2e/support/browser.mjs";

/** Registers the browser of a test file; `drive` runs a page in it. */
export function chromium() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  /** Opens an address, under a policy that lets WebAssembly run or not, and gathers what its console, its errors and its requests say. */
  const open = async (address, { webAssembly = true } = {}) => {
    const { context, errors } = await visit(browser);
    if (!webAssembly)
      await context.route(address, async (route) => {
        const response = await route.fetch();
        const policy = response.headers()["content-security-policy"].replace("'wasm-unsafe-eval'", "");
        await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy } });
      });
    const page = await context.newPage();
    const told = [];
    const requests = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) told.push(message.text());
    });
    page.on("response", (response) => requests.push({ url: response.url(), status: response.status() }));
    page.on("requestfailed", (request) => requests.push({ url: request.url(), status: 0 }));
    await page.goto(address);
    return { context, page, errors, told, requests };
  };

  /** What one sees in the slot. */
  const text = (page) => page.locator("[data-unspoken=hero]").innerText();
  const faultOf = async (page) => {
    await page.waitForFunction(() => window.unspoken?.stats, null, { timeout: 15_000 });
    return page.evaluate(() => window.unspoken.ready.then((unspoken) => unspoken.stats().fault));
  };

  /** A whole visit: default, swap, and no word of complaint. Resolves to the requests that were made. */
  const drive = async (address, policy) => {
    const { context, page, errors, told, requests } = await open(address, policy);
    assert.equal(await faultOf(page), null);
    assert.equal(await text(page), "Welcome.");
    await page.evaluate(() => window.unspoken.set({ plan: "pro" }));
    await page.waitForFunction(() => document.querySelector("[data-unspoken=hero]").innerText === "Welcome back.");
    // What the policy forbids, the browser says.
    const complaints = told.filter((text) => !/WebAssembly.*Content Security Policy/.test(text));
    assert.deepEqual([errors, complaints], [[], []]);
    assert.deepEqual(
      requests.filter(({ status }) => status !== 200 && status !== 304),
      [],
    );
    await context.close();
    return requests.map(({ url }) => url);
  };
  return { open, drive, faultOf, text };
}

/** Serves a built folder under the strictest policy a site could send, and hands its address over. */
export async function served(folder, use) {
  const server = await serveShop({ folder });
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}
