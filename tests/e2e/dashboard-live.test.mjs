/**
 * What the dashboard does over time: batches show as they are stored, a collector that goes is missed and found
 * again, a wrong token and too many requests are said, and an empty store says how to fill it.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post, random, visitor } from "./support/batches.mjs";
import { launch, visit } from "./support/browser.mjs";
import { goTo, KEY, PATIENCE_MS, signIn, startDashboard, VIEWS } from "./support/dashboard.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

const said = (page, pattern, selector) =>
  page.waitForFunction(
    ([source, where]) => new RegExp(source).test(document.querySelector(where)?.innerText ?? ""),
    [pattern.source, selector],
  );

test("an empty store says what fills it, in every view", async () => {
  const board = await startDashboard();
  try {
    const { page, faults, context } = await signIn(browser, board);
    assert.equal(await page.locator(".helping").getAttribute("data-verdict"), "none");
    assert.match(await page.locator(".helping-words").innerText(), /unspoken check unspoken\.json/);
    for (const view of VIEWS.slice(1)) {
      await goTo(page, view);
      const empty = page.locator("main .empty:visible").first();
      await empty.waitFor();
      assert.ok((await empty.innerText()).length > 60, `${view} says what to do`);
      assert.equal(await page.locator("main .data:visible").count(), 0, `${view} draws no empty table`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await board.stop();
  }
});

test("a batch shows within seconds, with its session", async () => {
  const board = await startDashboard();
  try {
    const { page, faults, context } = await signIn(browser, board, "?view=live&days=28");
    assert.equal(await page.locator(".arrivals dd").innerText(), "0");
    const shopper = visitor(random(5), Date.now() - 20_000);
    await post(board.origin, KEY, shopper);
    await said(page, /^1$/, ".arrivals dd");
    const views = shopper.events.filter(([, letter]) => letter === "p").length;
    await said(page, new RegExp(`^${views}$`), '.lane[data-series="views"] .channel-value');
    await page.locator(".live tbody tr").first().waitFor();
    const [listed] = (await board.ask("/v1/report?minutes=5")).live;
    assert.equal(listed.session, shopper.session);
    const row = await page.locator(".live tbody tr").first().innerText();
    assert.ok(row.includes(listed.path), row);
    // One more, while it is open.
    await post(board.origin, KEY, {
      ...shopper,
      batch: "f".repeat(32),
      sequence: 1,
      events: [[19_000, "c", "hero", 1, 0]],
    });
    await said(page, /^2$/, ".arrivals dd");
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await board.stop();
  }
});

test("a collector that goes is missed, and found again", async () => {
  const board = await startDashboard();
  try {
    const { page, faults, context } = await signIn(browser, board, "?view=live&days=28");
    await board.stopCollector();
    await said(page, /does not answer/, ".banner");
    await board.startCollector();
    await page.waitForFunction(() => document.querySelector(".banner").hidden);
    await page.locator(".stream-state[data-kind=open]").waitFor();
    await goTo(page, "bandits");
    await board.stopCollector();
    await page.locator("nav a[data-view=overview]").click();
    await said(page, /does not answer|could not be loaded/, "main");
    await board.startCollector();
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await board.stop();
  }
});

test("a wrong token is refused in words, and the right one opens", async () => {
  const board = await startDashboard();
  try {
    const { newPage, context, errors } = await visit(browser);
    const page = await newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${board.origin}/dashboard?view=bandits&days=7`);
    await page.locator("#token").fill("not the token");
    await page.keyboard.press("Enter");
    await said(page, /does not know this token/, ".gate-message");
    assert.equal(await page.locator("#token").getAttribute("aria-invalid"), "true");
    await page.locator("#token").fill("token-of-the-dashboard-tests");
    await page.keyboard.press("Enter");
    await page.locator('main[data-view="bandits"]').waitFor();
    assert.equal(page.url(), `${board.origin}/dashboard?view=bandits&days=7`);
    await page.locator("button", { hasText: "Sign out" }).click();
    await page.locator("#token").waitFor();
    await page.reload();
    await page.locator("#token").waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  } finally {
    await board.stop();
  }
});

test("asked too often, it says so and asks again", async () => {
  const board = await startDashboard({ rate: 1 });
  try {
    const { page, context } = await signIn(browser, board, "?view=interruptions&days=28");
    // The rest of this address's share.
    await Promise.all(Array.from({ length: 12 }, () => fetch(`${board.origin}/v1/sites`)));
    await page.locator("nav a[data-view=attention]").click();
    await said(page, /asked too often/, "main");
    await page.locator("main .empty").waitFor();
    await page.waitForFunction(() => document.querySelector(".banner").hidden);
    await context.close();
  } finally {
    await board.stop();
  }
});
