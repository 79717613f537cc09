/**
 * A strict Content-Security-Policy with Trusted Types: where it forbids WebAssembly the page takes the
 * core as JavaScript on its own; where it does not, the module. Nothing else of it is violated.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, ready, shows, visit } from "./support/browser.mjs";
import { STRICT, startSite } from "./support/site.mjs";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>strict</title>
<script async src="/unspoken.js" data-config="/unspoken.json" data-endpoint="/v1" data-key="pk_test"></script>
<body><section data-unspoken="hero"><p>the default</p><template data-variant="help"><p>help</p></template></section>`;

let site;
let browser;

before(async () => {
  site = await startSite(PAGE);
  site.config = {
    machines: "serve",
    slots: { hero: { swap: "now", rules: [{ id: "told", when: { told: true }, show: "help" }] } },
  };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens the page, has the slot swap, and answers what was loaded and violated. */
async function opened(policy, init) {
  [site.policy, site.requests, site.batches] = [policy, [], []];
  const { newPage, context, errors } = await visit(browser);
  await context.addInitScript(() => {
    window.__violated = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      window.__violated.push(`${violatedDirective} ${blockedURI}`),
    );
  });
  if (init) await context.addInitScript(init);
  const page = await newPage();
  await page.goto(site.origin);
  await ready(page);
  assert.equal(await page.evaluate(() => window.unspoken.stats().fault), null);
  await page.evaluate(() => window.unspoken.set({ told: true }));
  await shows(page, "help");
  assert.equal(await page.textContent("section > p"), "help");
  const violated = await page.evaluate(() => window.__violated);
  await page.evaluate(() => window.unspoken.dispose());
  assert.equal(await page.textContent("section > p"), "the default");
  await page.waitForFunction(() => true);
  await context.close();
  assert.deepEqual(errors, []);
  assert.ok(site.batches.length > 0, "a batch was sent");
  return { requests: site.requests, violated };
}

test("the core runs as JavaScript under a policy without WebAssembly", async () => {
  const { requests, violated } = await opened(STRICT);
  assert.ok(requests.includes("/unspoken-core.js"));
  assert.ok(!requests.includes("/unspoken.wasm"), "the module is not fetched for nothing");
  // That it asked whether WebAssembly may run is all.
  assert.deepEqual([...new Set(violated)], ["script-src wasm-eval"]);
});

test("with 'wasm-unsafe-eval' the module is taken", async () => {
  const { requests, violated } = await opened(STRICT.replace("'self';", "'self' 'wasm-unsafe-eval';"));
  assert.ok(requests.includes("/unspoken.wasm") && !requests.includes("/unspoken-core.js"));
  assert.deepEqual(violated, []);
});

test("a browser without WebAssembly takes the core as JavaScript", async () => {
  const { requests } = await opened(undefined, () => delete window.WebAssembly);
  assert.ok(requests.includes("/unspoken-core.js") && !requests.includes("/unspoken.wasm"));
});
