/**
 * A visitor whose stored data the browser has removed, as Safari does after seven days, goes on as the
 * same one where the site's own server keeps the id in a cookie; and nobody else gets a cookie.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { launch, ready, visit } from "./support/browser.mjs";
import { startGate } from "./support/gate.mjs";

const CONFIG = {
  machines: "serve",
  flushSeconds: 1,
  cookie: true,
  slots: {
    hero: { swap: "now", rules: [{ id: "halves", test: { variants: ["default", "other"] } }] },
  },
};
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>cookie</title>
<script async src="/unspoken.js" data-config="/unspoken.json" data-endpoint="/v1" data-key="pk_gate"></script>
<body><section data-unspoken="hero" style="height:80px">plain <template data-variant="other">other</template></section>`;

let gate;
let browser;

before(async () => {
  gate = await startGate(PAGE, { serve: ["--cookie"] });
  browser = await launch();
});

beforeEach(() => {
  gate.site.config = CONFIG;
  gate.way = () => undefined;
  gate.asked.length = 0;
});

after(async () => {
  await browser?.close();
  await gate?.close();
});

const who = (page) => page.evaluate(() => window.unspoken.stats().visitor);
const variant = (page) => page.evaluate(() => window.unspoken.decide("hero").variant);
const cookie = async (context) => (await context.cookies()).find(({ name }) => name === "unspoken");
async function until(look, what) {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: not after 30 s`);
}
async function open({ newPage }) {
  const page = await newPage();
  await page.goto(gate.site.origin);
  await ready(page);
  return page;
}
/** What Safari does after seven days: all that scripts have stored is gone, and cookies stay. */
async function forget(page) {
  await page.goto(`${gate.site.origin}/blank`);
  await page.evaluate(async () => {
    localStorage.clear();
    sessionStorage.clear();
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
  });
}
const acknowledged = () => gate.asked.some(({ status }) => status === 204);

test("with the cookie the visitor stays one visitor, and in the same variant", async () => {
  // Several, since half of all strangers would be in the same variant by chance.
  for (let each = 0; each < 6; each++) {
    const visitor = await visit(browser);
    const page = await open(visitor);
    const [id, shown] = [await who(page), await variant(page)];
    const set = await until(() => cookie(visitor.context), "a cookie");
    assert.equal(set.value, id);
    assert.deepEqual([set.path, set.sameSite, set.secure, set.httpOnly], ["/", "Lax", true, false]);
    assert.ok(set.expires > Date.now() / 1000 + 390 * 86_400, "it lasts for 400 days");
    await forget(page);
    const again = await open(visitor);
    assert.equal(await who(again), id);
    assert.equal(await variant(again), shown);
    assert.deepEqual(visitor.errors, []);
    await visitor.context.close();
  }
});

test("without the option nothing is set, and the visitor is a new one", async () => {
  gate.site.config = { ...CONFIG, cookie: false };
  const visitor = await visit(browser);
  const page = await open(visitor);
  const id = await who(page);
  await until(acknowledged, "a batch");
  // On the way out it goes by beacon, which carries cookies and takes them.
  await forget(page);
  await page.waitForTimeout(300);
  assert.equal(await cookie(visitor.context), undefined);
  assert.notEqual(await who(await open(visitor)), id);
  await visitor.context.close();
});

for (const storage of ["session", "memory", "off"]) {
  test(`with storage ${storage} nothing is set and nothing is taken`, async () => {
    const visitor = await visit(browser);
    const stranger = "0123456789abcdef0123456789abcdef";
    await visitor.context.addInitScript((storage) => {
      new MutationObserver(() => {
        const script = document.querySelector("script[data-config]");
        if (script) script.dataset.storage = storage;
      }).observe(document, { childList: true, subtree: true });
    }, storage);
    const page = await open(visitor);
    await until(acknowledged, "a batch");
    await page.goto(`${gate.site.origin}/blank`);
    await page.waitForTimeout(300);
    assert.equal(await cookie(visitor.context), undefined);
    await visitor.context.addCookies([{ name: "unspoken", value: stranger, url: gate.site.origin }]);
    assert.notEqual(await who(await open(visitor)), stranger);
    await visitor.context.close();
  });
}

test("what is no visitor's id is not taken", async () => {
  for (const value of ["", "abc", "g".repeat(32), `${"0".repeat(32)}0`, "ABCDEF".repeat(6).slice(0, 32)]) {
    const visitor = await visit(browser);
    await visitor.context.addCookies([{ name: "unspoken", value, url: gate.site.origin }]);
    const page = await open(visitor);
    const id = await who(page);
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.notEqual(id, value.toLowerCase());
    assert.equal(await page.evaluate(() => window.unspoken.stats().fault), null);
    assert.deepEqual(visitor.errors, []);
    await visitor.context.close();
  }
});

test("erase() removes the cookie, and nothing brings it back until the next page", async () => {
  const visitor = await visit(browser);
  const page = await open(visitor);
  const id = await who(page);
  await until(() => cookie(visitor.context), "a cookie");
  // One batch is on its way while the visitor is forgotten; its answer carries the cookie.
  let go;
  const held = new Promise((resolve) => {
    go = resolve;
  });
  gate.asked.length = 0;
  gate.way = () => held.then(() => undefined);
  await page.evaluate(() => {
    window.unspoken.goal("under-way");
    window.unspoken.flush();
  });
  await until(() => gate.asked.length > 0, "a batch under way");
  const { erased } = await page.evaluate(() => window.unspoken.erase());
  assert.ok(erased.includes("cookie unspoken"), `${erased}`);
  assert.equal(await cookie(visitor.context), undefined);
  go();
  await until(acknowledged, "its answer");
  await until(async () => !(await cookie(visitor.context)), "no cookie");
  gate.asked.length = 0;
  await page.evaluate(() => {
    window.unspoken.goal("stranger");
    window.unspoken.flush();
  });
  await until(acknowledged, "a batch of the stranger");
  assert.ok(gate.asked.every(({ url }) => !url.includes("cookie=1")));
  await page.goto(`${gate.site.origin}/blank`);
  await page.waitForTimeout(300);
  assert.equal(await cookie(visitor.context), undefined);
  assert.notEqual(await who(await open(visitor)), id);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});
