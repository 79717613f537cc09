/**
 * examples/edge in workerd: the page streams through with the variant in its place, and Chromium goes on
 * from there without a change.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, ready, visit } from "./support/browser.mjs";
import { absent as absentLines, blocks } from "./support/docs.mjs";
import { installed } from "./support/installed.mjs";
import { absent, startWorkerd } from "./support/workerd.mjs";

let example;
let worker;
let browser;

before(async () => {
  if (absent) return;
  example = installed("edge");
  execFileSync(process.execPath, ["build.mjs"], { cwd: example.folder });
  worker = await startWorkerd(example.folder);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await worker?.stop();
  example?.remove();
});

const get = (path, headers = {}) => fetch(worker.origin + path, { headers });
const stateIn = (html) =>
  JSON.parse(/<script type="application\/json" data-unspoken-state>(.*?)<\/script>/.exec(html)[1]);

test("the page leaves the worker with what was decided, whole and for one visitor", { skip: absent }, async () => {
  const response = await get("/?campaign=ferry");
  const html = await response.text();
  assert.equal(response.headers.get("cache-control"), "private, no-store");
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(
    html,
    /<header data-unspoken="hero" data-unspoken-shown="ferry"><h1>The last ferry leaves at nine<\/h1><p>[^<]+<\/p><template data-variant="default"><h1>The harbour today<\/h1><p>Tides, ferries and who is in\.<\/p><\/template><template data-variant="ferry">/,
  );
  assert.ok(html.trimEnd().endsWith("</html>"));
  const state = stateIn(html);
  const visitor = /visitor=([0-9a-f]{32});/.exec(response.headers.get("set-cookie"))[1];
  assert.equal(state.profile.visitor, visitor);
  assert.deepEqual(state.shown, { hero: "ferry" });
  assert.deepEqual(state.attributes, { campaign: "ferry" });
});

test("who comes back gets the same variant, and both have their half", { skip: absent }, async () => {
  const variants = [];
  for (let count = 0; count < 24; count++) {
    const first = await get("/");
    const [Cookie] = first.headers.get("set-cookie").split(";");
    const { shown } = stateIn(await first.text());
    assert.deepEqual(stateIn(await (await get("/", { Cookie })).text()).shown, shown);
    variants.push(shown.hero ?? "default");
  }
  assert.deepEqual([...new Set(variants)].sort(), ["default", "market"]);
});

for (const [path, variant] of [
  ["/?campaign=ferry", "ferry"],
  ["/", undefined],
]) {
  test(`the browser goes on from what the worker sent for ${path}`, { skip: absent }, async () => {
    const { newPage, errors, context } = await visit(browser);
    await context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
      window.changes = [];
      document.addEventListener("DOMContentLoaded", () => {
        const slot = document.querySelector("[data-unspoken=hero]");
        new MutationObserver((list) => window.changes.push(...list.map(({ type }) => type))).observe(slot, {
          childList: true,
          subtree: true,
          attributes: true,
        });
      });
    });
    const page = await newPage();
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(worker.origin + path);
    await ready(page);
    await page.waitForFunction(() => window.unspoken.decide("hero").seen, null, { timeout: 10_000 });
    const { visitor, decision, heading, changes, sent } = await page.evaluate(() => ({
      visitor: window.unspoken.stats().visitor,
      decision: window.unspoken.decide("hero"),
      heading: document.querySelector("h1").textContent,
      changes: window.changes,
      sent: JSON.parse(document.querySelector("[data-unspoken-state]").textContent),
    }));
    assert.equal(visitor, sent.profile.visitor);
    assert.equal(decision.variant, sent.shown.hero ?? "default");
    if (variant) assert.equal(decision.variant, variant);
    assert.equal(decision.shown, decision.variant);
    const headings = { ferry: "The last ferry leaves at nine", market: "Fish market, six to ten" };
    assert.equal(heading, headings[decision.variant] ?? "The harbour today");
    assert.deepEqual(changes, [], "the slot was not touched");
    assert.deepEqual(errors, []);
    // It can leave, and the default that the worker put away comes back.
    const left = await page.evaluate(() => {
      window.unspoken.dispose();
      const slot = document.querySelector("[data-unspoken=hero]");
      return [slot.querySelector("h1").textContent, slot.dataset.unspokenShown];
    });
    assert.deepEqual(left, ["The harbour today", undefined]);
    await context.close();
  });
}

test("the worker said nothing of a fault", { skip: absent }, () => assert.deepEqual(worker.said.join(""), ""));

test("docs/server.md says of the edge what the example does", () => {
  const edge = blocks("server.md").find((block) => block.includes("unspoken-node.wasm"));
  const lines = edge.split("\n").filter((line) => line !== "");
  assert.ok(lines.length > 4);
  assert.deepEqual(absentLines(lines, at("examples/edge/worker.mjs")), []);
});
