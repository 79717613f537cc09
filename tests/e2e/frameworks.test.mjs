/**
 * Slots as plain markup in what React 19 and Vue 3 render, on the client and on the server: the framework
 * goes on as if nobody were there, and the variant stands. Real frameworks, real Chromium.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import React from "react";
import { renderToString as reactToString } from "react-dom/server";
import * as Vue from "vue";
import { renderToString as vueToString } from "vue/server-renderer";
import { launch, visit } from "./support/browser.mjs";
import { bundle, reads, serve, text } from "./support/page.mjs";

/** A component with a slot whose default changes in every way that React knows. */
function reactApp({ createElement: h, useState, Suspense, lazy }) {
  const template = h("template", {
    key: "template",
    "data-variant": "help",
    dangerouslySetInnerHTML: { __html: "<p>help</p>" },
  });
  const Late = lazy(() => globalThis.late ?? Promise.resolve({ default: () => h("i", null, "late") }));
  return function App({ within = false }) {
    const [state, set] = useState({ slot: true, first: false, last: false, order: ["a", "b"], text: "text", bare: "" });
    globalThis.change = (more) => set((state) => ({ ...state, ...more }));
    const { slot, first, last, order, text, bare } = state;
    const section = h(
      "section",
      { "data-unspoken": "one" },
      bare,
      first && h("p", { key: "first" }, "first"),
      order.map((key) => h("p", { key }, `${key} ${text}`)),
      last && h("p", { key: "last" }, "last"),
      template,
    );
    const content = slot ? section : h("p", null, "no slot");
    return h(
      "main",
      null,
      within ? h(Suspense, { fallback: "…" }, content, h(Late)) : content,
      h("footer", null, text),
    );
  };
}

/**
 * The same for Vue. What it hydrates is markup as it is: it takes every `<template>` that a server sent
 * for one of its own transitions, and puts its content in its place.
 */
function vueApp({ h, reactive, Fragment }, isServed) {
  return {
    setup() {
      const state = reactive({ slot: true, first: false, last: false, order: ["a", "b"], text: "text", bare: "" });
      globalThis.change = (more) => Object.assign(state, more);
      const served = () =>
        `<p>a ${state.text}</p><p>b ${state.text}</p><template data-variant="help"><p>help</p></template>`;
      if (isServed)
        return () =>
          h("main", [h("section", { "data-unspoken": "one", innerHTML: served() }), h("footer", state.text)]);
      return () =>
        h("main", [
          state.slot
            ? h("section", { "data-unspoken": "one" }, [
                state.bare,
                state.first ? h("p", { key: "first" }, "first") : null,
                h(
                  Fragment,
                  { key: "order" },
                  state.order.map((key) => h("p", { key }, `${key} ${state.text}`)),
                ),
                state.last ? h("p", { key: "last" }, "last") : null,
                h("template", { "data-variant": "help", innerHTML: "<p>help</p>" }),
              ])
            : h("p", "no slot"),
          h("footer", state.text),
        ]);
    },
  };
}

const config = {
  machines: "serve",
  slots: { one: { swap: "now", rules: [{ id: "one", when: { shown: true }, show: "help" }] } },
};
const START = `import { init } from "/index.js";
window.told = [];
window.start = (options) => init({ config: ${JSON.stringify(config)}, storage: "memory", attributes: { shown: true }, ...options })
  .then((it) => (window.unspoken = it).on("fault", ({ message }) => told.push(message)));
`;
const REACT = `import * as React from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
const App = (${reactApp})(React);
const root = document.getElementById("root");
const tell = (kind) => (error) => told.push(kind + ": " + error);
const options = { onRecoverableError: tell("recoverable"), onUncaughtError: tell("uncaught") };
window.LateView = () => React.createElement("i", null, "late");
window.mount = () => createRoot(root, options).render(React.createElement(App));
window.mountBare = () => createRoot(root, options).render(React.createElement(() => {
  const [text, set] = React.useState("first");
  window.say = set;
  return React.createElement("h1", { "data-unspoken": "one" }, text);
}));
window.hydrate = (within) => void hydrateRoot(root, React.createElement(App, { within }), options);
`;
const VUE = `import * as Vue from "vue";
const tell = (kind) => (error) => told.push(kind + ": " + error);
const start = (create) => {
  const app = create((${vueApp})(Vue, create === Vue.createSSRApp));
  app.config.warnHandler = tell("warning");
  app.config.errorHandler = tell("error");
  app.mount("#root");
};
window.mount = () => start(Vue.createApp);
window.hydrate = () => start(Vue.createSSRApp);
`;

