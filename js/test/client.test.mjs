import assert from "node:assert/strict";
import { afterEach, describe, mock, test } from "node:test";
import { FakeSlot, fragment, fresh, openPage, settle, template, wasm } from "./harness.mjs";

const config = { slots: { hero: { rules: [] }, tip: { rules: [] } } };
const options = { config, wasm };
let page;
const open = (settings) => (page = openPage(settings));
const start = async (more = {}) => {
  const { start } = await fresh("client.ts");
  return start({ ...options, ...more }, "https://shop.example/unspoken.wasm");
};
const ready = async (more) => (await start(more)).ready;
const calls = () => globalThis.fakeCore.calls;

/** Calls everything the instance has; none may throw, and each must have its type. */
function callEverything(unspoken) {
  assert.equal(unspoken.decide("hero").variant, "default");
  assert.deepEqual(unspoken.explain("hero").rules, []);
  assert.ok(Array.isArray(unspoken.slots()));
  assert.deepEqual(Object.keys(unspoken.intents()), ["commit", "struggle", "compare", "leave"]);
  assert.equal(unspoken.focus(), null);
  assert.equal(unspoken.stats().signals, 0);
  assert.equal(unspoken.goal("purchase", { value: 80 }), undefined);
  assert.equal(unspoken.goal("purchase"), undefined);
  assert.equal(unspoken.goal("purchase", null), undefined);
  assert.equal(unspoken.fact("activity", "hiking"), undefined);
  assert.equal(unspoken.set({ plan: "pro" }), undefined);
  assert.equal(unspoken.page(), undefined);
  assert.equal(unspoken.flush(), undefined);
  assert.equal(unspoken.record().stop(), "");
  assert.ok(Array.isArray(unspoken.erase().erased));
  assert.equal(unspoken.on("goal", () => {})(), undefined);
  assert.equal(unspoken.on("goal", "not a function")(), undefined);
}

afterEach(() => {
  page?.close();
  page = undefined;
  mock.restoreAll();
});

describe("on a server", () => {
  test("importing does nothing and init resolves to an inert instance", async () => {
    const { init } = await fresh("entrypoints/index.ts");
    const unspoken = await init({ config: "/unspoken.json" });
    callEverything(unspoken);
    assert.match(unspoken.stats().fault, /no document/);
    assert.equal(globalThis[Symbol.for("unspoken")], undefined, "requests of different visitors must not share one");
    unspoken.dispose();
    callEverything(unspoken);
  });
});

describe("starting", () => {
  test("nothing is fetched before the document is parsed", async () => {
    open({ readyState: "loading", files: { "/unspoken.json": JSON.stringify(config) } });
    const unspoken = await start({ config: "/unspoken.json" });
    await settle(20);
    assert.deepEqual(page.requests, []);
    page.document.dispatchEvent(new Event("DOMContentLoaded"));
    await unspoken.ready;
    assert.equal(page.requests[0].url, "/unspoken.json");
    assert.equal(page.requests[0].credentials, "same-origin");
    assert.equal(unspoken.stats().fault, null);
  });

  test("a prerendered page waits for its visitor", async () => {
    open();
    page.document.prerendering = true;
    const unspoken = await start();
    await settle(20);
    assert.equal(globalThis.fakeCore, undefined);
    page.document.dispatchEvent(new Event("prerenderingchange"));
    await unspoken.ready;
    assert.deepEqual(calls()[0], ["start"]);
  });

  test("the core gets the options, with persistent storage as the default", async () => {
    open();
    await ready({ endpoint: "/v1", key: "pk_demo", attributes: { plan: "pro" } });
    assert.deepEqual(globalThis.fakeCore.options, {
      config, endpoint: "/v1", key: "pk_demo", storage: "persistent", level: undefined, attributes: { plan: "pro" },
    });
  });

  test("calls made before it is ready are made after the start, in order; `on` works at once", async () => {
    open();
    const unspoken = await start();
    const heard = [];
    unspoken.on("goal", (goal) => heard.push(goal));
    unspoken.fact("activity", "hiking");
    unspoken.goal("purchase", { value: 80 });
    unspoken.page({ kind: "cart" });
    callsAreNone();
    await unspoken.ready;
    assert.deepEqual(calls(), [["start"], ["fact", "activity", "hiking"], ["goal", "purchase", 80], ["page", { kind: "cart" }]]);
    globalThis.fakeCore.emit("goal", { name: "purchase", value: 80 });
    await settle();
    assert.deepEqual(heard, [{ name: "purchase", value: 80 }]);
    function callsAreNone() {
      assert.equal(globalThis.fakeCore, undefined);
    }
  });

  test("`unspoken:ready` carries the instance", async () => {
    open();
    let detail;
    page.document.addEventListener("unspoken:ready", (event) => (detail = event.detail));
    assert.equal(await ready(), detail);
  });

  test("init twice, also from a second copy of the package, is one instance; after dispose a new one", async () => {
    open();
    const first = await start();
    const second = await start();
    assert.equal(first, second);
    assert.equal(await first.ready, first);
    first.dispose();
    const third = await start();
    assert.notEqual(third, first);
    await third.ready;
    assert.equal(third.stats().fault, null);
  });

  test("a wasm file served with the wrong type still starts", async () => {
    const files = { "https://shop.example/unspoken.wasm": new Response(wasm, { headers: { "content-type": "application/octet-stream" } }) };
    open({ files });
    assert.equal((await ready({ wasm: undefined })).stats().fault, null);
  });

  test("and one served with the right type is streamed", async () => {
    const files = { "https://shop.example/unspoken.wasm": new Response(wasm, { headers: { "content-type": "application/wasm" } }) };
    open({ files });
    const streaming = mock.method(WebAssembly, "instantiateStreaming", async (response, imports) =>
      WebAssembly.instantiate(await response.arrayBuffer(), imports),
    );
    assert.equal((await ready({ wasm: undefined })).stats().fault, null);
    assert.equal(streaming.mock.callCount(), 1);
  });
});

