/**
 * The vectors of `POST /v1/decide`, answered by the module of `unspoken/node` and by what ships to pages,
 * in Chromium; collector/tests/http/decide.rs has the collector answer the same. What holds of all three
 * is that a profile gets one decision, whatever channel asks.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { at } from "../../scripts/lib/paths.mjs";
import { ARGS, EXECUTABLE, visit as open } from "./support/browser.mjs";

const { createCore } = await import(at("dist/node.js"));
const { config, visits } = JSON.parse(readFileSync(at("tests/vectors/decide.json"), "utf8"));
const ORIGIN = "http://shop.test";

let browser;

before(async () => {
  // navigator.webdriver is false then: a visitor, not a machine.
  browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: [...ARGS, "--disable-blink-features=AutomationControlled"],
  });
});
after(() => browser?.close());

const decided = (decisions) =>
  Object.fromEntries(decisions.map(({ slot, variant, rule, reason }) => [slot, [variant, rule, reason]]));

/** The browser's clock, chance and storage as a vector has them. */
function pretend({ seed, now, profile }) {
  Object.defineProperty(performance, "timeOrigin", { value: now });
  const draw = Crypto.prototype.getRandomValues;
  Crypto.prototype.getRandomValues = function (array) {
    if (array.byteLength !== 8) return draw.call(this, array);
    new DataView(array.buffer, array.byteOffset).setBigUint64(0, BigInt.asUintN(64, BigInt(seed)), true);
    return array;
  };
  if (profile && location.origin !== "null") localStorage.setItem("unspoken.profile", JSON.stringify(profile));
}

async function inBrowser({ id, profile, attributes, page = {}, language, timeZone, seed, now }) {
  const { context, newPage, errors } = await open(browser, { locale: language, timezoneId: timeZone });
  // Without a profile of their own a visitor's id stands in one all the same.
  const own = profile && (!id || profile.visitor === id) ? profile : id && { visitor: id };
  await context.addInitScript(pretend, { seed, now, profile: own });
  const { kind = "", item = "", tags = [], title = "" } = page;
  const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
  await context.route("**/*", (route) => {
    const { pathname } = new URL(route.request().url());
    const type = types[/\.\w+$/.exec(pathname)?.[0]];
    if (type) return route.fulfill({ contentType: type, body: readFileSync(at(`dist${pathname}`)) });
    const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<body data-unspoken-page="${kind}" data-unspoken-item="${item}" data-unspoken-tags="${tags.join(" ")}">`;
    return route.fulfill({ contentType: "text/html", body });
  });
  const tab = await newPage();
  await tab.goto(ORIGIN + page.path);
  const answer = await tab.evaluate(
    async ([config, attributes]) => {
      const { init } = await import("/index.js");
      const unspoken = await init({ config, attributes });
      return { slots: unspoken.slots(), fault: unspoken.stats().fault };
    },
    [config, attributes ?? {}],
  );
  await context.close();
  assert.equal(answer.fault, null);
  assert.deepEqual(errors, []);
  return answer.slots;
}

test("unspoken/node decides as the vectors say", async () => {
  const core = await createCore({ config });
  assert.deepEqual(core.mistakes, []);
  assert.ok(visits.length >= 20);
  const seen = {};
  for (const { name, asked, expected } of visits) {
    const decisions = core.visit(asked).slots();
    assert.deepEqual(decided(decisions), expected, name);
    for (const { slot, variant } of decisions) (seen[slot] ??= new Set()).add(variant);
  }
  // Vectors that all came to the same would compare nothing.
  for (const [slot, variants] of Object.entries(seen)) assert.ok(variants.size > 1, `${slot}: only ${[...variants]}`);
});

test("a browser decides as the vectors say", async () => {
  for (const { name, asked, expected } of visits) assert.deepEqual(decided(await inBrowser(asked)), expected, name);
});
