/**
 * From the server's core through React into the browser: what was decided is rendered, hydrated without
 * a mismatch, and decided again the same.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, visit as open } from "./support/browser.mjs";
import { emptySite } from "./support/installed.mjs";

const { createCore } = await import(at("dist/node.js"));

const CONFIG = {
  slots: {
    hero: { rules: [{ id: "arm", learn: { variants: ["default", "guide", "offer"], goal: "order" } }] },
    plan: { rules: [{ id: "pro", when: { plan: "pro" }, show: "team" }] },
    popup: { interrupts: true, swap: "now", rules: [{ id: "note", show: "note" }] },
  },
};

const APP = `import { Slot, UnspokenProvider } from "unspoken/react";
const variants = (...names) => Object.fromEntries(names.map((name) => [name, <p>{name}</p>]));
export const App = ({ instance, initial }) => (
  <UnspokenProvider instance={instance} initial={initial}>
    <Slot name="hero" as="section" variants={variants("guide", "offer")}><p>plain</p></Slot>
    <Slot name="plan" as="section" variants={variants("team")}><p>plain</p></Slot>
    <Slot name="popup" as="section" variants={variants("note")}><p>plain</p></Slot>
  </UnspokenProvider>
);`;

const SERVER = `import { renderToString } from "react-dom/server";
import { App } from "./app.jsx";
export const render = (initial) => renderToString(<App initial={initial} />);`;

const CLIENT = `import { StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { init } from "unspoken";
import { App } from "./app.jsx";
const { shown } = JSON.parse(document.querySelector("[data-unspoken-state]").textContent);
window.told = [];
window.exposures = [];
const instance = init({ config: "/config", storage: "memory" });
instance.then((unspoken) => {
  window.unspoken = unspoken;
  unspoken.on("exposure", (exposure) => window.exposures.push(exposure));
});
const root = document.getElementById("app");
window.before = root.innerHTML;
hydrateRoot(root, <StrictMode><App instance={instance} initial={shown} /></StrictMode>, {
  onRecoverableError: (error) => window.told.push(String(error)),
});`;

let site;
let browser;
let render;

before(async () => {
  site = emptySite(["react", "react-dom"]);
  const write = (name, text) => writeFileSync(join(site.folder, name), text);
  for (const [name, text] of [
    ["app.jsx", APP],
    ["server.jsx", SERVER],
    ["client.jsx", CLIENT],
  ])
    write(name, text);
  const common = { bundle: true, format: "esm", jsx: "automatic", logLevel: "error" };
  const entry = (name) => ({ entryPoints: [join(site.folder, `${name}.jsx`)] });
  // Development builds: they say where the markup differs.
  await build({ ...common, ...entry("server"), packages: "external", outfile: join(site.folder, "server.mjs") });
  await build({
    ...common,
    ...entry("client"),
    outfile: join(site.folder, "client.js"),
    define: { "process.env.NODE_ENV": '"development"' },
  });
  ({ render } = await import(pathToFileURL(join(site.folder, "server.mjs")).href));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.remove();
});

async function pageOf(visit) {
  const { context, newPage, errors } = await open(browser);
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false }));
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">
${visit.script()}</head><body><div id="app">${render(visit.shown)}</div><script type="module" src="/client.js"></script>`;
  await context.route("**/*", (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/config") return route.fulfill({ json: CONFIG });
    if (pathname === "/client.js")
      return route.fulfill({ contentType: "text/javascript", path: join(site.folder, "client.js") });
    if (pathname.endsWith(".wasm"))
      return route.fulfill({ contentType: "application/wasm", body: readFileSync(at(`dist${pathname}`)) });
    return route.fulfill({ contentType: "text/html", body: html });
  });
  const page = await newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && errors.push(message.text()));
  await page.goto("http://app.test/");
  return { page, errors, context };
}

test("React hydrates what the server's core decided, and the browser's core agrees", { timeout: 120_000 }, async () => {
  const core = await createCore({ config: CONFIG });
  const arms = new Set();
  for (let seed = 1; arms.size < 3 && seed < 40; seed++) {
    const visit = core.visit({ seed, attributes: { plan: "pro" }, page: { path: "/" } });
    const arm = visit.decide("hero").variant;
    if (arms.has(arm)) continue;
    arms.add(arm);
    const { page, errors, context } = await pageOf(visit);
    // An interruption is for the browser to claim, so the server leaves it out, and here it comes.
    assert.ok(!render(visit.shown).includes("note"));
    await page.waitForFunction(
      () => ["hero", "plan"].every((name) => window.exposures?.some(({ slot }) => slot === name)),
      null,
      { timeout: 15_000 },
    );
    await page.waitForFunction(() => document.querySelectorAll("section")[2].innerText.trim() === "note");
    const { before, text, told, decisions, exposures } = await page.evaluate(() => ({
      before: window.before,
      text: [...document.querySelectorAll("section")].map((slot) => slot.innerText.trim()),
      told: window.told,
      decisions: window.unspoken.slots().map(({ slot, variant, shown }) => [slot, variant, shown]),
      exposures: Object.fromEntries(window.exposures.map(({ slot, variant }) => [slot, variant])),
    }));
    assert.equal(before, render(visit.shown), "what React took over is what the server sent");
    assert.deepEqual(text, [arm === "default" ? "plain" : arm, "team", "note"]);
    assert.deepEqual(decisions, [
      ["hero", arm, arm],
      ["plan", "team", "team"],
      ["popup", "note", "note"],
    ]);
    assert.deepEqual([exposures.hero, exposures.plan], [arm, "team"]);
    assert.deepEqual([told, errors], [[], []]);
    await context.close();
  }
  assert.equal(arms.size, 3);
});
