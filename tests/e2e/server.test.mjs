/**
 * The core on a server, as it ships: in Node it decides what the browser decides at the beginning of a
 * page view, and the browser goes on from what it was handed.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";
import { at } from "../../scripts/lib/paths.mjs";
import { ARGS, EXECUTABLE, visit as open } from "./support/browser.mjs";
import { blocks } from "./support/docs.mjs";
import { ELSEWHERE, SECTIONS } from "./support/growthbook.mjs";
import { emptySite } from "./support/installed.mjs";

const { createCore } = await import(at("dist/node.js"));
const vectors = JSON.parse(readFileSync(at("tests/vectors/opening.json"), "utf8"));
const { config, device, language, timeZone, now } = vectors;
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

const whatWasDecided = (decisions) =>
  Object.values(decisions).map(({ slot, variant, rule, by, reason }) => ({ slot, variant, rule, by, reason }));

/** A site that answers every path with `html`, and the built scripts. */
async function serve(context, html) {
  const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
  await context.route("**/*", (route) => {
    const { pathname } = new URL(route.request().url());
    const type = types[/\.\w+$/.exec(pathname)?.[0]];
    if (type) return route.fulfill({ contentType: type, body: readFileSync(at(`dist${pathname}`)) });
    return route.fulfill({ contentType: "text/html", body: typeof html === "function" ? html(pathname) : html });
  });
}

/** The browser's clock, chance and storage as a vector has them. */
function pretend({ seed, now, profile }) {
  Object.defineProperty(performance, "timeOrigin", { value: now });
  const draw = Crypto.prototype.getRandomValues;
  Crypto.prototype.getRandomValues = function (array) {
    if (array.byteLength !== 8) return draw.call(this, array);
    new DataView(array.buffer, array.byteOffset).setBigUint64(0, BigInt(seed), true);
    return array;
  };
  if (profile) localStorage.setItem("unspoken.profile", JSON.stringify(profile));
}

