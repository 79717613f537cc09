/** examples/element, built by its own command and driven in a browser. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open, rage } from "./support/bindings.mjs";
import { launch } from "./support/browser.mjs";
import { buildExample, serve } from "./support/example.mjs";
import { pagesOf } from "./support/puppet.mjs";

let example;
let site;
let browser;

before(async () => {
  example = await buildExample("element");
  site = await serve(join(example.folder, "dist"));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
  example?.close();
});

const target = (page) => page.locator("unspoken-slot h2").innerText();

test("the default first; a fact swaps the slot; events, the property and states tell of it", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, site.origin);
  assert.equal(await target(page), "Jupiter, all night");
  await page.getByLabel("Note for tonight").fill("bring tea");
  await running();
  await page.evaluate(() => {
    window.told = [];
    for (const event of ["unspoken-decision", "unspoken-exposure"])
      document.addEventListener(event, ({ type, target, detail }) =>
        window.told.push(`${type} ${target.name} ${detail.variant}`),
      );
  });
  await page.getByRole("button", { name: "Binoculars" }).click();
  await shows("target", "binoculars");
  assert.equal(await target(page), "Four moons in your binoculars");
  await exposed("target", "binoculars");
  const told = await page.evaluate(() => window.told.filter((each) => each.includes("target")));
  assert.deepEqual(told, ["unspoken-decision target binoculars", "unspoken-exposure target binoculars"]);
  assert.match(await page.locator("#told").innerText(), /^(decision|exposure) of (target|help): \w+$/);
  const { rule, states } = await page.evaluate(() => {
    const slot = document.querySelector("unspoken-slot");
    return { rule: slot.decision.rule, states: [slot.matches(":state(binoculars)"), slot.matches(":state(default)")] };
  });
  assert.deepEqual([rule, states], ["glass", [true, false]]);
  assert.equal(await page.getByLabel("Note for tonight").inputValue(), "bring tea");
  await page.evaluate(() => window.instance.dispose());
  await shows("target", "default");
  assert.equal(await target(page), "Jupiter, all night");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});

test("a forecast swaps a slot", async () => {
  const { page, errors, heard, running, shows, exposed, shifts, close } = await open(browser, site.origin);
  await running();
  await rage(page, "header h1");
  await shows("help", "chart");
  await exposed("help", "chart");
  assert.deepEqual([await shifts(), errors, heard], [[], [], []]);
  await close();
});

test("one that comes later, and one that becomes another slot, are found and let go", async () => {
  const { page, errors, heard, running, close } = await open(browser, site.origin);
  await running();
  await page.evaluate(() => {
    document.querySelector("unspoken-slot").remove();
    const late = document.createElement("unspoken-slot");
    late.id = "late";
    // A box that does not depend on its name, as the page gives one to each name.
    late.style.height = "6.5rem";
    late.name = "nothing";
    const template = document.createElement("template");
    template.dataset.variant = "telescope";
    template.content.append("found");
    late.append("default", template);
    document.querySelector("header").after(late);
  });
  const shows = (text) =>
    page.waitForFunction((text) => document.querySelector("#late").innerText.trim() === text, text);
  await page.getByRole("button", { name: "A telescope" }).click();
  await page.waitForFunction(() => window.instance.decide("target").variant === "telescope");
  await shows("default");
  await page.evaluate(() => {
    document.querySelector("#late").name = "target";
  });
  await shows("found");
  assert.equal(await page.evaluate(() => document.querySelector("#late").matches(":state(telescope)")), true);
  await page.evaluate(() => {
    document.querySelector("#late").name = "nothing";
  });
  await shows("default");
  assert.deepEqual([errors, heard], [[], []]);
  await close();
});

/** The element by itself: it stands in the markup before its script comes. */
async function parts(markup) {
  const pages = await pagesOf(["element.js", "element-twice.js"], { "element.js": markup });
  const { page, heard } = await pages.open(browser, "element.js");
  const attributes = () =>
    page.evaluate(() => [...document.querySelectorAll("unspoken-slot")].map((each) => each.outerHTML));
  const close = async () => {
    await page.close();
    await pages.close();
  };
  return { page, heard, attributes, close };
}

