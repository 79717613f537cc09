/** The client from the outside: how it starts, what it passes on, how it ends. */
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
      config,
      endpoint: "/v1",
      key: "pk_demo",
      storage: "persistent",
      level: undefined,
      attributes: { plan: "pro" },
      overrides: undefined,
      profile: undefined,
      without: 0,
    });
  });

  test("calls made before it is ready are made after the start, in order; `on` works at once", async () => {
    open();
    const unspoken = await start();
    const heard = [];
    unspoken.on("goal", (goal) => heard.push(goal));
    unspoken.fact("activity", "hiking");
    unspoken.goal("purchase", { value: 80 });
    unspoken.dismiss("tip");
    unspoken.page({ kind: "cart" });
    callsAreNone();
    await unspoken.ready;
    assert.deepEqual(calls(), [
      ["start"],
      ["fact", "activity", "hiking"],
      ["goal", "purchase", 80],
      ["dismiss", "tip"],
      ["page", { kind: "cart" }],
    ]);
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
    const files = {
      "https://shop.example/unspoken.wasm": new Response(wasm, {
        headers: { "content-type": "application/octet-stream" },
      }),
    };
    open({ files });
    assert.equal((await ready({ wasm: undefined })).stats().fault, null);
  });

  test("and one served with the right type is streamed", async () => {
    const files = {
      "https://shop.example/unspoken.wasm": new Response(wasm, { headers: { "content-type": "application/wasm" } }),
    };
    open({ files });
    const streaming = mock.method(WebAssembly, "instantiateStreaming", async (response, imports) =>
      WebAssembly.instantiate(await response.arrayBuffer(), imports),
    );
    assert.equal((await ready({ wasm: undefined })).stats().fault, null);
    assert.equal(streaming.mock.callCount(), 1);
  });
});

describe("calls from pages without types", () => {
  test("names reach the core as strings and values as finite numbers: the glue would trap on others", async () => {
    open();
    const unspoken = await ready();
    const impossible = {
      toString() {
        throw new Error("no name at all");
      },
    };
    unspoken.goal({}, { value: "80" });
    unspoken.goal(undefined, { value: Number.NaN });
    unspoken.fact(1, "hiking");
    unspoken.dismiss(undefined);
    unspoken.dismiss(impossible);
    unspoken.goal(impossible);
    assert.equal(unspoken.decide(null).variant, "default");
    assert.deepEqual(calls().slice(1), [
      ["goal", "[object Object]", undefined],
      ["goal", "undefined", undefined],
      ["fact", "1", "hiking"],
      ["dismiss", "undefined"],
      ["decide", "null"],
    ]);
  });

  test("a slot that is not in the config has a default that says so", async () => {
    open();
    const unspoken = await ready();
    globalThis.fakeCore.decide = () => null;
    assert.match(unspoken.decide("nowhere").reason, /there is no such slot/);
  });
});

describe("features", () => {
  const on = { value: 1, on: true, off: false, source: "force", ruleId: "r" };
  const off = { value: 0, on: false, off: true, source: "defaultValue", ruleId: "" };

  test("a name crosses once, and a result only when it is another", async () => {
    open();
    const unspoken = await ready({ overrides: { qaMode: true } });
    assert.deepEqual(globalThis.fakeCore.options.overrides, { qaMode: true });
    const answers = [on, undefined, off, undefined];
    Object.assign(globalThis.fakeCore, { place: () => 7, again: () => answers.shift() });
    const first = unspoken.feature("f");
    assert.deepEqual(first, on);
    first.value = "the page's own";
    assert.deepEqual(unspoken.feature("f"), on, "what the page does to its copy stays there");
    assert.deepEqual(unspoken.feature("f"), off);
    assert.deepEqual(unspoken.feature("f"), off);
    assert.deepEqual(calls().slice(1), [["place", "f"], ...[1, 2, 3, 4].map(() => ["again", 7])]);
  });

  test("a key that is not in the config is asked for by its name each time, and nothing is kept of it", async () => {
    open();
    const unspoken = await ready();
    const forced = { ...on, source: "override", ruleId: "" };
    Object.assign(globalThis.fakeCore, { place: () => -1, feature: () => forced });
    for (const key of ["x", "x", 5]) assert.deepEqual(unspoken.feature(key), forced);
    assert.deepEqual(calls().slice(1), [
      ...["x", "x", "5"].flatMap((key) => [
        ["place", key],
        ["feature", key],
      ]),
    ]);
  });

  test("without a core every feature is off, the one that was on too", async () => {
    open();
    const unspoken = await ready();
    Object.assign(globalThis.fakeCore, { place: () => 0, again: () => on });
    assert.equal(unspoken.feature("f").on, true);
    globalThis.fakeCore.again = () => {
      globalThis.fakeCore.exports.trap();
    };
    assert.equal(unspoken.feature("f").source, "unknownFeature");
    assert.match(unspoken.stats().fault, /core: stopped/);
    assert.equal(unspoken.feature("f").on, false);
  });

  test("an inline experiment is the core's; a broken one is its first variation", async () => {
    open();
    const unspoken = await ready();
    const experiment = { key: "look", variations: ["a", "b"] };
    globalThis.fakeCore.run = () => ({ value: "b", variationId: 1, inExperiment: true });
    assert.equal(unspoken.run(experiment).value, "b");
    assert.deepEqual(calls().at(-1), ["run", experiment]);
    globalThis.fakeCore.run = () => null;
    assert.deepEqual(unspoken.run(experiment), {
      key: "0",
      featureId: null,
      inExperiment: false,
      hashUsed: false,
      variationId: 0,
      value: "a",
      hashAttribute: "id",
      hashValue: "",
      stickyBucketUsed: false,
    });
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

  test("a command made while the core is at work waits until it is done; a question is answered", async () => {
    open();
    const unspoken = await ready();
    globalThis.fakeCore.decide = () => ({ variant: "help" });
    const during = [];
    globalThis.fakeCore.shout = () => {
      unspoken.goal("from a connectedCallback");
      during.push(unspoken.decide("hero").variant, calls().length);
    };
    globalThis.fakeCore.exports.through();
    assert.deepEqual(during, ["help", 2], "start and decide, no goal yet");
    await settle();
    assert.deepEqual(calls().at(-1), ["goal", "from a connectedCallback", undefined]);
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
    assert.deepEqual(unspoken.erase(), { erased: ["unspoken.profile"] });
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
