/**
 * One swap and back: the same nodes with all that a visitor has done in them, the very bytes, the focus
 * where it was, and nothing that runs twice.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
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

const HERO = { hero: { variants: ["help", "guide"] } };
const focus = (page) =>
  page.evaluate(
    () => document.activeElement.id || document.activeElement.dataset.unspoken || document.activeElement.nodeName,
  );

test("whatever a slot looks like, it comes back byte for byte and as the same nodes", async () => {
  const shapes = {
    plain: `text <b>bold</b>\n  <template data-variant="help"><i>help</i></template>\n`,
    comments: `<!-- one -->\n<p>p</p><!-- two --><template data-variant="help">help</template><!-- three -->`,
    first: `\n<template data-variant="help">help</template>\n <p>after</p>\n`,
    between: `<p>a</p> <template data-variant="other">x</template> <p>b</p> <template data-variant="help">help</template> <p>c</p>`,
    empty: `<template data-variant="help">help</template>`,
    blank: `\n  <template data-variant="help">help</template>\n`,
    own: `<template>no variant</template><p>p</p><template data-variant="help">help</template>`,
    styled: `<p style="COLOR:red">p</p><template data-variant="help">help</template>`,
  };
  const names = Object.keys(shapes);
  const { page, show, settled, close, errors } = await stage.open({
    html: names
      .map((name) => `<section data-unspoken="${name}" style="HEIGHT:90px">${shapes[name]}</section>`)
      .join("<hr>"),
    slots: Object.fromEntries(names.map((name) => [name, { variants: ["help"] }])),
  });
  const look = () => page.evaluate(() => document.body.innerHTML);
  const whole = await look();
  await page.evaluate(() => {
    window.nodes = [...document.querySelectorAll("[data-unspoken]")].map((slot) => [...slot.childNodes]);
  });
  const same = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("[data-unspoken]")].every(
        (slot, of) =>
          slot.childNodes.length === window.nodes[of].length &&
          [...slot.childNodes].every((node, at) => node === window.nodes[of][at]),
      ),
    );
  for (const name of names) await show(name, "help");
  assert.notEqual(await look(), whole);
  assert.equal(
    await page.evaluate(() =>
      [...document.querySelectorAll("[data-unspoken]")].map((slot) => slot.innerText.trim()).join(),
    ),
    names.map(() => "help").join(),
  );
  for (const name of names) await show(name, "default");
  await settled();
  assert.equal(await look(), whole);
  assert.ok(await same());
  for (const name of names) await show(name, "help");
  await page.evaluate(() => unspoken.dispose());
  assert.equal(await look(), whole);
  assert.ok(await same());
  assert.deepEqual(errors, []);
  await close();
});

test("what the page changes meanwhile stays changed, and nothing else", async () => {
  const { page, show, outer, close, errors } = await stage.open({
    css: "section{display:flow-root}",
    html: `<section data-unspoken="hero"><p id="p">one</p><p>two</p><template data-variant="help"><i>help</i></template></section>`,
    slots: HERO,
  });
  await page.evaluate(() => (window.p = document.querySelector("#p")));
  await show("hero", "help");
  await page.evaluate(() => {
    window.p.textContent = "one, changed";
    document.querySelector("[data-unspoken]").classList.add("open");
    document.querySelector("[data-unspoken]").append("by the page");
  });
  await page.evaluate(() => unspoken.dispose());
  assert.equal(
    await outer("[data-unspoken]"),
    `<section data-unspoken="hero" class="open"><p id="p">one, changed</p><p>two</p><template data-variant="help"><i>help</i></template></section>`,
  );
  assert.deepEqual(errors, []);
  await close();
});

test("listeners, form state, canvases, files, details and scroll offsets survive, of default and variant", async () => {
  const box = (id) => `<div id="${id}" style="height:40px;overflow:auto"><div style="height:400px">tall</div></div>`;
  const { page, show, close, errors } = await stage.open({
    html: `<form id="form"><section data-unspoken="hero" style="height:300px">
      <input id="text"><input id="tick" type="checkbox"><input type="radio" name="r" id="r1" checked><input type="radio" name="r" id="r2">
      <select id="choice"><option>a</option><option>b</option></select><textarea id="area"></textarea>
      <input id="file" type="file"><details id="more"><summary>more</summary>text</details>
      <canvas id="canvas" width="4" height="4"></canvas><button id="click" type="button">0</button>${box("box")}
      <template data-variant="help"><input id="name"><input type="radio" name="r" id="r3" checked>${box("inner")}</template></section></form>`,
    slots: HERO,
  });
  await page.fill("#text", "typed");
  await page.check("#tick");
  await page.check("#r2");
  await page.selectOption("#choice", "b");
  await page.fill("#area", "long");
  await page.setInputFiles("#file", { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await page.evaluate(() => {
    const { canvas, click, box, text, more } = Object.fromEntries(
      [...document.querySelectorAll("[id]")].map((it) => [it.id, it]),
    );
    canvas.getContext("2d").fillRect(0, 0, 4, 4);
    click.addEventListener("click", () => (click.textContent = Number(click.textContent) + 1));
    box.scrollTop = 120;
    more.open = true;
    text.setSelectionRange(1, 3);
    window.all = [...document.querySelectorAll("[data-unspoken] *")];
  });
  await page.waitForTimeout(100);
  await show("hero", "help");
  assert.deepEqual(
    await page.evaluate(() => [...new FormData(document.querySelector("#form")).keys()]),
    ["r"],
    "what stands there is sent",
  );
  await page.fill("#name", "Ada");
  await page.evaluate(() => (document.querySelector("#inner").scrollTop = 77));
  await page.waitForTimeout(100);
  await show("hero", "default");
  await page.click("#click");
  assert.deepEqual(
    await page.evaluate(() => {
      const of = (id) => document.getElementById(id);
      return {
        text: of("text").value,
        selection: [of("text").selectionStart, of("text").selectionEnd],
        tick: of("tick").checked,
        radio: of("r2").checked,
        choice: of("choice").value,
        area: of("area").value,
        files: of("file").files[0]?.name,
        open: of("more").open,
        canvas: [...of("canvas").getContext("2d").getImageData(1, 1, 1, 1).data][3],
        clicks: of("click").textContent,
        scrolled: of("box").scrollTop,
      };
    }),
    {
      text: "typed",
      selection: [1, 3],
      tick: true,
      radio: true,
      choice: "b",
      area: "long",
      files: "a.txt",
      open: true,
      canvas: 255,
      clicks: "1",
      scrolled: 120,
    },
  );
  await show("hero", "help");
  assert.deepEqual(
    await page.evaluate(() => [document.querySelector("#name").value, document.querySelector("#inner").scrollTop]),
    ["Ada", 77],
  );
  assert.deepEqual(errors, []);
  await close();
});

test("a frame does not load anew, and what holds it while it is out is gone afterwards", async () => {
  const { page, show, close, outer, settled, errors } = await stage.open({
    html: `<section data-unspoken="hero" style="height:300px"><p>default</p><iframe src="/frame" title="f"></iframe>
      <template data-variant="help">help</template></section>`,
    slots: HERO,
  });
  await page.waitForFunction(() => document.querySelector("iframe").contentDocument?.querySelector("#q"));
  const whole = await outer("html");
  await page.evaluate(() => {
    const frame = document.querySelector("iframe");
    window.loads = 0;
    frame.addEventListener("load", () => window.loads++);
    frame.contentDocument.querySelector("#q").value = "typed";
  });
  await show("hero", "help");
  assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  assert.equal(await page.evaluate(() => document.querySelector("[data-unspoken]").innerText.trim()), "help");
  await show("hero", "default");
  const typed = () => page.evaluate(() => document.querySelector("iframe").contentDocument.querySelector("#q")?.value);
  assert.equal(await typed(), "typed");
  await settled();
  assert.equal(await outer("html"), whole);
  await show("hero", "help");
  await page.evaluate(() => unspoken.dispose());
  assert.equal(await typed(), "typed");
  assert.equal(await page.evaluate(() => window.loads), 0);
  assert.equal(await outer("html"), whole.replace(' data-unspoken-shown="help"', ""));
  assert.deepEqual(errors, []);
  await close();
});

test("media pause where nobody sees them and go on from there", async () => {
  const { page, show, close, errors } = await stage.open({
    html: `<section data-unspoken="hero" style="height:300px"><audio id="a" loop></audio><template data-variant="help">help</template></section>`,
    slots: HERO,
    prepare: "",
  });
  await page.evaluate(async () => {
    // Four seconds of silence: WAV, 8 kHz, 8 bit.
    const bytes = new Uint8Array(44 + 32000).fill(128);
    const view = new DataView(bytes.buffer);
    const text = (at, word) => [...word].forEach((letter, of) => view.setUint8(at + of, letter.charCodeAt(0)));
    for (const [at, word] of [
      [0, "RIFF"],
      [8, "WAVEfmt "],
      [36, "data"],
    ])
      text(at, word);
    for (const [at, value] of [
      [4, 36 + 32000],
      [16, 16],
      [24, 8000],
      [28, 8000],
      [40, 32000],
    ])
      view.setUint32(at, value, true);
    for (const [at, value] of [
      [20, 1],
      [22, 1],
      [32, 1],
      [34, 8],
    ])
      view.setUint16(at, value, true);
    window.a = document.querySelector("#a");
    a.muted = true;
    a.src = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    await a.play();
  });
  await page.waitForFunction(() => window.a.currentTime > 0.3);
  await show("hero", "help");
  assert.ok(await page.evaluate(() => window.a.paused));
  const out = await page.evaluate(() => window.a.currentTime);
  await show("hero", "default");
  await page.waitForFunction((time) => !window.a.paused && window.a.currentTime > time, out);
  await page.evaluate(() => window.a.pause());
  await show("hero", "help");
  await show("hero", "default");
  assert.ok(await page.evaluate(() => window.a.paused), "what the visitor stopped stays so");
  assert.deepEqual(errors, []);
  await close();
});

test("the focus stays in the slot: on its twin, on what the variant marks, on the slot itself, and comes back", async () => {
  const { page, show, outer, settled, close, errors } = await stage.open({
    html: `<button id="before">before</button><section data-unspoken="hero" style="height:200px"><button id="buy">buy</button><input id="only" value="abc">
      <template data-variant="help"><button id="buy">buy now</button><button id="other">other</button></template>
      <template data-variant="guide"><h2 tabindex="-1" id="head" data-unspoken-focus>guide</h2><a id="link" href="#x">link</a></template>
      <template data-variant="bare"><p>bare</p><a id="next" href="#y">next</a></template></section><button id="after">after</button>`,
    slots: { hero: { variants: ["help", "guide", "bare"] } },
  });
  const whole = await outer("[data-unspoken]");
  await page.focus("#buy");
  await show("hero", "help");
  assert.equal(await focus(page), "buy");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "buy now");
  await show("hero", "guide");
  assert.equal(await focus(page), "head");
  await show("hero", "bare");
  assert.equal(await focus(page), "hero");
  await page.keyboard.press("Tab");
  assert.equal(await focus(page), "next", "Tab goes on from the slot");
  assert.doesNotMatch(await outer("[data-unspoken]"), /^[^>]*tabindex/);
  await show("hero", "default");
  assert.equal(await focus(page), "buy", "where it was in the default");
  await page.evaluate(() => {
    document.querySelector("#only").focus();
    document.querySelector("#only").setSelectionRange(1, 2);
  });
  await show("hero", "bare");
  await show("hero", "default");
  assert.deepEqual(
    await page.evaluate(() => [
      document.activeElement.id,
      document.activeElement.selectionStart,
      document.activeElement.selectionEnd,
    ]),
    ["only", 1, 2],
  );
  await show("hero", "bare");
  await page.focus("#before");
  await show("hero", "default");
  assert.equal(await focus(page), "before", "nobody else's focus is touched");
  await settled();
  assert.equal(await outer("[data-unspoken]"), whole);
  // The order of Tab is that of the page.
  await show("hero", "help");
  await page.focus("#before");
  const order = [];
  for (let at = 0; at < 3; at++) {
    await page.keyboard.press("Tab");
    order.push(await focus(page));
  }
  assert.deepEqual(order, ["buy", "other", "after"]);
  assert.deepEqual(errors, []);
  await close();
});

test("focus does not scroll, and a selection comes back with its text", async () => {
  const { page, show, close, errors } = await stage.open({
    html: `<section data-unspoken="hero" style="height:100px"><p id="p">some text</p><button id="b">b</button><template data-variant="help">help</template></section><div style="height:4000px"></div>`,
    slots: HERO,
  });
  await page.evaluate(() => {
    document.querySelector("#b").focus({ preventScroll: true });
    const text = document.querySelector("#p").firstChild;
    getSelection().setBaseAndExtent(text, 5, text, 9);
    scrollTo(0, 2000);
  });
  await page.waitForFunction(() => scrollY === 2000);
  await show("hero", "help");
  assert.equal(await page.evaluate(() => getSelection().toString()), "");
  await show("hero", "default");
  assert.deepEqual(await page.evaluate(() => [getSelection().toString(), scrollY]), ["text", 2000]);
  assert.deepEqual(errors, []);
  await close();
});

test("custom elements of templates come to life, slots within are slots, and scripts run once", async () => {
  const { page, show, outer, close, errors, settled } = await stage.open({
    html: `<section data-unspoken="hero" style="height:200px"><script>window.own = (window.own ?? 0) + 1</script><p>default</p>
      <template data-variant="help"><my-count></my-count><script>window.runs = (window.runs ?? 0) + 1; window.order = document.querySelector("my-count") !== null</script>
      <div data-unspoken="inner">inner <template data-variant="deep"><b>deep</b></template></div></template></section>`,
    slots: { ...HERO, inner: { variants: ["deep"] } },
    prepare: `window.lives = []; customElements.define("my-count", class extends HTMLElement {
      connectedCallback() { lives.push("in:" + (this.closest("[data-unspoken]").dataset.unspokenShown)); }
      disconnectedCallback() { lives.push("out"); } });`,
  });
  const whole = await outer("[data-unspoken]");
  await show("hero", "help");
  await page.evaluate(() => unspoken.page({}));
  await page.evaluate(() => unspoken.set({ inner: "deep" }));
  await page.waitForFunction(() => document.querySelector("[data-unspoken=inner]").innerText === "deep");
  await show("hero", "default");
  await show("hero", "help");
  await settled();
  assert.deepEqual(await page.evaluate(() => [window.lives, window.runs, window.own, window.order]), [
    ["in:help", "out", "in:help"],
    1,
    1,
    true,
  ]);
  await page.evaluate(() => unspoken.dispose());
  assert.equal(await outer("[data-unspoken]"), whole);
  assert.deepEqual(errors, []);
  await close();
});

test("many variants: the oldest begin anew, and their scripts do not run again", async () => {
  const names = Array.from({ length: 12 }, (_, at) => `v${at}`);
  const { page, show, outer, settled, close, errors } = await stage.open({
    html: `<section data-unspoken="hero" style="height:100px">default${names
      .map(
        (name) =>
          `<template data-variant="${name}"><i>${name}</i><script>window.${name} = (window.${name} ?? 0) + 1</script></template>`,
      )
      .join("")}</section>`,
    slots: { hero: { variants: names } },
  });
  const whole = await outer("[data-unspoken]");
  for (const name of [...names, ...names]) await show("hero", name);
  assert.deepEqual(
    await page.evaluate((all) => all.map((name) => window[name]), names),
    names.map(() => 1),
  );
  const kept = await page.evaluate(() => [...window[Symbol.for("unspoken.kept")].values()][0].size);
  assert.ok(kept <= 9, `${kept} are kept`);
  await show("hero", "default");
  await settled();
  assert.equal(await outer("[data-unspoken]"), whole);
  assert.deepEqual(errors, []);
  await close();
});

test("a server's variant: its default stands in a template, and without one it comes back itself", async () => {
  const { page, show, outer, settled, close, errors } = await stage.open({
    html: `<section data-unspoken="hero" data-unspoken-shown="help" style="height:100px"><b>by the server</b><template data-variant="default">the default</template><template data-variant="guide">guide</template></section>
      <section data-unspoken="more" data-unspoken-shown="help" style="height:100px"><b>by the server</b><template data-variant="guide">guide</template></section>`,
    slots: { ...HERO, more: { variants: ["help", "guide"] } },
    prepare: `return { attributes: { hero: "help", more: "help" } };`,
  });
  const more = await outer("[data-unspoken=more]");
  await show("hero", "default");
  await settled();
  assert.match(
    await outer("[data-unspoken=hero]"),
    /^<section data-unspoken="hero" style="height:100px">the default<template/,
  );
  await show("hero", "help");
  await settled();
  assert.match(await outer("[data-unspoken=hero]"), />by the server<\/b>/);
  await show("more", "guide");
  await page.evaluate(() => unspoken.dispose());
  assert.match(await outer("[data-unspoken=hero]"), />the default<template/);
  assert.equal(await outer("[data-unspoken=more]"), more);
  assert.deepEqual(errors, []);
  await close();
});
