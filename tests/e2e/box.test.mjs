/**
 * A swap never moves what is around the slot: by the browser's own `layout-shift` entries, in view and
 * out of it, with content that is smaller, larger and as large, and however the page reserves its space.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, shifts } from "./support/browser.mjs";
import { startStage } from "./support/stage.mjs";

let browser;
let stage;

before(async () => {
  browser = await launch();
  stage = await startStage(browser);
});

after(async () => {
  await browser?.close();
  await stage?.close();
});

const tall = (height, text = "") => `<div class="tall" style="height:${height}px">${text}</div>`;
const slot = (content, variants, style = "") =>
  `<section data-unspoken="hero" style="${style}">${content}${Object.entries(variants)
    .map(([name, html]) => `<template data-variant="${name}">${html}</template>`)
    .join("")}</section>`;
const top = (page, selector) =>
  page.evaluate((of) => Math.round(document.querySelector(of).getBoundingClientRect().top), selector);
const height = (page, selector = "[data-unspoken]") =>
  page.evaluate((of) => Math.round(document.querySelector(of).getBoundingClientRect().height), selector);
const HERO = { hero: { variants: ["help", "guide"] } };

/** Opens a page, and holds in the end that nothing has moved. */
async function open(html, { slots = HERO, ...more } = {}) {
  const stands = await stage.open({ html, slots, ...more });
  return {
    ...stands,
    async still() {
      await stands.settled();
      assert.deepEqual(await shifts(stands.page), []);
      assert.deepEqual(stands.errors, []);
      await stands.close();
    },
  };
}

test("in view and smaller: the box stays open until it is out of view, and its style comes back as it was", async () => {
  for (const style of ["", "COLOR:red;;  padding:10px", "box-sizing:border-box;padding:10px;border:1px solid"]) {
    const { page, show, outer, settled, still } = await open(
      `${slot(tall(200), { help: tall(50), guide: tall(120) }, style)}<p id="below">below</p><div style="height:5000px"></div>`,
    );
    const whole = await outer("[data-unspoken]");
    const [was, stood] = [await height(page), await top(page, "#below")];
    await show("hero", "help");
    await settled();
    assert.equal(await height(page), was);
    await show("hero", "guide");
    await settled();
    assert.equal(await height(page), was);
    assert.equal(await top(page, "#below"), stood);
    await show("hero", "default");
    await settled();
    assert.equal(await outer("[data-unspoken]"), whole, style);
    await show("hero", "help");
    await settled();
    await page.evaluate(() => scrollTo(0, 3000));
    await page.waitForFunction(
      (before) => document.querySelector("[data-unspoken]").getBoundingClientRect().height < before,
      was,
    );
    assert.equal(
      (await outer("[data-unspoken]")).split(">")[0].replace(' data-unspoken-shown="help"', ""),
      whole.split(">")[0],
    );
    await still();
  }
});

test("in view and larger: it waits for room, and is shown once the slot is out of view", async () => {
  const { page, tell, waits, decide, settled, still } = await open(
    `${slot(tall(100), { help: tall(300) })}<p id="below">below</p><div style="height:5000px"></div>`,
  );
  const stood = await top(page, "#below");
  await tell("hero", "help");
  await waits("hero", "room");
  await settled();
  assert.equal(await page.getAttribute("[data-unspoken]", "data-unspoken-shown"), null);
  assert.equal(await height(page), 100);
  assert.equal(await top(page, "#below"), stood);
  const { shown, variant } = await decide("hero");
  assert.deepEqual([shown, variant], ["default", "help"]);
  await page.evaluate(() => scrollTo(0, 3000));
  await page.waitForSelector("[data-unspoken-shown=help]", { state: "attached" });
  assert.equal(await height(page), 300);
  assert.equal((await decide("hero")).waits, null);
  await still();
});

test("in view and larger: another variant that has room is shown", async () => {
  const { page, tell, show, waits, still } = await open(
    `${slot(tall(100), { help: tall(300), guide: tall(90) })}<p>below</p><div style="height:5000px"></div>`,
  );
  await tell("hero", "help");
  await waits("hero", "room");
  await show("hero", "guide");
  await show("hero", "default");
  await tell("hero", "help");
  await waits("hero", "room");
  assert.equal(await height(page), 100);
  await still();
});