let site;
let browser;
const built = {};

before(async () => {
  for (const [name, source] of Object.entries({ react: REACT, vue: VUE })) {
    built[`/${name}.js`] = await bundle(source);
    built[`/${name}-dev.js`] = await bundle(source, { dev: true });
  }
  site = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

async function open(script, { root = '<div id="root"></div>' } = {}) {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><body>${root}
<script type="module">${START}</script><script type="module" src="${script}"></script></body></html>`;
  site.files = { ...built, "/": page };
  const visitor = await visit(browser);
  const at = await visitor.newPage();
  const complaints = [];
  at.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/favicon|404/.test(message.text()))
      complaints.push(message.text());
  });
  await at.goto(site.origin);
  await at.waitForFunction(() => window.mount);
  const ends = async () => {
    assert.deepEqual(await at.evaluate(() => window.told), []);
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      visitor.errors.filter((error) => !error.startsWith("layout shift")),
      [],
    );
    await visitor.context.close();
  };
  return { at, ends, ...visitor };
}

/** Every change that a re-render can make in a slot. */
const CHANGES = [
  { text: "newer" },
  { first: true },
  { last: true },
  { bare: "bare text" },
  { bare: "other text" },
  { order: ["c", "b", "a"] },
  { first: false },
  { order: ["b"] },
  { bare: "" },
  { last: false, order: ["b", "d"] },
  { slot: false },
  { slot: true, text: "again" },
  { first: true, bare: "bare" },
];

for (const script of ["/react.js", "/react-dev.js", "/vue.js", "/vue-dev.js"]) {
  test(`${script}: whatever it re-renders in a plain slot, it does not fail and the variant stands`, async () => {
    const { at, ends } = await open(script);
    await at.evaluate(() => window.mount());
    await at.waitForSelector("section");
    await at.evaluate(() => window.start());
    await reads(at, "one", "help");
    for (const change of CHANGES) {
      const seen = await at.evaluate(async (change) => {
        window.change(change);
        await new Promise((resolve) => setTimeout(resolve, 60));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        return document.querySelector("section")?.innerText.trim();
      }, change);
      assert.equal(seen, change.slot === false ? undefined : "help", JSON.stringify(change));
    }
    // Its own default is what it rendered last, and it is the framework's again.
    await at.evaluate(() => window.unspoken.set({ shown: false }));
    await at.evaluate(() => window.unspoken.dispose());
    assert.equal((await text(at, "one")).replace(/\s+/g, " "), "bare first b again d again");
    assert.deepEqual(
      await at.evaluate(() => [
        document.querySelector("section").getAttributeNames(),
        document.adoptedStyleSheets.length,
        [...document.querySelectorAll("section > *")].flatMap((element) => element.getAttributeNames()),
      ]),
      [["data-unspoken"], 0, ["data-variant"]],
    );
    await at.evaluate(() => window.change({ bare: "its own", first: false, order: [] }));
    await reads(at, "one", "its own");
    await ends();
  });

  test(`${script}: hydrates late, and the slot swaps after that without a mismatch`, async () => {
    const html = script.includes("react")
      ? reactToString(React.createElement(reactApp(React)))
      : await vueToString(Vue.createSSRApp(vueApp(Vue, true)));
    const { at, ends } = await open(script, { root: `<div id="root" data-unspoken-hydrate>${html}</div>` });
    await at.evaluate(() => window.start());
    await at.waitForFunction(() => window.unspoken);
    await at.waitForTimeout(600);
    assert.equal((await text(at, "one")).replace(/\s+/g, " "), "a text b text", "it waits");
    assert.equal(await at.evaluate(() => window.unspoken.decide("one").present), false);
    await at.evaluate(() => {
      window.section = document.querySelector("section");
      window.hydrate();
    });
    await reads(at, "one", "help");
    assert.ok(
      await at.evaluate(() => window.section === document.querySelector("section")),
      "it took over what was there",
    );
    await at.evaluate(() => window.change({ text: "newer", first: true }));
    await at.waitForFunction(() => document.querySelector("footer").innerText === "newer");
    assert.equal(await text(at, "one"), "help");
    await ends();
  });

  test(`${script}: the site can say when it is hydrated`, async () => {
    const html = script.includes("react")
      ? reactToString(React.createElement(reactApp(React)))
      : await vueToString(Vue.createSSRApp(vueApp(Vue, true)));
    const { at, ends } = await open(script, { root: `<div id="root">${html}</div>` });
    await at.evaluate(() => window.start({ hydrated: () => window.isHydrated }));
    await at.waitForFunction(() => window.unspoken);
    await at.waitForTimeout(400);
    assert.equal((await text(at, "one")).replace(/\s+/g, " "), "a text b text", "it waits");
    await at.evaluate(() => {
      window.hydrate();
      setTimeout(() => (window.isHydrated = true), 200);
    });
    await reads(at, "one", "help");
    await ends();
  });
}

test("React: a slot in a boundary that is hydrated last waits for it, marked or not", async () => {
  globalThis.late = Promise.resolve({ default: () => React.createElement("i", null, "late") });
  const { renderToReadableStream } = await import("react-dom/server.browser");
  const stream = await renderToReadableStream(React.createElement(reactApp(React), { within: true }));
  await stream.allReady;
  const html = await new Response(stream).text();
  delete globalThis.late;
  for (const mark of ["", "data-unspoken-hydrate"]) {
    const { at, ends } = await open("/react-dev.js", { root: `<div id="root" ${mark}>${html}</div>` });
    await at.evaluate(() => {
      // Until this resolves, React has been over the slot and will begin the boundary anew.
      window.late = new Promise((resolve) => {
        window.resolve = () => resolve({ default: window.LateView });
      });
      window.section = document.querySelector("section");
      window.hydrate(true);
    });
    await at.waitForFunction(() => Object.keys(window.section).some((key) => key.startsWith("__reactFiber")));
    await at.evaluate(() => window.start());
    await at.waitForFunction(() => window.unspoken);
    await at.waitForTimeout(600);
    assert.equal((await text(at, "one")).replace(/\s+/g, " "), "a text b text", "it waits");
    await at.evaluate(() => window.resolve());
    await reads(at, "one", "help");
    assert.ok(
      await at.evaluate(() => window.section === document.querySelector("section")),
      "it took over what was there",
    );
    await ends();
  }
});

test("React: a slot of nothing but text, which React sets as a whole, is shown again before it is painted", async () => {
  const { at, ends } = await open("/react.js");
  await at.evaluate(() => window.mountBare());
  await at.waitForSelector("h1");
  await at.evaluate(() => {
    const template = document.createElement("template");
    template.dataset.variant = "help";
    template.content.append("help");
    document.querySelector("h1").append(template);
    window.start();
  });
  await reads(at, "one", "help");
  const seen = await at.evaluate(async () => {
    window.say("second");
    await new Promise((resolve) => setTimeout(resolve, 60));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return document.querySelector("h1").innerText.trim();
  });
  assert.equal(seen, "help");
  await at.evaluate(() => window.unspoken.dispose());
  assert.equal(await text(at, "one"), "second");
  await at.evaluate(() => window.say("third"));
  await reads(at, "one", "third");
  await ends();
});

test("what would happen without: React fails where a child of its own was moved away", async () => {
  const { at, errors, context } = await open("/react.js");
  await at.evaluate(() => window.mount());
  await at.waitForSelector("section p");
  const told = await at.evaluate(async () => {
    document.createDocumentFragment().append(...document.querySelectorAll("section > p"));
    window.change({ order: [] });
    await new Promise((resolve) => setTimeout(resolve, 100));
    return window.told;
  });
  assert.match(told.join(), /uncaught: NotFoundError/);
  assert.deepEqual(
    errors.filter((error) => !error.startsWith("layout shift")),
    [],
  );
  await context.close();
});
