/**
 * The inspector over the real SDK in real Chromium: how it comes and when it does not, by keyboard alone,
 * what it forces, what it remembers of the last minute, what it exports, and what a screen reader is told.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, ready, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'";

const PAGE = (debug) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
  <meta http-equiv="Content-Security-Policy" content="${CSP}">
  <link rel="icon" href="data:,">
  <script async src="/unspoken.js" data-config="/unspoken.json" data-endpoint="/v1" data-key="k"${debug}></script>
  <h1>A page</h1>
  <section data-unspoken="hero"><p>As it was written.</p>
    <template data-variant="help"><p>Here is help.</p></template>
    <template data-variant="unused"><p>No rule shows this.</p></template></section>
  <p><button id="buy" type="button">Buy</button></p></html>`;

const CONFIG = {
  machines: "serve",
  flushSeconds: 1,
  slots: {
    hero: {
      swap: "now",
      rules: [
        { id: "asked", when: { "profile.fact.stuck": true, "device.width": { $gte: 9000 } }, show: "unused" },
        { id: "stuck", when: { "profile.fact.stuck": true }, show: "help" },
      ],
    },
    elsewhere: { rules: [] },
  },
  goals: { buy: { click: "#buy" } },
};

/** Every text's contrast with what lies behind it, where that is below 4.5 to 1. Runs in the page. */
function faint() {
  const rgba = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((it) =>
      it / 255 <= 0.03928 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const found = [];
  for (const element of document.querySelector("unspoken-inspector").shadowRoot.querySelectorAll("*")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
    if (!text.length || !element.checkVisibility({ visibilityProperty: true }) || element.localName === "style")
      continue;
    let behind = element;
    while (behind && (rgba(getComputedStyle(behind).backgroundColor)[3] ?? 1) < 1) behind = behind.parentElement;
    if (!behind) continue;
    const [a, b] = [
      light(rgba(getComputedStyle(element).color)),
      light(rgba(getComputedStyle(behind).backgroundColor)),
    ];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${text[0].data.trim()}: ${ratio.toFixed(2)}`);
  }
  return found;
}

describe("inspector", () => {
  let site;
  let browser;
  let visitor;
  let page;
  let requests;

  before(async () => {
    site = await startSite(PAGE(" data-debug"));
    site.config = CONFIG;
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    await come();
  });
  afterEach(async () => {
    const violations = await page.evaluate(() => window.violations);
    // A shift without a node is one in the inspector's own shadow root, where text changes under the eye.
    const errors = visitor.errors.filter((error) => !/^layout shift .*: $/.test(error));
    assert.deepEqual([errors, violations], [[], []]);
    await visitor.context.close();
  });

  async function come(options) {
    await visitor?.context.close();
    visitor = await visit(browser, options);
    await visitor.context.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective }) =>
        window.violations.push(violatedDirective),
      );
    });
    page = await visitor.newPage();
    requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  }
  const dialog = () => page.getByRole("dialog", { name: "Unspoken" });
  async function open(search = "?unspoken") {
    await page.goto(`${site.origin}/${search}`);
    await ready(page);
    await dialog().getByText("Reading this page").waitFor();
  }
  const stands = (variant) =>
    page.waitForFunction(
      (wanted) => (document.querySelector("[data-unspoken=hero]").dataset.unspokenShown ?? "default") === wanted,
      variant,
    );
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
      return element.getAttribute("aria-label") || element.id || element.textContent.trim() || element.localName;
    });
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };

  test("comes with ?unspoken in a debug page, comes back on the tab's next page, and not without either", async () => {
    await page.goto(`${site.origin}/`);
    await ready(page);
    await page.waitForTimeout(200);
    assert.ok(!requests.includes("/inspector.js"), String(requests));
    await open();
    assert.equal(requests.filter((path) => path === "/inspector.js").length, 1);
    await open("");
    await press("Alt+Shift+KeyU");
    await dialog().waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Inspect" }).waitFor();
  });

  test("a production page never asks for it, and no byte of it is in what such a page loads", async () => {
    const production = await startSite(PAGE(""));
    try {
      production.config = CONFIG;
      await page.goto(`${production.origin}/?unspoken`);
      await ready(page);
      await page.waitForTimeout(300);
      assert.deepEqual(
        requests.filter((path) => path.startsWith("/inspector")),
        [],
      );
      assert.equal(await page.locator("unspoken-inspector").count(), 0);
    } finally {
      await production.close();
    }
    for (const file of ["unspoken.js", "index.js"]) {
      const text = readFileSync(at("dist", file), "utf8");
      for (const mark of ["unspoken-inspector", "tablist", "Looking back"])
        assert.ok(!text.includes(mark), `${file} holds ${mark}`);
    }
    assert.ok(
      readFileSync(at("dist/inspector.js"), "utf8").includes("tablist"),
      "the marks are those of the inspector",
    );
  });

  test("by keyboard alone: in, through its parts, a variant forced and let go, and out again", async () => {
    await page.goto(`${site.origin}/?unspoken`);
    await dialog().getByText("Reading this page").waitFor();
    await press("Alt+Shift+KeyU");
    await dialog().waitFor({ state: "hidden" });
    await page.focus("#buy");
    await press("Alt+Shift+KeyU", "Tab");
    assert.equal(await focused(), "Size of the inspector");
    const width = async () => Number(await page.getByRole("separator").getAttribute("aria-valuenow"));
    const before = await width();
    await press("ArrowLeft");
    assert.ok((await width()) > before);
    await press("Tab");
    assert.equal(await focused(), "Close the inspector");
    await press("Tab");
    assert.equal(await focused(), "tab-slots");
    await press("ArrowLeft");
    assert.equal(await focused(), "tab-cost");
    await press("Home", "ArrowRight");
    assert.equal(await focused(), "tab-forecasts");
    await dialog().getByRole("tabpanel", { name: "Forecasts" }).waitFor();
    // One stop for all tabs; then the part itself, and what is in it.
    await press("ArrowLeft", "Tab", "Tab");
    assert.match(await focused(), /^hero/);
    await press("Enter", "Tab");
    assert.equal(await focused(), "input", "the variant that is chosen");
    await press("ArrowDown", "ArrowDown", "ArrowDown");
    await stands("help");
    await press("ArrowUp", "ArrowUp", "ArrowUp");
    await stands("default");
    assert.equal(
      (await page.evaluate(() => window.unspoken.decide("hero"))).reason,
      "No rule holds, so the default stays.",
    );
    await press("Escape");
    await dialog().waitFor({ state: "hidden" });
    assert.equal(await focused(), "buy");
  });

  test("forces any variant of the page, marks the slot on it, and leaves no exposure", async () => {
    await open();
    const html = () => page.evaluate(() => document.querySelector("[data-unspoken=hero]").outerHTML);
    const before = await html();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    const box = await page.locator("[data-unspoken=hero]").boundingBox();
    const frame = () =>
      page.evaluate(() => {
        const frame = document.querySelector("unspoken-inspector").shadowRoot.querySelector(".frame");
        const { x, y, width, height } = frame.getBoundingClientRect();
        return { x, y, width, height };
      });
    await page.waitForFunction(() => document.querySelector("unspoken-inspector").shadowRoot.querySelector(".frame"));
    assert.deepEqual(await frame(), box);
    assert.equal(await html(), before, "nothing of the document is touched");
    await page.evaluate(() => {
      window.seen = [];
      window.unspoken.on("exposure", (exposure) => window.seen.push(exposure.variant));
      window.unspoken.fact("stuck", true);
    });
    await stands("help");
    await dialog().getByRole("radio", { name: "unused" }).check();
    await stands("unused");
    await page.getByText("No rule shows this.").waitFor();
    const { rule, reason } = await page.evaluate(() => window.unspoken.decide("hero"));
    assert.deepEqual([rule, reason.split(",")[0]], [null, "Forced to show unused"]);
    // Rules are tried anew at each fact, and change nothing here.
    await page.evaluate(() => window.unspoken.fact("stuck", false));
    await page.waitForTimeout(1300);
    await stands("unused");
    assert.ok(!(await page.evaluate(() => window.seen)).includes("unused"));
    await dialog().getByRole("button", { name: "Let all go" }).click();
    await stands("default");
    assert.equal(await html(), before);
    // What is not there is told, and nothing is forced.
    await page.evaluate(() => {
      window.unspoken.force("nobody", "help");
      window.unspoken.force("hero", "typo");
    });
    await dialog().getByRole("tab", { name: "Log" }).click();
    await dialog().getByText("force: the config has no slot nobody").last().waitFor();
    await dialog()
      .getByText(/slot hero has no .*typo/)
      .last()
      .waitFor();
    await stands("default");
    await dialog().getByRole("tab", { name: "Slots" }).click();
    await dialog().getByRole("radio", { name: "help" }).check();
    await stands("help");
    await page.reload();
    await ready(page);
    await stands("default");
  });

  test("each condition of a slot, with the value that it reads now", async () => {
    await open();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    const rows = (rule) =>
      dialog()
        .getByRole("table", { name: `Conditions of ${rule}` })
        .locator("tbody tr")
        .allInnerTexts();
    const said = async (rule) => (await rows(rule)).map((row) => row.replace(/\s+/g, " ").trim());
    assert.deepEqual(await said("asked"), ["no profile.fact.stuck is true nothing", "no device.width ≥ 9000 1280"]);
    await page.evaluate(() => window.unspoken.fact("stuck", true));
    await dialog().getByText("decides", { exact: true }).waitFor();
    assert.deepEqual(await said("asked"), ["yes profile.fact.stuck is true true", "no device.width ≥ 9000 1280"]);
    assert.deepEqual(await said("stuck"), ["yes profile.fact.stuck is true true"]);
  });

  test("goes back through the last minute: what was forecast, decided and shown then", async () => {
    await open();
    await page.mouse.move(100, 100);
    await page.mouse.move(300, 200, { steps: 5 });
    await page.waitForTimeout(600);
    await page.evaluate(() => window.unspoken.fact("stuck", true));
    await stands("help");
    const hero = dialog().getByRole("button", { name: /^hero/ });
    await dialog()
      .getByRole("button", { name: /hero help/ })
      .waitFor();
    await page.click("#buy");
    const slider = dialog().getByRole("slider", { name: "Moment of the last minute" });
    // Back over the goal to the decision, one happening at a time.
    const earlier = dialog().getByRole("button", { name: "The happening before" });
    for (let step = 0; step < 12; step++) {
      await earlier.click();
      if ((await dialog().locator(".event").textContent()).includes("hero is to show help")) break;
    }
    assert.match(await dialog().locator(".event").textContent(), /hero is to show help/);
    await dialog().getByText("Looking back").waitFor();
    assert.match(await hero.textContent(), /help/);
    assert.match(await slider.getAttribute("aria-valuetext"), /^[\d.]+ seconds back, /);
    await slider.focus();
    await press("ArrowLeft", "ArrowLeft");
    await dialog()
      .getByRole("button", { name: /hero default/ })
      .waitFor();
    await hero.click();
    await dialog()
      .getByText(/^Decided [\d.]+ s before that moment/)
      .waitFor();
    assert.ok(await dialog().getByRole("radio", { name: "help" }).isDisabled(), "the past is not forced");
    assert.equal(await page.evaluate(() => window.unspoken.decide("hero").variant), "help", "the page is as it is");
    await press("Escape");
    await dialog().getByText("Reading this page").waitFor();
    await dialog()
      .getByRole("button", { name: /hero help/ })
      .waitFor();
    assert.equal(await slider.inputValue(), "0");
  });

  test("says what it costs, as the SDK counts it, and what became of the last batch", async () => {
    await open();
    await page.evaluate(() => window.unspoken.fact("stuck", true));
    await stands("help");
    await dialog().getByRole("tab", { name: "Cost" }).click();
    await dialog()
      .getByText(/^Last batch: .* by fetch, accepted\.$/)
      .waitFor();
    const { milliseconds, swaps, bytesSent } = await page.evaluate(() => window.unspoken.stats());
    assert.ok(milliseconds > 0 && milliseconds < 5_000, `${milliseconds}`);
    assert.ok(swaps.count >= 1 && swaps.p50 > 0 && swaps.p50 <= swaps.p95, JSON.stringify(swaps));
    assert.ok(bytesSent > 0, `${bytesSent}`);
    // The figures are written anew once a second; the numbers above are of this very moment.
    const figure = async (name, says) => {
      const its = dialog().locator(".figure", { has: page.getByText(name, { exact: true }) });
      await its.filter({ hasText: says }).waitFor();
    };
    await figure("Main thread", /\d ms[\s\S]*ms a second now/);
    await figure("Event to swap", /\d ms[\s\S]*95 % below [\d.]+ ms, of \d/);
    await figure("Sent", /\d (B|KB)[\s\S]*in \d+ batch/);
  });

  test("exports a trace that replays what was forced, with its size and the page's level", async () => {
    await open();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    await dialog().getByRole("radio", { name: "help" }).check();
    await stands("help");
    await dialog().getByRole("button", { name: "Record a trace" }).click();
    await stands("help");
    await page.mouse.move(200, 300, { steps: 8 });
    await dialog().getByRole("button", { name: /^Stop/ }).click();
    await dialog()
      .getByText(/^Trace: [\d.]+ KB, \d+ lines, page at level events\.$/)
      .waitFor();
    assert.equal(await focused(), "Save");
    const coming = page.waitForEvent("download");
    await press("Enter");
    const lines = readFileSync(await (await coming).path(), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(lines[0].format, "unspoken-trace/1");
    assert.deepEqual(
      lines.filter(({ type }) => type === "force").map(({ slot, variant }) => [slot, variant]),
      [["hero", "help"]],
    );
    assert.ok(lines.some(({ type }) => type === "move"));
    assert.equal(lines.at(-1).type, "end");
  });

  test("new decisions are said politely, and what is kept goes with erase()", async () => {
    await open();
    await page.evaluate(() => window.unspoken.fact("stuck", true));
    await dialog().locator('[aria-live="polite"]', { hasText: "hero: help, by stuck." }).waitFor({ state: "attached" });
    assert.ok(await page.evaluate(() => sessionStorage.getItem("unspoken.inspector")));
    await dialog().getByRole("button", { name: "Erase" }).click();
    await dialog().getByRole("group", { name: "Erase this visitor" }).getByRole("button", { name: "Erase" }).click();
    await dialog()
      .getByText(/^Erased: .*unspoken\.inspector/)
      .waitFor();
    await dialog().getByRole("tab", { name: "Log" }).click();
    assert.equal(await page.evaluate(() => sessionStorage.getItem("unspoken.inspector")), null);
  });

  test("a screen reader is told a name and a role for everything that can be used", async () => {
    await open();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    const devtools = await visitor.context.newCDPSession(page);
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    const seen = nodes
      .filter((node) => !node.ignored)
      .map(({ role, name, properties = [] }) => ({
        role: role.value,
        name: name?.value ?? "",
        focusable: properties.some((property) => property.name === "focusable" && property.value.value),
      }));
    const nameless = seen.filter(({ role, name, focusable }) => focusable && !name && role !== "RootWebArea");
    assert.deepEqual(nameless, []);
    const has = (role, name) =>
      assert.ok(
        seen.some((node) => node.role === role && node.name.startsWith(name)),
        `no ${role} “${name}”`,
      );
    has("dialog", "Unspoken");
    has("tablist", "Parts of the inspector");
    for (const name of ["Slots", "Forecasts", "Log", "Cost"]) has("tab", name);
    has("tabpanel", "Slots");
    has("radio", "As decided");
    has("group", "Show");
    has("table", "Conditions of stuck");
    has("slider", "Moment of the last minute");
    has("separator", "Size of the inspector");
    const ids = await page.evaluate(() => {
      const root = document.querySelector("unspoken-inspector").shadowRoot;
      const named = [...root.querySelectorAll("[aria-labelledby],[aria-controls]")];
      return named
        .filter((it) => !root.getElementById(it.getAttribute("aria-labelledby") ?? it.getAttribute("aria-controls")))
        .map((it) => it.outerHTML);
    });
    assert.deepEqual(ids, []);
  });

  for (const colorScheme of ["light", "dark"]) {
    test(`every text is readable, ${colorScheme}`, async () => {
      await come({ colorScheme });
      await open();
      await dialog().getByRole("button", { name: /^hero/ }).click();
      await dialog().getByRole("radio", { name: "help" }).check();
      await stands("help");
      await page.click("#buy");
      for (const tab of ["Slots", "Forecasts", "Log", "Cost"]) {
        await dialog().getByRole("tab", { name: tab }).click();
        assert.deepEqual(await page.evaluate(faint), [], tab);
      }
    });
  }

  test("on a phone it is a sheet that fits, and its height can be changed", async () => {
    await come({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await open();
    await dialog().getByRole("button", { name: /^hero/ }).click();
    for (const tab of ["Slots", "Forecasts", "Log", "Cost"]) {
      await dialog().getByRole("tab", { name: tab }).click();
      const over = await page.evaluate(() => {
        const root = document.querySelector("unspoken-inspector").shadowRoot;
        const wide = [...root.querySelectorAll(".panel *")].filter(
          (it) => it.checkVisibility() && it.getBoundingClientRect().right > 391,
        );
        return [document.documentElement.scrollWidth, wide.map((it) => it.outerHTML.slice(0, 80))];
      });
      assert.deepEqual(over, [390, []], tab);
    }
    const edge = page.getByRole("separator");
    assert.equal(await edge.getAttribute("aria-orientation"), "horizontal");
    const { y } = await dialog().boundingBox();
    await edge.focus();
    await press("ArrowUp");
    assert.ok((await dialog().boundingBox()).y < y);
  });
});
