/**
 * The dashboard in a real browser, on a real collector with a day of a made-up shop in it: every view shows the
 * numbers of the API, as text and as CSV, and its address brings it back.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { post, random, seedShop, visitor } from "./support/batches.mjs";
import { launch } from "./support/browser.mjs";
import {
  digits,
  goTo,
  KEY,
  records,
  savedCsv,
  settled,
  signIn,
  startDashboard,
  TOKEN,
  VIEWS,
} from "./support/dashboard.mjs";

const VISITORS = 600;
/** A name as a page may send it: a spreadsheet would run it. */
const WILD = '=1+1,"x"';

let board;
let browser;

before(async () => {
  board = await startDashboard();
  await seedShop(board.origin, KEY, VISITORS);
  const one = visitor(random(99), Date.now() - 3_600_000);
  await post(board.origin, KEY, {
    ...one,
    events: [
      [0, "p", "/wild", WILD, null],
      [10, "x", "hero", "default", null, 0],
      [20, "g", "odd", { value: 0 }],
    ],
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await board?.stop();
});

const text = (page, selector) => page.locator(selector).first().innerText();

test("the first screen says whether it helps, with its uncertainty, and the totals", async () => {
  const { page, faults, context } = await signIn(browser, board);
  const summary = await board.ask("/v1/report/summary?days=28");
  assert.equal(summary.verdict, "helping", JSON.stringify(summary));
  assert.equal(await text(page, ".helping-sentence"), summary.sentence);
  assert.match(await text(page, ".helping-words"), /between .* 95.*confidence.*above 0/);
  const drawn = await page.locator(".helping-plot").getAttribute("aria-label");
  assert.match(drawn, /The effect is \+\d/);
  assert.ok(await page.locator(".helping-sentence").isVisible());
  const top = await page.locator(".helping-sentence").boundingBox();
  assert.ok(top.y + top.height < 800, "the sentence is on the first screen");

  const { totals } = await board.ask(`/v1/report?minutes=${28 * 1440}`);
  const shown = await page.locator(".section-totals dd").allInnerTexts();
  const wanted = [totals.visitors, totals.sessions, totals.views, totals.clicks, totals.exposures, totals.goals];
  assert.deepEqual(shown.slice(0, 6).map(digits), wanted.map(String));
  assert.equal(totals.visitors, VISITORS + 1);

  const slots = await board.ask(`/v1/report?minutes=${28 * 1440}`).then((report) => report.slots);
  const file = records(await savedCsv(page, "slots-csv"));
  for (const { slot, variants } of slots) {
    for (const each of variants) {
      const row = file.find((line) => line.slot === slot && line.variant === each.variant);
      assert.deepEqual(
        [row.exposures, row.visitors, row.reached_purchase],
        [each.exposures, each.visitors, each.goals.purchase ?? 0],
      );
    }
  }
  await page.locator(".helping-link").click();
  await page.locator('main[data-view="experiments"]').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("experiments: every figure of the API is in the table and in the file", async () => {
  const { page, faults, context } = await signIn(browser, board, "?view=experiments&days=28");
  const { experiments } = await board.ask("/v1/report/experiments?days=28");
  const hero = experiments.find(({ rule }) => rule === "hero-test");
  assert.equal(await page.locator(".experiment").count(), experiments.length);
  const section = page.locator(".experiment").filter({ hasText: "hero-test" });
  assert.match(await section.innerText(), /The shares are as expected/);
  for (const [at, metric] of hero.metrics.entries()) {
    const file = await savedCsv(page, `x-hero-hero-test-m${at}-table-csv`);
    assert.equal(file.name, `hero-hero-test-${metric.metric}.csv`);
    for (const row of records(file)) {
      const told = metric.variants.find(({ variant }) => variant === row.variant);
      const { visitors, total, mean, lift, low, high, p, sequential } = told;
      assert.deepEqual(
        [
          row.visitors,
          row.total,
          row.mean,
          row.lift,
          row.low,
          row.high,
          row.p,
          row.p_adjusted,
          row.sequential_low,
          row.sequential_high,
        ],
        [visitors, total, mean, lift, low, high, p, told.pAdjusted, sequential?.low ?? null, sequential?.high ?? null],
      );
    }
    const forest = section.locator(`#x-hero-hero-test-m${at}-forest`);
    assert.equal(
      (await forest.locator(".forest-row:not(.forest-axis) .forest-name").count()) >= metric.variants.length - 1,
      true,
    );
  }
  const guide = hero.metrics
    .find(({ goal, kind }) => goal === "purchase" && kind === "conversion")
    .variants.find(({ variant }) => variant === "guide");
  assert.ok(guide.sequential.low > 0, "the seed makes guide better beyond doubt");
  assert.match(await section.locator('.forest-row[data-tone="better"]').first().innerText(), /guide/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("experiments are divided by an intent where one is chosen", async () => {
  const { page, faults, context } = await signIn(browser, board, "?view=experiments&days=28");
  assert.equal(await page.locator(".segment").count(), 0);
  await page.locator("#segment").selectOption("struggle");
  await page.locator(".segment").first().waitFor();
  assert.match(page.url(), /segment=struggle/);
  const { experiments } = await board.ask("/v1/report/experiments?days=28&segment=struggle");
  assert.equal(
    await page.locator(".segment").count(),
    experiments.reduce((sum, { segments }) => sum + segments.length, 0),
  );
  assert.deepEqual(faults, []);
  await context.close();
});

test("bandits, intents, attention and interruptions show what the API says", async () => {
  const { page, faults, context } = await signIn(browser, board, "?view=bandits&days=28");
  const { bandits } = await board.ask("/v1/report/bandits?days=28");
  const values = records(await savedCsv(page, "b-offer-offer-learn-table-csv"));
  const [bandit] = bandits;
  assert.equal(values.length, 3);
  for (const row of values) {
    const told = bandit.variants.find(({ variant }) => variant === row.variant);
    assert.deepEqual(row, {
      variant: told.variant,
      lessons: told.lessons,
      value: told.value,
      low: told.low,
      high: told.high,
      effective: told.effective,
    });
  }
  const share = (bandit.observed.value * 100).toFixed(0);
  assert.match(await text(page, ".control"), new RegExp(`earned ${share}`));

  await goTo(page, "intents");
  const { intents } = await board.ask("/v1/intents?days=28");
  for (const { head, days } of intents) {
    const rows = records(await savedCsv(page, `days-${head}-table-csv`));
    assert.deepEqual(
      rows.map(({ day, auc, ece, sessions }) => ({ day, auc, ece, sessions })),
      [...days].reverse().map(({ day, auc, ece, sessions }) => ({ day, auc, ece, sessions })),
    );
    const bins = records(await savedCsv(page, `days-${head}-bins-csv`));
    const moments = days.flatMap((day) => day.bins).reduce((sum, bin) => sum + bin.count, 0);
    assert.equal(
      bins.reduce((sum, bin) => sum + bin.moments, 0),
      moments,
    );
  }

  await goTo(page, "attention");
  const { pages } = await board.ask("/v1/report/attention?days=28");
  const file = await savedCsv(page, "attention-table-csv");
  const rows = records(file);
  assert.equal(
    rows.length,
    pages.reduce((sum, each) => sum + each.slots.length, 0),
  );
  for (const { page: name, slots } of pages.filter((each) => each.page !== WILD)) {
    for (const slot of slots) {
      const row = rows.find((line) => line.page === name && line.slot === slot.slot);
      assert.deepEqual(
        [row.dwell_ms, row.clicks, row.exposures, row.rage, row.dead, row.dismissals],
        [slot.dwellMs, slot.clicks, slot.exposures, slot.rage, slot.dead, slot.dismissals],
      );
    }
  }
  // What begins like a formula is made text, and quoted as it must be.
  assert.ok(file.text.includes('"\'=1+1,""x"""'), file.text);
  const home = pages.find((each) => each.page === "home").slots.find(({ slot }) => slot === "hero");
  const seconds = home.dwellMs / 1000 / home.visitors;
  const cell = await page
    .locator(".heat tbody tr", { has: page.locator("th", { hasText: /^home$/ }) })
    .locator("td")
    .first()
    .innerText();
  assert.equal(digits(cell), seconds.toFixed(seconds >= 10 ? 1 : 2));
  await page.locator("label", { hasText: "Exposures" }).click();
  await page.waitForURL(/measure=exposures/);
  await page.waitForFunction(
    (wanted) => document.querySelector(".heat tbody td").innerText.replaceAll(/\D/g, "") === wanted,
    String(home.exposures),
  );

  await goTo(page, "interruptions");
  const report = await board.ask("/v1/report/interruptions?days=28");
  const lines = records(await savedCsv(page, "interruptions-table-csv"));
  assert.deepEqual(
    lines.map(({ interruptions, visitor_days }) => [interruptions, visitor_days]),
    report.histogram.map(({ count, visitorDays }) => [count, visitorDays]),
  );
  const figures = (await page.locator(".totals dd").allInnerTexts()).map(digits);
  assert.deepEqual([figures[0], figures[4]], [String(report.visitors), String(report.perVisitorDay.max)]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("journeys are drawn node by node, and a funnel is built from a list", async () => {
  const { page, faults, context } = await signIn(browser, board, "?view=journeys&days=28");
  const journeys = await board.ask("/v1/report/journeys?days=28");
  assert.equal(await page.locator(".sankey-node").count(), journeys.nodes.length);
  assert.equal(await page.locator(".ribbon").count(), journeys.links.length);
  const links = records(await savedCsv(page, "journey-table-csv"));
  assert.equal(links.length, journeys.links.length);
  assert.equal(
    links.reduce((sum, link) => sum + link.sessions, 0),
    journeys.links.reduce((sum, link) => sum + link.sessions, 0),
  );

  for (const step of ["page:home", "page:product", "goal:purchase"]) {
    await page.locator("#step").selectOption(step);
    await page.locator("button", { hasText: "Add step" }).click();
    await page.waitForFunction((wanted) => new URLSearchParams(location.search).getAll("step").at(-1) === wanted, step);
  }
  const query = "/v1/report/funnel?days=28&step=page:home&step=page:product&step=goal:purchase";
  const { steps } = await board.ask(query);
  await page.locator(".funnel-step").nth(2).waitFor();
  const rows = records(await savedCsv(page, "funnel-table-csv"));
  assert.deepEqual(
    rows,
    steps.map(({ step, sessions, share, medianMs }) => ({ step, sessions, share, median_ms: medianMs })),
  );
  assert.ok(steps[2].sessions > 0 && steps[2].sessions < steps[0].sessions, JSON.stringify(steps));

  // Reloaded, or opened by somebody else, it is the same funnel.
  await page.reload();
  await settled(page);
  await page.locator(".funnel-step").nth(2).waitFor();
  assert.deepEqual(await page.locator(".step-name").allInnerTexts(), ["home", "product", "goal purchase"]);
  await page.locator("#step-remove-1").click();
  await page.waitForFunction(() => document.querySelectorAll(".funnel-step").length === 2);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the address holds view, days and filter, never the token; history goes back and forth", async () => {
  const { page, faults, context } = await signIn(browser, board, "?view=experiments&days=7&segment=struggle");
  assert.equal(page.url(), `${board.origin}/dashboard?view=experiments&days=7&segment=struggle`);
  assert.ok(await page.locator("#days-7").isChecked());
  assert.equal(await page.locator("#segment").inputValue(), "struggle");
  assert.equal(await page.title(), "Experiments \u2013 Unspoken");
  await page.reload();
  await settled(page);
  assert.equal(await page.locator("#segment").inputValue(), "struggle");

  for (const view of VIEWS) {
    await goTo(page, view);
    const url = new URL(page.url());
    assert.deepEqual([url.searchParams.get("view"), url.searchParams.get("days"), url.hash], [view, "7", ""]);
    assert.ok(!page.url().includes(TOKEN));
    assert.equal(await page.locator("nav a[aria-current=page]").innerText(), (await page.title()).split(" ")[0]);
  }
  await page.goBack();
  await page.locator('main[data-view="interruptions"]').waitFor();
  await page.goForward();
  await page.locator('main[data-view="live"]').waitFor();
  await page.goto(`${board.origin}/dashboard?view=nothing&days=12`);
  await settled(page);
  assert.equal(page.url(), `${board.origin}/dashboard?view=overview&days=28`);
  assert.deepEqual(faults, []);
  await context.close();
});