describe("what goes wrong at the start", () => {
  const faultOf = async (more, settings) => {
    open(settings);
    const unspoken = await ready(more);
    callEverything(unspoken);
    return unspoken.stats().fault;
  };

  test("config: 404", async () => {
    assert.equal(await faultOf({ config: "/unspoken.json" }), "config: /unspoken.json: status 404. See data-config and `unspoken check`.");
  });
  test("config: not JSON", async () => {
    assert.match(await faultOf({ config: "/unspoken.json" }, { files: { "/unspoken.json": "{ slots" } }), /^config: \/unspoken\.json: .*JSON.*`unspoken check`\.$/);
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
    assert.match(await faultOf({ wasm: undefined }), /^core: https:\/\/shop\.example\/unspoken\.wasm: status 404\. Name its address in `wasm`\.$/);
  });
  test("core: forbidden by the page's policy", async () => {
    mock.method(WebAssembly, "instantiate", async () => {
      throw new WebAssembly.CompileError("WebAssembly.instantiate(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not allowed");
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
    assert.match(warn.mock.calls[0].arguments[0], /^unspoken: config: /);
  });
  test("the slots of a known config are listed with their default", async () => {
    globalThis.fakeCore = { construct: (exports) => exports.trap() };
    open();
    const unspoken = await ready();
    assert.deepEqual(unspoken.slots().map(({ slot, variant, rule }) => [slot, variant, rule]), [["hero", "default", null], ["tip", "default", null]]);
  });
});

describe("events", () => {
  test("come after core work, in order, to every listener that is left", async () => {
    open();
    const unspoken = await ready();
    const heard = [];
    const stop = unspoken.on("decision", ({ slot }) => heard.push(`stopped ${slot}`));
    unspoken.on("decision", ({ slot }) => heard.push(`decision ${slot}`));
    unspoken.on("exposure", ({ slot }) => heard.push(`exposure ${slot}`));
    stop();
    globalThis.fakeCore.emit("decision", { slot: "hero" });
    globalThis.fakeCore.emit("exposure", { slot: "hero" });
    globalThis.fakeCore.emit("decision", { slot: "tip" });
    assert.deepEqual(heard, [], "not in the middle of core work");
    await settle();
    assert.deepEqual(heard, ["decision hero", "exposure hero", "decision tip"]);
  });

  test("a listener that throws is reported and harms nobody", async () => {
    open();
    const report = mock.method(console, "error", () => {});
    const unspoken = await ready();
    const heard = [];
    unspoken.on("goal", () => {
      throw new Error("a listener's own bug");
    });
    unspoken.on("goal", ({ name }) => heard.push(name));
    globalThis.fakeCore.emit("goal", { name: "a" });
    globalThis.fakeCore.emit("goal", { name: "b" });
    await settle();
    assert.deepEqual(heard, ["a", "b"]);
    assert.equal(report.mock.calls[0].arguments[0].message, "a listener's own bug");
    assert.equal(unspoken.stats().fault, null);
  });

  test("a listener may call back in", async () => {
    open();
    const unspoken = await ready();
    unspoken.on("decision", () => unspoken.goal("seen"));
    globalThis.fakeCore.emit("decision", { slot: "hero" });
    await settle();
    assert.deepEqual(calls().at(-1), ["goal", "seen", undefined]);
  });

  test("a call made while the core is at work waits until it is done", async () => {
    open();
    const unspoken = await ready();
    globalThis.fakeCore.decide = () => ({ variant: "help" });
    const during = [];
    globalThis.fakeCore.shout = () => {
      unspoken.goal("from a connectedCallback");
      during.push(unspoken.decide("hero").variant, calls().length);
    };
    globalThis.fakeCore.exports.through();
    assert.deepEqual(during, ["default", 1]);
    await settle();
    assert.deepEqual(calls().at(-1), ["goal", "from a connectedCallback", undefined]);
    assert.equal(unspoken.decide("hero").variant, "help");
  });
});

describe("a trap in a listener of the page", () => {
  test("puts every slot back, is told once, and leaves an instance that answers defaults", async () => {
    open({ storage: { "unspoken.profile": "1", theirs: "2" } });
    const unspoken = await ready();
    const hero = new FakeSlot("help text", template);
    hero.attributes.add("data-unspoken-shown");
    globalThis.fakeCore.originals.set(hero, fragment("the default"));
    const already = new FakeSlot("put back by the core", template);
    globalThis.fakeCore.originals.set(already, fragment());
    const faults = [];
    unspoken.on("fault", (fault) => faults.push(fault.message));

    const target = new EventTarget();
    target.addEventListener("click", globalThis.fakeCore.exports.trap);
    target.dispatchEvent(new Event("click"));
    target.dispatchEvent(new Event("click"));

    assert.deepEqual(hero.childNodes, ["the default", template]);
    assert.equal(hero.hasAttribute("data-unspoken-shown"), false);
    assert.deepEqual(already.childNodes, ["put back by the core", template]);
    await settle();
    assert.equal(faults.length, 1);
    assert.equal(unspoken.stats().fault, faults[0]);
    assert.match(unspoken.decide("hero").reason, /stopped/);
    assert.deepEqual(unspoken.erase(), { erased: ["localStorage unspoken.profile"] });
    assert.equal(localStorage.theirs, "2");
    callEverything(unspoken);
  });

  test("is for good on this page: a new init says to reload", async () => {
    open();
    const { start } = await fresh("client.ts");
    const first = await start(options, "").ready;
    globalThis.fakeCore.exports.trap();
    first.dispose();
    const second = await start(options, "").ready;
    assert.match(second.stats().fault, /Reload the page/);
  });
});

describe("dispose and erase", () => {
  test("dispose ends the core once and every method stays safe", async () => {
    open();
    const unspoken = await ready();
    const heard = [];
    unspoken.on("goal", (goal) => heard.push(goal));
    unspoken.dispose();
    unspoken.dispose();
    assert.deepEqual(calls(), [["start"], ["dispose"]]);
    globalThis.fakeCore.emit("goal", { name: "late" });
    await settle();
    assert.deepEqual(heard, []);
    callEverything(unspoken);
    assert.equal(unspoken.stats().fault, null);
  });

  test("disposed before it was ready, it never starts", async () => {
    open();
    const unspoken = await start();
    callEverything(unspoken);
    unspoken.dispose();
    await unspoken.ready;
    assert.equal(globalThis.fakeCore, undefined);
  });

  test("erase before the start forgets what was said and what was stored", async () => {
    open({ storage: { "unspoken.profile": "1" } });
    const unspoken = await start();
    unspoken.fact("activity", "hiking");
    assert.deepEqual(unspoken.erase(), { erased: ["localStorage unspoken.profile"] });
    await unspoken.ready;
    assert.deepEqual(calls(), [["start"]]);
  });

  test("a recording ends once", async () => {
    open();
    const unspoken = await ready();
    let ended = 0;
    globalThis.fakeCore.stop_recording = () => `trace ${++ended}`;
    const recording = unspoken.record();
    assert.equal(recording.stop(), "trace 1");
    assert.equal(recording.stop(), "trace 1");
  });
});
