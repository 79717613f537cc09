/**
 * The dashboard for everybody: by the keyboard alone, as a screen reader finds it, on a phone, in the dark.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seedShop } from "./support/batches.mjs";
import { launch } from "./support/browser.mjs";
import { goTo, KEY, settled, signIn, startDashboard, VIEWS } from "./support/dashboard.mjs";

let board;
let browser;

before(async () => {
  board = await startDashboard();
  await seedShop(board.origin, KEY, 300);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await board?.stop();
});

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());

test("by the keyboard alone: skip link, views, range, charts", async () => {
  const { page, faults, context } = await signIn(browser, board, "?view=experiments&days=28");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to the figures");
  const skip = await page.locator(".skip").boundingBox();
  assert.ok(skip.y >= 0, "the skip link shows itself");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "main");

  // Arrows choose the range, as radio buttons do.
  await page.locator("#days-28").focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/days=7/);
  await settled(page);

  await page.locator("#x-hero-hero-test-m0-forest").focus();
  await page.keyboard.press("ArrowDown");
  assert.match(await page.locator("#x-hero-hero-test-m0-forest-readout").innerText(), /against default/);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#x-hero-hero-test-m0-forest-readout").innerText(), "");

  await page.locator('nav a[data-view="attention"]').focus();
  await page.keyboard.press("Enter");
  await page.locator('main[data-view="attention"]').waitFor();
  await settled(page);
  assert.equal(await focused(page), "main", "who follows a link begins at the view");
  await page.locator("#heat").focus();
  await page.keyboard.press("ArrowRight");
  const first = await page.locator("#heat-readout").innerText();
  await page.keyboard.press("ArrowRight");
  const second = await page.locator("#heat-readout").innerText();
  assert.ok(first !== "" && second !== "" && first !== second, `${first} / ${second}`);

  await goTo(page, "journeys");
  await page.locator("#journey").focus();
  await page.keyboard.press("End");
  assert.match(await page.locator("#journey-readout").innerText(), /^Of \d.* session/);
  await goTo(page, "intents");
  await page.locator("#days-commit-chart").focus();
  await page.keyboard.press("Home");
  assert.match(await page.locator("#days-commit-readout").innerText(), /forecast, .* came true/);

  // The focus is seen wherever it is.
  const unseen = await page.evaluate(() => {
    const found = [];
    for (const node of document.querySelectorAll(
      "main a, main button, main select, main summary, main [tabindex='0']",
    )) {
      if (!node.checkVisibility()) continue;
      node.focus({ focusVisible: true });
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 2) found.push(node.outerHTML.slice(0, 80));
    }
    return found;
  });
  assert.deepEqual(unseen, []);
  assert.deepEqual(faults, []);
  await context.close();
});

const NAMED = new Set([
  "button",
  "link",
  "combobox",
  "radio",
  "textbox",
  "image",
  "img",
  "region",
  "navigation",
  "table",
  "heading",
  "group",
]);

test("as a screen reader finds it: names, headings, tables and no double ids", async () => {
  const { page, faults, context } = await signIn(browser, board);
  const session = await context.newCDPSession(page);
  for (const view of VIEWS) {
    await goTo(page, view);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const nameless = nodes.filter((node) => !node.ignored && NAMED.has(node.role?.value) && !node.name?.value?.trim());
    // An SVG without a role of its own is a group of no name, and says nothing.
    const bad = nameless.filter((node) => node.role.value !== "group");
    assert.deepEqual(
      bad.map((node) => node.role.value),
      [],
      `${view}: without a name`,
    );
    const wrong = await page.evaluate(() => {
      const found = [];
      const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
      for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) found.push(`two of #${id}`);
      for (const node of document.querySelectorAll("[aria-describedby], [aria-labelledby], label[for]")) {
        for (const name of ["aria-describedby", "aria-labelledby", "for"]) {
          for (const id of (node.getAttribute(name) ?? "").split(" ").filter(Boolean)) {
            if (!document.getElementById(id)) found.push(`${name} of nothing: ${id}`);
          }
        }
      }
      if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
      let level = 0;
      for (const heading of document.querySelectorAll("h1, h2, h3")) {
        const own = Number(heading.tagName[1]);
        if (own > level + 1) found.push(`${heading.tagName} after h${level}: ${heading.textContent}`);
        level = own;
      }
      for (const cell of document.querySelectorAll("th"))
        if (!cell.scope) found.push(`th without scope: ${cell.textContent}`);
      for (const table of document.querySelectorAll("table")) {
        if (!table.caption && !table.getAttribute("aria-labelledby"))
          found.push(`a table of no name: ${table.className}`);
      }
      if (document.querySelectorAll("main").length !== 1) found.push("not one main");
      if (document.documentElement.lang !== "en") found.push("no language");
      return found;
    });
    assert.deepEqual(wrong, [], view);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

/** Text whose contrast with its ground is too little, by WCAG's formula. */
const tooFaint = () => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const mixed = (colours) => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (
      !text.data.trim() ||
      !node.checkVisibility({ visibilityProperty: true }) ||
      node.closest(".unseen, :disabled, title, noscript, option")
    )
      continue;
    const style = getComputedStyle(node);
    const grounds = [];
    for (let each = node; each; each = each.parentElement) grounds.unshift(getComputedStyle(each).backgroundColor);
    const ground = mixed(grounds);
    const ink = mixed([...grounds, node instanceof SVGElement ? style.fill : style.color]);
    const [high, low] = [light(ground), light(ink)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < needed) found.push(`${text.data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return found;
};

for (const colorScheme of ["light", "dark"]) {
  test(`in the ${colorScheme} every word stands out from its ground`, async () => {
    const { page, faults, context } = await signIn(browser, board, "", { colorScheme });
    for (const view of VIEWS) {
      await goTo(page, view);
      assert.deepEqual(await page.evaluate(tooFaint), [], view);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a phone, 390 px wide, scrolls down and not sideways", async () => {
  const { page, faults, context } = await signIn(browser, board, "", { viewport: { width: 390, height: 844 } });
  for (const view of VIEWS) {
    await goTo(page, view);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${view} is ${width} px wide`);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("nav a, .ranges label, main button")]
        .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 24)
        .map((node) => node.textContent),
    );
    assert.deepEqual(small, [], `${view}: too small for a finger`);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("on paper there is nothing to press", async () => {
  const { page, context } = await signIn(browser, board, "?view=experiments&days=28");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav.views").isVisible(), false);
  assert.equal(await page.locator(".csv").first().isVisible(), false);
  assert.ok(await page.locator(".forest").first().isVisible());
  await context.close();
});