async function inBrowser({ attributes, page = {}, ...more }) {
  const { context, newPage } = await open(browser, { locale: language, timezoneId: timeZone });
  await context.addInitScript(pretend, { ...more, now });
  const { kind = "", item = "", tags = [] } = page;
  await serve(
    context,
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${page.title ?? ""}</title>
<body data-unspoken-page="${kind}" data-unspoken-item="${item}" data-unspoken-tags="${tags.join(" ")}">`,
  );
  const tab = await newPage();
  await tab.goto(ORIGIN + page.path);
  const answer = await tab.evaluate(
    async ([config, attributes]) => {
      const { init } = await import("/index.js");
      const unspoken = await init({ config, attributes });
      const features = Object.keys(config.features).map((key) => [key, unspoken.feature(key)]);
      return { slots: unspoken.slots(), features: Object.fromEntries(features), fault: unspoken.stats().fault };
    },
    [config, attributes ?? {}],
  );
  await context.close();
  return answer;
}

/** Without a profile of their own a visitor's id stands in one all the same. */
const profileOf = ({ id, profile }) => profile ?? (id && { visitor: id });

test("a server decides what the browser decides, by the same vectors", async () => {
  const core = await createCore({ config });
  assert.deepEqual(core.mistakes, []);
  const seen = {};
  for (const { name, id, profile, seed, page, attributes, expected } of vectors.visits) {
    const init = { id, profile, seed, attributes, device, language, timeZone, now };
    const visit = core.visit({ ...init, page: { ...page, url: ORIGIN + page.path } });
    const answer = await inBrowser({ seed, page, attributes, profile: profileOf({ id, profile }) });
    assert.equal(answer.fault, null);
    assert.deepEqual(whatWasDecided(visit.decisions), whatWasDecided(answer.slots), name);
    assert.deepEqual(visit.features(), Object.fromEntries(Object.entries(answer.features).sort()), name);
    for (const { slot, variant } of visit.slots())
      assert.equal(variant, expected[slot] ?? "default", `${name}: ${slot}`);
    for (const { slot, variant } of visit.slots()) (seen[slot] ??= new Set()).add(variant);
  }
  // Vectors that all came to the same would compare nothing.
  for (const slot of ["rules", "past", "split", "learned", "limited", "popup", "checkout-button"])
    assert.ok(seen[slot].size > 1, `${slot}: only ${[...seen[slot]]}`);
});

test("GrowthBook's cases come out on the server as in the page", async () => {
  let asked = 0;
  for (const [section, list] of Object.entries(JSON.parse(readFileSync(at("tests/vectors/deciding.json"), "utf8")))) {
    if (!Array.isArray(list) || ELSEWHERE.includes(section) || section === "stickyBucket") continue;
    for (const each of list) {
      const { options, feature, run, pick = (result) => result, expected, unsayable } = SECTIONS[section](each);
      if (unsayable) continue;
      const core = await createCore({ config: options.config });
      const visit = core.visit({ attributes: options.attributes, overrides: options.overrides });
      const got = pick(feature === undefined ? visit.run(run) : visit.feature(feature));
      assert.ok(isDeepStrictEqual(got, expected), `${section} ${JSON.stringify(each)}: ${JSON.stringify(got)}`);
      core.dispose();
      asked++;
    }
  }
  assert.ok(asked >= 60, `${asked} cases`);
});

test("the same input gives the same answer, whoever asked in between", async () => {
  const core = await createCore({ config });
  const [first] = vectors.visits;
  const begin = (more) => core.visit({ id: first.id, seed: 7, now, page: { path: "/" }, ...more });
  const visit = begin();
  const other = begin({ id: "f".repeat(32), seed: 8, attributes: { plan: "pro" } });
  assert.equal(visit.feature("new-checkout").value, false);
  assert.equal(other.feature("new-checkout").value, true);
  assert.equal(visit.explain("rules").attributes["plan"], null);
  assert.equal(other.explain("rules").attributes["plan"], "pro");
  assert.deepEqual(visit.state(), begin().state());
  assert.notEqual(visit.visitor, other.visitor);
  assert.notEqual(core.visit().visitor, core.visit().visitor, "without a seed and an id everybody is another");
  assert.deepEqual(core.decide({ id: first.id, seed: 7, now, page: { path: "/" } }), visit.decisions);
});

test("a trap in one visit harms no other, and ends nothing", async () => {
  const core = await createCore({ config });
  const second = await createCore({ config: { slots: { a: { rules: [{ id: "r", show: "x" }] } } } });
  const mute = console.error;
  const told = [];
  console.error = (...words) => told.push(words.join(" "));
  const before = core.visit({ seed: 1, now, id: vectors.visits[0].id });
  // More than the module's 32 MiB of memory.
  const stopped = before.explain("x".repeat(40e6));
  console.error = mute;
  assert.equal(stopped.variant, "default");
  assert.equal(told.length, 1);
  assert.match(told[0], /the core stopped/);
  assert.equal(second.visit().decide("a").variant, "x");
  assert.deepEqual(core.visit({ seed: 1, now, id: vectors.visits[0].id }).state(), before.state());
  assert.equal(before.explain("split").slot, "split", "asked again it is opened again");
});

test("what cannot work is said, with the mend", async () => {
  await assert.rejects(createCore({}), /`config` is the content of unspoken.json/);
  await assert.rejects(createCore({ config: "/unspoken.json" }), /read and parse it first/);
  const core = await createCore({
    config: { slots: { a: { rules: [{ id: "r", when: { x: { $near: 1 } }, show: "y" }] } } },
  });
  assert.equal(core.mistakes.length, 1);
  assert.match(core.mistakes[0], /^slots\.a\.rules\[0\]\.when\.x\.\$near: /);
  const visit = core.visit({
    profile: "{",
    page: { url: "not an address", referrer: "nor this" },
    now: "soon",
    seed: 1.5,
  });
  assert.equal(visit.decide("a").variant, "default");
  assert.equal(visit.decide("nobody").reason, "The default stands: there is no such slot.");
  assert.match(visit.visitor, /^[0-9a-f]{32}$/);
});

const HANDED = {
  slots: {
    hero: { rules: [{ id: "learned", learn: { variants: ["default", "guide", "offer"], goal: "order" } }] },
    first: { swap: "now", rules: [{ id: "one", when: { "session.pages": { $lte: 1 } }, show: "hello" }] },
    plan: { swap: "now", rules: [{ id: "pro", when: { plan: { $regex: "pro" } }, show: "team" }] },
  },
};
const VARIANTS = {
  hero: { default: "<p>plain", guide: "<p>guide", offer: "<p>offer" },
  first: { default: "<p>plain", hello: "<p>hello" },
  plan: { default: "<p>plain", team: "<p>team" },
};
const EVIL = `pro</script><script>window.hacked = 1</script><!--<script>\u2028"'&`;

/** A page as a server renders it, and what became of it in the browser once its slots were seen. */
async function handed(visit, { at = (state) => state } = {}) {
  const { context, newPage, errors } = await open(browser);
  const script = visit.script().replace(/"at":\d+/, (own) => at(own));
  const slots = Object.entries(VARIANTS).map(([name, variants]) => visit.slot(name, variants, { as: "section" }));
  await serve(
    context,
    (path) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>handed</title>
<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'">
${path === "/" ? script : ""}<script async src="/unspoken.js" data-config="/config"></script></head>
<body>${slots.join("")}</body></html>`,
  );
  await context.route("**/config", (route) => route.fulfill({ json: HANDED }));
  await context.addInitScript(() => {
    window.changes = [];
    window.exposures = [];
    document.addEventListener("unspoken:ready", ({ detail }) => {
      detail.on("exposure", (exposure) => window.exposures.push(exposure));
    });
    document.addEventListener("DOMContentLoaded", () => {
      for (const slot of document.querySelectorAll("[data-unspoken]"))
        new MutationObserver((list) =>
          window.changes.push(...list.map(({ type }) => `${slot.dataset.unspoken} ${type}`)),
        ).observe(slot, { childList: true, subtree: true, attributes: true, characterData: true });
    });
  });
  const page = await newPage();
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => window.exposures.length >= 3, null, { timeout: 10_000 });
  const read = () => ({
    changes: window.changes,
    exposures: window.exposures,
    visitor: window.unspoken.stats().visitor,
    hacked: window.hacked,
    decisions: Object.fromEntries(window.unspoken.slots().map(({ slot, variant }) => [slot, variant])),
    text: Object.fromEntries(
      [...document.querySelectorAll("[data-unspoken]")].map((slot) => [slot.dataset.unspoken, slot.innerText.trim()]),
    ),
    plan: window.unspoken.explain("plan").attributes.plan,
  });
  // What explains is a part of the core that comes when it is asked for.
  await page.waitForFunction(() => "plan" in window.unspoken.explain("plan").attributes);
  const first = await page.evaluate(read);
  return { first, page, read, errors, close: () => context.close() };
}

test("the browser goes on from what the server rendered: nothing moves, and what stands is exposed", async () => {
  const core = await createCore({ config: HANDED });
  const variants = new Set();
  for (let seed = 1; variants.size < 3 && seed < 30; seed++) {
    const visit = core.visit({ seed, page: { path: "/" }, attributes: { plan: EVIL } });
    if (variants.has(visit.decide("hero").variant)) continue;
    variants.add(visit.decide("hero").variant);
    const { first, page, read, errors, close } = await handed(visit);
    assert.equal(first.visitor, visit.visitor);
    assert.equal(first.hacked, undefined);
    assert.equal(first.plan, EVIL, "what was told arrives as it was");
    const decided = Object.fromEntries(visit.slots().map(({ slot, variant }) => [slot, variant]));
    assert.deepEqual(first.decisions, decided);
    const shown = (name) => (visit.shown[name] ?? "plain").replace("default", "plain");
    assert.deepEqual(first.text, { hero: shown("hero"), first: "hello", plan: "team" });
    assert.deepEqual(first.changes, [], "no slot was touched");
    const told = first.exposures.map(({ slot, variant, by }) => [slot, variant, by]).sort();
    const [by] = visit.decisions.hero.by === "learn" ? ["learn"] : [null];
    assert.deepEqual(told, [
      ["first", "hello", "show"],
      ["hero", decided.hero, by],
      ["plan", "team", "show"],
    ]);
    // The next page has no state in it: the browser knows by itself, and the arm stands.
    await page.goto(`${ORIGIN}/next`);
    await page.waitForFunction(() => window.unspoken?.decide?.("hero").rule === "learned");
    const next = await page.evaluate(read);
    assert.equal(next.visitor, visit.visitor);
    assert.equal(next.decisions.hero, decided.hero);
    assert.equal(next.decisions.first, "default", "it is the second page of the session");
    assert.deepEqual(errors, []);
    await close();
  }
  assert.equal(variants.size, 3, "every variant was rendered once");
});

test("a slot's markup: what stands, what may come, and nothing that breaks out", async () => {
  const core = await createCore({
    config: { slots: { 'a"><b': { rules: [{ id: "r", when: { on: true }, show: "x" }] } } },
  });
  const variants = { default: "<p>plain</p>", x: "<p>other</p>" };
  const attributes = { class: 'wide "&<', id: "s" };
  const [off, on] = [false, true].map((on) => core.visit({ attributes: { on } }));
  assert.equal(
    off.slot('a"><b', variants, { as: "section", attributes }),
    '<section class="wide &quot;&amp;&lt;" id="s" data-unspoken="a&quot;&gt;&lt;b"><p>plain</p><template data-variant="x"><p>other</p></template></section>',
  );
  assert.equal(
    on.slot('a"><b', variants),
    '<div data-unspoken="a&quot;&gt;&lt;b" data-unspoken-shown="x"><p>other</p><template data-variant="default"><p>plain</p></template><template data-variant="x"><p>other</p></template></div>',
  );
  // A variant that the page does not have is not shown.
  assert.equal(on.slot('a"><b', { default: "plain" }), '<div data-unspoken="a&quot;&gt;&lt;b">plain</div>');
  assert.throws(() => on.slot("a", variants, { as: "div onclick=alert(1)" }), /cannot be the name of an element/);
  assert.throws(() => on.slot("a", variants, { attributes: { 'x="1" y': "" } }), /or an attribute/);
});

test("an old state, from a cache, makes nobody another visitor", async () => {
  const core = await createCore({ config: HANDED });
  const visit = core.visit({ seed: 3, attributes: { plan: "pro" } });
  const { first, close } = await handed(visit, { at: () => `"at":${Date.now() - 11 * 60_000}` });
  assert.notEqual(first.visitor, visit.visitor);
  assert.equal(first.plan, null);
  await close();
});

test("the server of docs/server.md runs as it stands there", async () => {
  const [source] = blocks("server.md");
  const { folder, remove } = emptySite();
  const rules = [{ id: "winter", when: { campaign: "winter" }, show: "help" }];
  writeFileSync(join(folder, "unspoken.json"), JSON.stringify({ slots: { hero: { rules } } }));
  const port = await new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
  assert.match(source, /\.listen\(8080\);$/);
  writeFileSync(join(folder, "server.mjs"), source.replace("8080", port));
  const child = spawn(process.execPath, ["server.mjs"], { cwd: folder, stdio: "inherit" });
  try {
    const address = `http://127.0.0.1:${port}/?campaign=winter`;
    let response;
    for (let left = 100; left > 0 && !response; left--) {
      response = await fetch(address).catch(() => new Promise((done) => setTimeout(done, 100)));
    }
    const html = await response.text();
    assert.match(html, /<section data-unspoken="hero" data-unspoken-shown="help"><h1>Which boots\?<\/h1>/);
    const [Cookie] = response.headers.get("set-cookie").split(";");
    const again = await fetch(address, { headers: { Cookie } });
    assert.equal(again.headers.get("set-cookie").split(";")[0], Cookie);
  } finally {
    child.kill();
    remove();
  }
});