test("in view and larger: it is shown where nothing visible depends on it", async () => {
  const pages = {
    "the slot reserves its box": [slot(tall(100), { help: tall(180) }, "min-height:200px"), "<p>below</p>"],
    "the slot has a fixed box": [slot(tall(100), { help: tall(180) }, "height:200px;overflow:auto"), "<p>below</p>"],
    "what it stands in reserves it": [
      `<div style="min-height:300px">${slot(tall(100), { help: tall(180) })}</div>`,
      "<p>below</p>",
    ],
    "what it stands in is fixed": [
      `<div style="position:fixed;top:0;right:0">${slot(tall(100), { help: tall(180) })}</div>`,
      "<p>below</p>",
    ],
    "it is out of flow": [slot(tall(100), { help: tall(180) }, "position:absolute;top:0;right:0"), "<p>below</p>"],
    "nothing comes after it": [`<p>before</p>${slot(tall(100), { help: tall(180) })}`, ""],
    "what comes after it is out of view": [
      `<p>before</p>${tall(650)}${slot(tall(100), { help: tall(180) })}`,
      "<p>below</p>",
    ],
    "it is empty and out of flow": [slot("", { help: tall(180) }, "position:fixed;bottom:0;right:0"), "<p>below</p>"],
  };
  for (const [name, [html, below]] of Object.entries(pages)) {
    const { page, show, still } = await open(html + below);
    await show("hero", "help");
    await page.waitForTimeout(100);
    assert.equal(await page.getAttribute("[data-unspoken]", "data-unspoken-shown"), "help", name);
    await show("hero", "default");
    await still();
  }
});

test("an empty slot in view takes no room from others, whatever its swap", async () => {
  for (const swap of ["now", "before-seen", "idle"]) {
    const { page, tell, waits, still } = await open(
      `<p>above</p>${slot("", { help: tall(100) })}<p id="below">below</p><div style="height:5000px"></div>`,
      { slots: { hero: { variants: ["help"], swap } } },
    );
    const stood = await top(page, "#below");
    await tell("hero", "help");
    await waits("hero", "room");
    assert.equal(await top(page, "#below"), stood);
    await page.evaluate(() => scrollTo(0, 3000));
    await page.waitForSelector("[data-unspoken-shown=help]", { state: "attached" });
    await still();
  }
});

test("widths too: a slot in a row, and one within a line of text", async () => {
  const row = await open(
    `<div style="display:flex">${slot("default", { help: "help", guide: "a guide that takes much more room than that" })}<p id="beside">beside</p></div>`,
  );
  const at = () => row.page.evaluate(() => document.querySelector("#beside").getBoundingClientRect().left);
  const stood = await at();
  await row.show("hero", "help");
  await row.settled();
  assert.equal(await at(), stood);
  await row.tell("hero", "guide");
  await row.waits("hero", "room");
  assert.equal(await at(), stood);
  await row.still();

  const line = await open(
    `<p>Hello <span data-unspoken="hero">you<template data-variant="help">you there, of all people</template></span>, <b>welcome</b></p>`,
  );
  await line.tell("hero", "help");
  await line.waits("hero", "room");
  await line.still();
});

test("below the window anything may come", async () => {
  const { show, still } = await open(`${tall(1500)}${slot(tall(100), { help: tall(900), guide: "" })}<p>below</p>`, {
    slots: { hero: { variants: ["help", "guide"], swap: "before-seen" } },
  });
  await show("hero", "help");
  await show("hero", "guide");
  await still();
});

test("above the window the browser scrolls along, or the stage does", async () => {
  for (const css of ["", "html{overflow-anchor:none;scroll-behavior:smooth}"]) {
    const { page, show, still, settled } = await open(
      `${slot(tall(300), { help: tall(900), guide: tall(20) })}${tall(1000)}<p id="read">read</p>${tall(3000)}`,
      { css, slots: { hero: { variants: ["help", "guide"], swap: "before-seen" } } },
    );
    await page.evaluate(() => scrollTo({ top: 1000, behavior: "instant" }));
    await page.waitForFunction(() => unspoken.stats().signals > 0 && scrollY === 1000);
    await settled();
    const stood = await top(page, "#read");
    for (const variant of ["help", "guide", "default"]) {
      await show("hero", variant);
      await settled();
      assert.equal(await top(page, "#read"), stood, `${variant}, ${css || "anchored"}`);
    }
    await still();
  }
});