test("upgraded after the parser, made by script, renamed, moved, taken away: it is the slot it says", async () => {
  const { page, heard, attributes, close } = await parts(
    '<unspoken-slot name="hero" tags="a b">default<template data-variant="help">help</template></unspoken-slot><div id="there"></div>',
  );
  const rest = 'default<template data-variant="help">help</template></unspoken-slot>';
  const parsed = `<unspoken-slot name="hero" tags="a b" data-unspoken="hero" data-unspoken-tags="a b">${rest}`;
  assert.deepEqual(await attributes(), [parsed]);
  await page.evaluate(() => document.querySelector("#there").append(document.querySelector("unspoken-slot")));
  assert.deepEqual(await attributes(), [parsed], "moved");
  await page.evaluate(() => {
    const slot = document.querySelector("unspoken-slot");
    slot.name = "foot";
    slot.removeAttribute("tags");
  });
  assert.deepEqual(await attributes(), [`<unspoken-slot name="foot" data-unspoken="foot">${rest}`], "renamed");
  await page.evaluate(() => document.querySelector("unspoken-slot").removeAttribute("name"));
  assert.deepEqual(await attributes(), [`<unspoken-slot>${rest}`], "no slot");
  await page.evaluate(() => {
    const slot = document.createElement("unspoken-slot");
    slot.name = "made";
    window.early = slot.outerHTML;
    document.querySelector("#there").replaceChildren(slot);
  });
  assert.equal(await page.evaluate(() => window.early), '<unspoken-slot name="made"></unspoken-slot>');
  assert.deepEqual(await attributes(), ['<unspoken-slot name="made" data-unspoken="made"></unspoken-slot>']);
  assert.deepEqual(heard, []);
  await close();
});

test("events of its own slot, leaving shadow trees; none where it is not in the page", async () => {
  const { page, heard, close } = await parts("<div></div>");
  const told = () => page.evaluate(() => window.told.splice(0));
  const emit = () =>
    page.evaluate(() => {
      for (const slot of ["hero", "other"]) {
        window.puppet.emit("decision", { slot, variant: "help" });
        window.puppet.emit("exposure", { slot, variant: "help" });
      }
    });
  await page.evaluate(() => {
    const slot = document.createElement("unspoken-slot");
    slot.name = "hero";
    window.puppet.decisions.hero = { variant: "help" };
    window.slot = slot;
    document.querySelector("div").attachShadow({ mode: "open" }).append(slot);
  });
  await emit();
  // Seen from outside, what comes out of a shadow tree comes from its host.
  assert.deepEqual(await told(), ["unspoken-decision div hero help true", "unspoken-exposure div hero help true"]);
  assert.equal(await page.evaluate(() => window.slot.decision.variant), "help");
  await page.evaluate(() => window.slot.remove());
  await emit();
  assert.deepEqual(await told(), []);
  assert.equal(await page.evaluate(() => window.puppet.listening()), 0);
  assert.deepEqual(heard, []);
  await close();
});

test("`:state()` follows what stands; a second copy of the module does no harm", async () => {
  const { page, heard, close } = await parts(
    '<unspoken-slot name="hero" data-unspoken-shown="help">help</unspoken-slot>',
  );
  const states = () =>
    page.evaluate(() => ["help", "default"].filter((each) => document.querySelector(`unspoken-slot:state(${each})`)));
  assert.deepEqual(await states(), ["help"], "a server's");
  await page.evaluate(() => document.querySelector("unspoken-slot").removeAttribute("data-unspoken-shown"));
  assert.deepEqual(await states(), ["default"]);
  await page.addScriptTag({ type: "module", url: "/element-twice.js.js" });
  await page.waitForFunction(() => window.twice);
  assert.equal(
    await page.evaluate(() => document.querySelector("unspoken-slot") instanceof window.UnspokenSlotElement),
    true,
  );
  assert.deepEqual(heard, []);
  await close();
});

test("on a server the entries are imported and do nothing", async () => {
  const { UnspokenSlotElement } = await import("../../dist/element.js");
  assert.equal(typeof UnspokenSlotElement, "function");
  for (const entry of ["react", "vue"]) await import(`../../dist/${entry}.js`);
});
