/** The client when something is wrong: every fault has its words, and every slot its default. */
import assert from "node:assert/strict";
import { afterEach, describe, mock, test } from "node:test";
import { callEverything, fresh, openPage, settle, wasm } from "./harness.mjs";

const config = { slots: { hero: { rules: [] }, tip: { rules: [] } } };
const options = { config, wasm };
let page;
const open = (settings) => (page = openPage(settings));
const start = async (more = {}) => {
  const { start } = await fresh("client.ts");
  return start({ ...options, ...more }, { wasm: "https://shop.example/unspoken.wasm" });
};
const ready = async (more) => (await start(more)).ready;
/** What was asked of the core, without what the memory of slots asks after each change, in its own time. */
const calls = () => globalThis.fakeCore.calls.filter(([name]) => name !== "lasting");

afterEach(() => {
  page?.close();
  page = undefined;
  mock.restoreAll();
});

describe("what goes wrong at the start", () => {
  const faultOf = async (more, settings) => {
    open(settings);
    const unspoken = await ready(more);
    callEverything(unspoken);
    return unspoken.stats().fault;
  };

  test("config: 404", async () => {
    assert.equal(
      await faultOf({ config: "/unspoken.json" }),
      "config: /unspoken.json: status 404. See data-config and `unspoken check`.",
    );
  });
  test("config: not JSON", async () => {
    assert.match(
      await faultOf({ config: "/unspoken.json" }, { files: { "/unspoken.json": "{ slots" } }),
      /^config: \/unspoken\.json: .*JSON.*`unspoken check`\.$/,
    );
  });
  test("config: a server that never answers is given up", async () => {
    open();
    globalThis.fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    mock.timers.enable({ apis: ["setTimeout"] });
    const starting = await start({ config: "/unspoken.json" });
    mock.timers.tick(1);
    await Promise.resolve();
    await Promise.resolve();
    mock.timers.tick(10_000);
    const { fault } = (await starting.ready).stats();
    mock.timers.reset();
    assert.match(fault, /^config: \/unspoken\.json: took too long\./);
  });
  test("config: none", async () => {
    assert.equal(await faultOf({ config: undefined }), "config: expected an address or an object");
  });
  test("config: refused by the core, in its own words", async () => {
    globalThis.fakeCore = {
      construct() {
        throw "slots.hero.rules[0].when: unknown operator $near. Use $gte or $lte.";
      },
    };
    assert.equal(await faultOf(), "slots.hero.rules[0].when: unknown operator $near. Use $gte or $lte.");
  });
  test("core: 404", async () => {
    assert.match(
      await faultOf({ wasm: undefined }),
      /^core: https:\/\/shop\.example\/unspoken\.wasm: status 404\. Name its address in `wasm`\.$/,
    );
  });
  test("core: forbidden by the page's policy", async () => {
    mock.method(WebAssembly, "instantiate", async () => {
      throw new WebAssembly.CompileError(
        "WebAssembly.instantiate(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not allowed",
      );
    });
    assert.match(await faultOf(), /^core: .*Add 'wasm-unsafe-eval' to script-src$/);
  });
  test("core: a trap in the constructor", async () => {
    globalThis.fakeCore = { construct: (exports) => exports.trap().length };
    assert.match(await faultOf(), /^core: stopped\. Reload the page\. unreachable/);
  });
  test("core: an error in start disposes what was begun", async () => {
    globalThis.fakeCore = {
      start() {
        throw "start: no body";
      },
    };
    assert.equal(await faultOf(), "start: no body");
    assert.deepEqual(calls(), [["start"], ["dispose"]]);
  });
  test("it is silent, unless debug asks for one warning", async () => {
    const warn = mock.method(console, "warn", () => {});
    const error = mock.method(console, "error", () => {});
    await faultOf({ config: "/unspoken.json" });
    assert.equal(warn.mock.callCount() + error.mock.callCount(), 0);
    page.close();
    await faultOf({ config: "/unspoken.json", debug: true });
    assert.equal(warn.mock.callCount(), 1);
    assert.match(warn.mock.calls[0].arguments.join(" "), /^unspoken: config: /);
  });
  test("the slots of a known config are listed with their default", async () => {
    globalThis.fakeCore = { construct: (exports) => exports.trap() };
    open();
    const unspoken = await ready();
    assert.deepEqual(
      unspoken.slots().map(({ slot, variant, rule }) => [slot, variant, rule]),
      [
        ["hero", "default", null],
        ["tip", "default", null],
      ],
    );
  });
});

describe("a trap in a listener of the page", () => {
  test("puts every slot back, is told once, and leaves an instance that answers defaults", async () => {
    open({ storage: { "unspoken.profile": "1", "unspoken-of": "2", theirs: "2" } });
    const unspoken = await ready();
    const shown = [];
    const show = (variant) => shown.push(variant);
    unspoken.attach({ setAttribute() {} }, { name: "hero", variants: ["help"], standing: "help", show });
    const faults = [];
    unspoken.on("fault", (fault) => faults.push(fault.message));

    const target = new EventTarget();
    target.addEventListener("click", globalThis.fakeCore.exports.trap);
    target.dispatchEvent(new Event("click"));
    target.dispatchEvent(new Event("click"));

    assert.deepEqual(shown, ["default"]);
    await settle();
    assert.equal(faults.length, 1);
    assert.equal(unspoken.stats().fault, faults[0]);
    assert.match(unspoken.decide("hero").reason, /stopped/);
    assert.deepEqual(unspoken.erase(), { erased: ["unspoken.profile"] });
    assert.deepEqual(Object.keys(localStorage), ["unspoken-of", "theirs"]);
    callEverything(unspoken);
  });

  test("is for good on this page: a new init says to reload", async () => {
    open();
    const { start } = await fresh("client.ts");
    const first = await start(options, { wasm: "" }).ready;
    globalThis.fakeCore.exports.trap();
    first.dispose();
    const second = await start(options, { wasm: "" }).ready;
    assert.match(second.stats().fault, /Reload the page/);
  });
});
