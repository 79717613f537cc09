/**
 * examples/client-only: one file, opened from the disk. It forecasts, swaps and remembers as any page does,
 * and asks for nothing: neither of the network nor of another file.
 */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { make } from "../../examples/client-only/make.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, visit } from "./support/browser.mjs";

let folder;
let address;
let browser;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "unspoken-one-file-"));
  // Elsewhere, so that nothing beside it could be found by accident.
  await make(at("examples/client-only/index.html"));
  copyFileSync(at("examples/client-only/index.html"), join(folder, "knots.html"));
  address = pathToFileURL(join(folder, "knots.html")).href;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A visitor whose every request, console error and breach of the policy is written down. */
async function open(options) {
  const visitor = await visit(browser, options);
  const told = [];
  const requests = [];
  // A session that a script drives looks automated, and would be shown the defaults.
  await visitor.context.addInitScript(() => {
    Object.defineProperty(navigator, "webdriver", { get: () => false });
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => console.error(violatedDirective));
  });
  const page = await visitor.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => message.type() === "error" && told.push(message.text()));
  const go = async () => {
    await page.goto(address);
    await page.waitForFunction(() => document.querySelector("#requests").textContent !== "…");
  };
  const stands = (slot, variant) =>
    page.waitForFunction(
      ([slot, variant]) =>
        (document.querySelector(`[data-unspoken=${slot}]`).dataset.unspokenShown ?? "default") === variant,
      [slot, variant],
      { timeout: 10_000 },
    );
  const ends = async () => {
    const others = requests.filter((url) => url !== address && !url.startsWith("data:"));
    assert.deepEqual([others, told, visitor.errors], [[], [], []]);
    await visitor.context.close();
  };
  return { page, go, stands, ends };
}

/** Clicks on a drawing, which is nothing to click on. */
async function struggle(page) {
  const { x, y } = await page.locator(".steps svg").first().boundingBox();
  for (let click = 0; click < 6; click++) {
    await page.mouse.click(x + 30 + click, y + 30);
    await page.waitForTimeout(120);
  }
}

const percent = (page, intent) =>
  page.evaluate(
    (intent) => Number.parseInt(document.querySelector(`[data-intent=${intent}] b`).textContent, 10),
    intent,
  );

test("opened from the disk it forecasts, and helps who is in trouble, without one request", async () => {
  const { page, go, stands, ends } = await open();
  await go();
  await stands("aid", "default");
  const before = await percent(page, "struggle");
  await struggle(page);
  await page.getByText("a rabbit comes up out of its hole").waitFor();
  await stands("aid", "words");
  assert.ok((await percent(page, "struggle")) > Math.max(before, 59));
  assert.match(await page.locator("#why").textContent(), /Rule in-trouble holds: intent\.struggle is /);
  assert.equal(await page.locator("#requests").textContent(), "0 requests, 0 bytes.");
  await ends();
});

test("it remembers on this device alone, and forgets when it is told to", async () => {
  const { page, go, stands, ends } = await open();
  await go();
  await page.click("#tied");
  await stands("aid", "again");
  await go();
  await stands("aid", "again");
  await page.waitForFunction(() =>
    /^\d+ bytes, .*unspoken\.profile/.test(document.querySelector("#stored").textContent),
  );
  await page.click("#forget");
  await stands("aid", "default");
  await page.waitForFunction(() => document.querySelector("#stored").textContent === "Nothing.");
  await go();
  await stands("aid", "default");
  await ends();
});

test("the file holds its script and style by hash, and names no address to load from", () => {
  const html = readFileSync(at("examples/client-only/index.html"), "utf8");
  const [, policy] = html.match(/http-equiv="Content-Security-Policy" content="([^"]+)"/);
  assert.match(
    policy,
    /^default-src 'none'; script-src 'sha256-[\w+/=]+' 'wasm-unsafe-eval'; style-src 'sha256-[\w+/=]+';/,
  );
  assert.ok(!/unsafe-inline|connect-src/.test(policy));
  const markup = html.replace(/<script>[\s\S]*?<\/script>/, "");
  assert.ok(!/\b(src|href)="(?!data:|#)/.test(markup), "nothing is loaded from beside it");
});

test("on a phone nothing is wider than the screen", async () => {
  const { page, go, ends } = await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
  await go();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await ends();
});