test("a held box that leaves the window upwards closes without moving anything", async () => {
  for (const css of ["", "html{overflow-anchor:none}"]) {
    const { page, show, settled, still } = await open(
      `${slot(tall(400), { help: tall(40) })}${tall(1000)}<p id="read">read</p>${tall(3000)}`,
      { css },
    );
    await show("hero", "help");
    await settled();
    assert.equal(await height(page), 400);
    await page.evaluate(() => scrollTo(0, 900));
    await page.waitForFunction(() => document.querySelector("[data-unspoken]").getBoundingClientRect().height === 40);
    await settled();
    assert.equal(await top(page, "#read"), 400 + 1000 - 900 + 16, css);
    await still();
  }
});

test("at the very end of a page a shorter variant does not pull it down", async () => {
  const { page, show, settled, still } = await open(
    `${tall(3000, "tall")}<p id="above">above</p>${slot(tall(300), { help: tall(20) })}`,
  );
  await page.evaluate(() => scrollTo(0, 9000));
  await settled();
  const stood = await top(page, "#above");
  await show("hero", "help");
  await settled();
  assert.equal(await top(page, "#above"), stood);
  await still();
});

test("a swap in the midst of a frame is looked at before that frame is painted", async () => {
  const { page, waits, still } = await open(
    `${slot(tall(100), { help: tall(300) })}<p>below</p><div style="height:5000px"></div>`,
  );
  await page.evaluate(() => requestAnimationFrame(() => unspoken.set({ hero: "help" })));
  await waits("hero", "room");
  await still();
});

test("several elements of a slot: where one has no room none shows it", async () => {
  const one = (style) => slot(tall(100), { help: tall(300) }, style);
  const { page, tell, waits, still } = await open(
    `${one("height:300px")}${one("")}<p>below</p><div style="height:5000px"></div>`,
  );
  await tell("hero", "help");
  await waits("hero", "room");
  assert.equal(await page.locator("[data-unspoken-shown]").count(), 0);
  await page.evaluate(() => scrollTo(0, 4000));
  await page.waitForFunction(() => document.querySelectorAll("[data-unspoken-shown]").length === 2);
  await still();
});

test("what is sent away goes, also where its default needs more room", async () => {
  const { page, show, close } = await open(
    `${tall(1500)}${slot(tall(300), { help: tall(50, "<button data-unspoken-dismiss>no</button>") })}<p>below</p><div style="height:5000px"></div>`,
  );
  await show("hero", "help");
  await page.evaluate(() => scrollTo(0, 1200));
  await page.waitForFunction(() => scrollY === 1200);
  await page.click("[data-unspoken-dismiss]");
  await page.waitForSelector("[data-unspoken]:not([data-unspoken-shown])");
  assert.equal(await height(page), 300);
  await close();
});

test("once everything was put back, the next swap is looked at as well", async () => {
  const { page, show, tell, waits, still } = await open(
    `${slot(tall(100), { help: tall(40), guide: tall(300) })}<p id="below">below</p><div style="height:5000px"></div>`,
  );
  await show("hero", "help");
  await page.evaluate(() => unspoken.erase());
  await tell("hero", "guide");
  await waits("hero", "room");
  await still();
});

test("under a policy without inline styles the box is held all the same", async () => {
  const { page, show, outer, still, settled } = await open(
    `<section data-unspoken="hero"><canvas width="20" height="200"></canvas><template data-variant="help">help</template></section><p id="below">below</p>`,
    {
      headers: {
        "Content-Security-Policy":
          "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
      },
    },
  );
  await page.evaluate(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) =>
      window.violations.push(violatedDirective),
    );
  });
  await settled();
  const whole = await outer("[data-unspoken]");
  const stood = await top(page, "#below");
  await show("hero", "help");
  await settled();
  assert.equal(await top(page, "#below"), stood);
  await page.evaluate(() => unspoken.dispose());
  assert.equal(await outer("[data-unspoken]"), whole);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  await still();
});
