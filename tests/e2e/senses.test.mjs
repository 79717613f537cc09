/**
 * What the page senses for its gates, as a recording has it: that something is typed, where the focus
 * goes and by which means, what is sent away, and whether motion is wanted. Nothing typed is in it.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, ready, visit } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>senses</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'">
<script async src="/unspoken.js" data-config="/unspoken.json" data-parts="tools"></script>
<body style="margin:0"><section data-unspoken="hero" style="height:120px">plain
<template data-variant="offer"><a href="#there" id="link">offer</a> <input id="inside" aria-label="inside">
<button data-unspoken-dismiss id="close">no, thanks</button></template></section>
<input id="name" name="secretfield" aria-label="name"><input id="box" type="checkbox" aria-label="box">
<textarea id="text" aria-label="text"></textarea><div id="free" contenteditable>free <b>text</b></div>
<input id="fixed" readonly value="fixed" aria-label="fixed"><button id="other">other</button>`;

let site;
let browser;

before(async () => {
  site = await startSite(PAGE);
  site.config = {
    machines: "serve",
    slots: { hero: { swap: "now", rules: [{ id: "always", show: "offer" }] } },
  };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

async function open(options) {
  const { newPage, context, errors } = await visit(browser, options);
  const page = await newPage();
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(site.origin);
  await ready(page);
  await page.waitForSelector("#close");
  await page.evaluate(() => (window.recording = window.unspoken.record()));
  await page.waitForSelector("#close");
  return {
    page,
    /** Ends the recording: the signals of these types, without their times. */
    async told(...types) {
      const text = await page.evaluate(() => window.recording.stop());
      const signals = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      assert.deepEqual(errors, []);
      await context.close();
      const chosen = signals.filter(({ type }) => types.includes(type));
      return { text, signals: chosen.map(({ t, ...signal }) => signal), times: chosen.map(({ t }) => t) };
    },
  };
}

const moved = (slot, keyboard, field) => ({ type: "focus", ...(slot && { slot }), keyboard, field });
const lost = moved(undefined, false, false);

test("the focus is told by slot, by its means, and by whether it can be typed into", async () => {
  const { page, told } = await open();
  await page.locator("#name").click();
  await page.locator("#box").click();
  await page.locator("#fixed").click();
  await page.locator("#free b").click();
  await page.locator("#inside").click();
  // More than a second after the pointer was pressed, the keyboard moves on: close, name, box, text.
  await page.waitForTimeout(1_200);
  for (let at = 0; at < 4; at++) await page.keyboard.press("Tab");
  await page.locator("#other").click();
  await page.mouse.click(600, 700);
  const { signals } = await told("focus");
  assert.deepEqual(signals, [
    ...[moved(undefined, false, true), lost],
    ...[moved(undefined, false, false), lost],
    ...[moved(undefined, false, false), lost],
    ...[moved(undefined, false, true), lost],
    ...[moved("hero", false, true), lost],
    ...[moved("hero", true, false), lost],
    ...[moved(undefined, true, true), lost],
    ...[moved(undefined, true, false), lost],
    ...[moved(undefined, true, true), lost],
    ...[moved(undefined, false, false), lost],
  ]);
});

test("typing is told once a second, whatever it is typed into, and nothing of what is typed", async () => {
  const { page, told } = await open();
  for (const id of ["name", "text", "free"]) {
    await page.locator(`#${id}`).click();
    await page.waitForTimeout(1_050);
    for (const letter of "xyzzy") await page.keyboard.press(letter);
  }
  const { signals, text, times } = await told("typing");
  assert.deepEqual(signals, [{ type: "typing" }, { type: "typing" }, { type: "typing" }]);
  assert.ok(times[1] - times[0] >= 1_000 && times[2] - times[1] >= 1_000, String(times));
  for (const secret of ["xyzzy", "secretfield"]) assert.ok(!text.includes(secret), secret);
});

test("a box that is ticked, and a field that a script fills, are no typing", async () => {
  const { page, told } = await open();
  await page.locator("#box").click();
  await page.evaluate(() => {
    const field = document.querySelector("#name");
    field.value = "filled in";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  assert.deepEqual((await told("typing")).signals, []);
});

test("a click on what dismisses sends its slot away, after the click itself, and by keyboard too", async () => {
  for (const press of [(page) => page.locator("#close").click(), (page) => page.locator("#close").press("Enter")]) {
    const { page, told } = await open();
    await press(page);
    assert.equal(await page.locator("#close").count(), 0);
    const { signals } = await told("click", "dismiss");
    assert.deepEqual(
      signals.map(({ type, slot }) => [type, slot]),
      [
        ["click", "hero"],
        ["dismiss", "hero"],
      ],
    );
  }
});

test("reduced motion is known from the start, and told when it changes", async () => {
  const { page, told } = await open({ reducedMotion: "reduce" });
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.waitForTimeout(100);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.waitForTimeout(100);
  const { text, signals } = await told("motion");
  assert.equal(JSON.parse(text.split("\n")[0]).device.reducedMotion, true);
  assert.deepEqual(signals, [
    { type: "motion", reduced: false },
    { type: "motion", reduced: true },
  ]);
});
