/**
 * How a swap appears: as a View Transition where motion is welcome, with its images there, and read out
 * where the site asks for it and it is in view.
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

const SLOT = `<section data-unspoken="hero" style="height:200px">default<template data-variant="help">help</template></section>`;
const AWAY = `<div style="height:5000px"></div>`;
/** Counts View Transitions, and what they hold. */
const WATCH = `window.moves = []; const start = document.startViewTransition.bind(document);
  document.startViewTransition = (change) => {
    const transition = start(() => { window.moves.push(document.querySelector("[data-unspoken]").dataset.unspokenShown ?? "default"); return change(); });
    transition.ready.then(() => { window.pseudos = document.getAnimations().map(({ effect }) => effect.pseudoElement).filter(Boolean); });
    transition.finished.then(() => { window.over = (window.over ?? 0) + 1; });
    return transition;
  };`;
const hero = (slot) => ({ hero: { variants: ["help"], ...slot } });

test("a swap in view that nobody waits for is a transition of the slot alone, and leaves nothing behind", async () => {
  const { page, show, outer, close, errors } = await stage.open({
    html: SLOT,
    slots: hero({ swap: "idle" }),
    prepare: WATCH,
  });
  const whole = await outer("html");
  await show("hero", "help");
  await page.waitForFunction(() => window.over === 1);
  assert.deepEqual(await page.evaluate(() => window.moves), ["default"]);
  const pseudos = await page.evaluate(() => window.pseudos);
  assert.ok(pseudos.length && pseudos.every((name) => name.includes("unspoken-swap")), `${pseudos}`);
  await show("hero", "default");
  await page.waitForFunction(() => window.over === 2);
  assert.equal(await outer("html"), whole);
  assert.equal(await page.evaluate(() => document.adoptedStyleSheets.length), 0);
  assert.deepEqual([errors, await shifts(page)], [[], []]);
  await close();
});

test("input ends a transition, and reaches the slot", async () => {
  const { page, show, close, errors } = await stage.open({
    html: `<section data-unspoken="hero" style="height:200px"><button id="in" onclick="window.hits = (window.hits ?? 0) + 1">in</button><template data-variant="help"><button id="in" onclick="window.hits = (window.hits ?? 0) + 1">in</button></template></section>
      <button id="out" onclick="window.hits = (window.hits ?? 0) + 1">out</button>`,
    css: "::view-transition-group(*){animation-duration:3s}",
    slots: hero({ swap: "idle" }),
    prepare: WATCH,
  });
  await show("hero", "help");
  await page.waitForFunction(() => window.pseudos);
  await page.click("#out", { timeout: 1500 });
  await page.click("#in", { timeout: 1500 });
  assert.deepEqual(await page.evaluate(() => [window.hits, window.over]), [2, 1]);
  assert.deepEqual(errors, []);
  await close();
});

test("no transition: at once, out of view, where the site or the visitor wants none, while another runs", async () => {
  const none = async (given, act) => {
    const { page, show, close, errors } = await stage.open({
      slots: hero({ swap: "idle" }),
      html: SLOT,
      ...given,
      prepare: WATCH + (given.prepare ?? ""),
    });
    await act?.(page);
    await show("hero", "help");
    assert.deepEqual(await page.evaluate(() => window.moves), given.moves ?? [], JSON.stringify(given));
    assert.equal(await page.innerText("[data-unspoken]"), "help");
    assert.deepEqual(errors, []);
    await close();
  };
  await none({ slots: hero({ swap: "now" }) });
  await none({ slots: hero({ swap: "now" }), prepare: "return { transitions: true }", moves: ["default"] });
  await none({ prepare: "return { transitions: false }" });
  await none({ context: { reducedMotion: "reduce" } });
  await none({ html: `${AWAY}${SLOT}`, slots: hero({ swap: "before-seen" }) });
  await none({}, (page) =>
    page.evaluate(() => {
      const style = new CSSStyleSheet();
      style.replaceSync("::view-transition-group(*){animation-duration:60s}");
      document.adoptedStyleSheets = [style];
      Document.prototype.startViewTransition.call(document, () => {});
      return new Promise((done) => setTimeout(done, 200));
    }),
  );
});

test("what is overtaken while it waits is not shown", async () => {
  const { page, tell, settled, close, errors } = await stage.open({
    html: SLOT,
    slots: hero({ swap: "now" }),
    prepare: `${WATCH} return { transitions: true };`,
  });
  await page.evaluate(() => {
    window.stood = new Set();
    new MutationObserver(() =>
      window.stood.add(document.querySelector("[data-unspoken]").dataset.unspokenShown),
    ).observe(document.querySelector("[data-unspoken]"), { attributes: true });
    unspoken.set({ hero: "help" });
    unspoken.set({ hero: "default" });
  });
  await settled();
  assert.equal(await page.evaluate(() => window.stood.has("help")), false);
  await tell("hero", "help");
  await page.evaluate(() => unspoken.dispose());
  await settled();
  assert.equal((await page.innerText("[data-unspoken]")).trim(), "default");
  assert.deepEqual(errors, []);
  await close();
});

