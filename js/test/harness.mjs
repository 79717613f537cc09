/**
 * What the tests share: a bundle of the TypeScript with a fake glue, a real WebAssembly module small
 * enough to write by hand, and the little of a browser that the client touches.
 *
 * The module is real because traps are: nothing in plain JavaScript throws what `unreachable` throws.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "unspoken-js-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** Bundles `entry` (under js/src) and imports it anew, so that no module state is shared. */
export async function fresh(entry) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [source + entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    mangleProps: /^_[^_]/,
    logLevel: "silent",
    plugins: [
      {
        name: "fake glue",
        setup(build) {
          build.onResolve({ filter: /unspoken_bg\.js$/ }, () => ({
            path: fileURLToPath(new URL("./glue.mjs", import.meta.url)),
          }));
        },
      },
    ],
  });
  const file = join(folder, `${count++}.mjs`);
  writeFileSync(file, outputFiles[0].text);
  return import(pathToFileURL(file).href);
}

const text = (string) => [string.length, ...Buffer.from(string)];
const section = (id, ...items) => {
  const body = [items.length, ...items.flat()];
  return [id, body.length, ...body];
};
const code = (...instructions) => [instructions.length + 2, 0, ...instructions, 0x0b];

/**
 * (import "g" "__wbg_shout" (func 0))
 * 1 answer → 42; 2 trap → unreachable; 3 deep → calls itself for ever; 4 through → calls the import;
 * 5 __wbindgen_start → nothing; and a memory.
 */
export const wasm = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [0x60, 0, 0], [0x60, 0, 1, 0x7f]),
  ...section(2, [...text("g"), ...text("__wbg_shout"), 0x00, 0]),
  ...section(3, [1], [0], [0], [0], [0]),
  ...section(5, [0x00, 1]),
  ...section(
    7,
    [...text("memory"), 2, 0],
    ...["answer", "trap", "deep", "through", "__wbindgen_start"].map((name, index) => [...text(name), 0, index + 1]),
  ),
  ...section(10, code(0x41, 42), code(0x00), code(0x10, 3), code(0x10, 0), code()),
]);

/** Lets timers and microtasks run. */
export const settle = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

const area = (entries) => {
  const storage = { ...entries };
  Object.defineProperty(storage, "removeItem", { value: (key) => delete storage[key] });
  return storage;
};

/** Puts a page into the global scope; the function it returns takes it away. */
export function openPage({ readyState = "complete", script = null, files = {}, storage = {} } = {}) {
  const document = Object.assign(new EventTarget(), {
    readyState,
    hidden: true,
    currentScript: script,
    querySelector: () => script,
    querySelectorAll: () => [],
    createTreeWalker: () => ({ nextNode: () => null }),
  });
  const requests = [];
  const globals = {
    document,
    window: globalThis,
    location: { href: "https://shop.example/boots/" },
    addEventListener() {},
    removeEventListener() {},
    MutationObserver: class {
      observe() {}
      disconnect() {}
      takeRecords() {
        return [];
      }
    },
    localStorage: area(storage),
    sessionStorage: area({}),
    requestAnimationFrame: () => 0,
    fetch: async (url, options) => {
      requests.push({ url: String(url), ...options });
      const file = files[String(url)];
      if (file === undefined) return new Response("no such file", { status: 404 });
      return file instanceof Response ? file.clone() : new Response(file);
    },
  };
  const before = {};
  for (const [name, value] of Object.entries(globals)) {
    before[name] = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return {
    document,
    requests,
    close() {
      for (const name of Object.keys(globals)) {
        if (before[name]) Object.defineProperty(globalThis, name, before[name]);
        else delete globalThis[name];
      }
      delete globalThis[Symbol.for("unspoken")];
      delete globalThis.unspoken;
      delete globalThis.fakeCore;
    },
  };
}

/** Calls everything the instance has; none may throw, and each must have its type. */
export function callEverything(unspoken) {
  assert.equal(unspoken.decide("hero").variant, "default");
  assert.deepEqual(unspoken.explain("hero").rules, []);
  assert.deepEqual(unspoken.feature("f"), {
    value: null,
    on: false,
    off: true,
    source: "unknownFeature",
    ruleId: "",
  });
  const { value, inExperiment } = unspoken.run({ key: "look", variations: ["a", "b"] });
  assert.deepEqual([value, inExperiment], ["a", false]);
  assert.equal(unspoken.run().inExperiment, false);
  assert.ok(Array.isArray(unspoken.slots()));
  assert.deepEqual(Object.keys(unspoken.intents()), ["commit", "struggle", "compare", "leave", "buy"]);
  assert.equal(unspoken.focus(), null);
  assert.equal(unspoken.stats().signals, 0);
  assert.equal(unspoken.goal("purchase", { value: 80 }), undefined);
  assert.equal(unspoken.goal("purchase"), undefined);
  assert.equal(unspoken.goal("purchase", null), undefined);
  assert.equal(unspoken.fact("activity", "hiking"), undefined);
  assert.equal(unspoken.dismiss("hero"), undefined);
  assert.equal(unspoken.set({ plan: "pro" }), undefined);
  assert.equal(unspoken.page(), undefined);
  assert.equal(unspoken.flush(), undefined);
  assert.equal(unspoken.record().stop(), "");
  assert.ok(Array.isArray(unspoken.erase().erased));
  assert.equal(unspoken.on("goal", () => {})(), undefined);
  assert.equal(unspoken.on("goal", "not a function")(), undefined);
}