/** Requests of images, by their path, with the priority that the browser gave them. */
async function requests(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const all = [];
  session.on("Network.requestWillBeSent", ({ request }) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith(".png")) all.push(`${pathname} ${request.initialPriority}`);
  });
  return all;
}

const image = (name, more = "") => `<img src="/${name}.png" width="40" height="30" alt="${name}" ${more}>`;

test("images of a variant load when it is chosen: early where it is seen, late where it is far", async () => {
  const slot = (name, variant = image(name)) =>
    `<section data-unspoken="${name}" style="height:100px">default<template data-variant="help">${variant}</template></section>`;
  let seen;
  const { page, show, settled, close, errors } = await stage.open({
    html: `${slot("view")}${slot("own", image("own", 'fetchpriority="low" loading="lazy"'))}<div style="height:900px"></div>${slot("near")}<div style="height:9000px"></div>${slot("far")}`,
    slots: Object.fromEntries(["view", "own", "near", "far"].map((name) => [name, { variants: ["help"] }])),
    before: async (opened) => (seen = await requests(opened)),
  });
  await settled();
  assert.deepEqual(seen, [], "what is not chosen is not asked for");
  await show("view", "help");
  assert.ok(
    await page.evaluate(() => document.querySelector("[data-unspoken=view] img").complete),
    "it is there when it appears",
  );
  await show("near", "help");
  await show("own", "help");
  await show("far", "help");
  await settled();
  assert.deepEqual(seen, ["/view.png High", "/near.png High", "/own.png Low"]);
  await page.evaluate(() => document.querySelector("[data-unspoken=far]").scrollIntoView());
  await page.waitForFunction(() => document.querySelector("[data-unspoken=far] img").complete);
  assert.equal(seen.length, 4);
  assert.deepEqual([errors, await shifts(page)], [[], []]);
  await close();
});

test("a swap in view waits for its images for a second, and then for its slot to be out of view", async () => {
  const slot = (src) =>
    `<section data-unspoken="hero" style="height:100px">default<template data-variant="help"><img src="${src}" width="40" height="30" alt="picture"></template></section>${AWAY}`;
  const late = await stage.open({ html: slot("/late.png?ms=300"), slots: hero() });
  await late.page.evaluate(() => {
    const slot = document.querySelector("[data-unspoken]");
    new MutationObserver(() => (window.whole = slot.querySelector("img")?.naturalWidth)).observe(slot, {
      childList: true,
    });
  });
  await late.tell("hero", "help");
  await late.page.waitForSelector("[data-unspoken-shown=help]");
  assert.equal(await late.page.evaluate(() => window.whole), 40);
  await late.close();

  const never = await stage.open({ html: slot("/never.png?ms=60000"), slots: hero() });
  await never.tell("hero", "help");
  await never.waits("hero", "room");
  assert.equal((await never.page.innerText("[data-unspoken]")).trim(), "default");
  await never.page.evaluate(() => scrollTo(0, 3000));
  await never.page.waitForSelector("[data-unspoken-shown=help]", { state: "attached" });
  assert.deepEqual(never.errors, []);
  await never.close();

  const gone = await stage.open({ html: slot("/nothing.gif"), slots: hero() });
  await gone.show("hero", "help");
  await gone.close();
});

test("read out: where the site asks, and only what changes in view", async () => {
  const slot = (name, more = "") =>
    `<section data-unspoken="${name}" style="height:100px" ${more}>default<template data-variant="help">help</template></section>`;
  const { page, show, outer, settled, close, errors } = await stage.open({
    html: `${slot("quiet")}${slot("asks", "data-unspoken-live")}${slot("own", 'aria-live="assertive"')}${AWAY}${slot("below", "data-unspoken-live")}`,
    slots: Object.fromEntries(["quiet", "asks", "own", "below"].map((name) => [name, { variants: ["help"] }])),
  });
  const session = await page.context().newCDPSession(page);
  await session.send("Accessibility.enable");
  const live = async (name) => {
    const { root } = await session.send("DOM.getDocument");
    const { nodeId } = await session.send("DOM.querySelector", {
      nodeId: root.nodeId,
      selector: `[data-unspoken=${name}]`,
    });
    const { nodes } = await session.send("Accessibility.getPartialAXTree", { nodeId, fetchRelatives: false });
    return nodes[0].properties?.find((property) => property.name === "live")?.value.value ?? null;
  };
  const all = async () => [await live("quiet"), await live("asks"), await live("own"), await live("below")];
  await page.waitForFunction(() => document.querySelector("[data-unspoken=asks]").ariaLive === "polite");
  assert.deepEqual(await all(), [null, "polite", "assertive", null]);
  for (const name of ["quiet", "asks", "own", "below"]) await show(name, "help");
  assert.deepEqual(await all(), [null, "polite", "assertive", null]);
  await page.evaluate(() => scrollTo(0, 9000));
  await page.waitForFunction(() => document.querySelector("[data-unspoken=below]").ariaLive === "polite");
  assert.deepEqual(await all(), [null, null, "assertive", "polite"]);
  await settled();
  await page.evaluate(() => unspoken.dispose());
  assert.doesNotMatch(await outer("body"), /polite/);
  assert.deepEqual(errors, []);
  await close();
});
