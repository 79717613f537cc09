/** The script tag: its attributes, its queue, and loading it twice. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { fresh, openPage, wasm } from "./harness.mjs";

const files = {
  "/unspoken.json": JSON.stringify({ slots: { hero: { rules: [] } } }),
  "https://cdn.example/v1/unspoken.wasm": new Response(wasm, {
    headers: { "content-type": "application/octet-stream" },
  }),
};
const tag = (dataset = {}) => ({
  src: "https://cdn.example/v1/unspoken.js",
  dataset: { config: "/unspoken.json", ...dataset },
});
let page;
const load = async (dataset) => {
  page ??= openPage({ files, script: tag(dataset) });
  await fresh("entrypoints/script.ts");
  return globalThis.unspoken.ready;
};
afterEach(() => {
  page?.close();
  page = undefined;
});

describe("script tag", () => {
  test("reads its attributes, and finds the core beside itself", async () => {
    const unspoken = await load({
      endpoint: "https://c.example/v1",
      key: "pk_demo",
      level: "trace",
      storage: "session",
    });
    assert.equal(unspoken.stats().fault, null);
    const { config, ...options } = globalThis.fakeCore.options;
    assert.deepEqual(Object.keys(config.slots), ["hero"]);
    assert.deepEqual(options, {
      endpoint: "https://c.example/v1",
      key: "pk_demo",
      level: "trace",
      storage: "session",
      attributes: {},
      overrides: undefined,
      profile: undefined,
      without: 0,
    });
    assert.deepEqual(
      page.requests.map(({ url }) => url),
      ["/unspoken.json", "https://cdn.example/v1/unspoken.wasm"],
    );
  });

  for (const [name, queue] of [
    ["an array", (calls) => calls],
    ["a stub with a list q", (calls) => ({ q: calls })],
  ]) {
    test(`makes the calls queued in ${name}, and survives a wrong one`, async () => {
      page = openPage({ files, script: tag() });
      globalThis.unspoken = queue([
        ["goal", "purchase", { value: 80 }],
        ["no such method"],
        null,
        ["fact", "activity", "hiking"],
        ["dismiss", "hero"],
      ]);
      const unspoken = await load();
      unspoken.push(["goal", "later"]);
      assert.deepEqual(globalThis.fakeCore.calls, [
        ["start"],
        ["goal", "purchase", 80],
        ["fact", "activity", "hiking"],
        ["dismiss", "hero"],
        ["goal", "later", undefined],
      ]);
    });
  }

  test("an element with the id `unspoken` in its place does not matter", async () => {
    page = openPage({ files, script: tag() });
    globalThis.unspoken = { tagName: "DIV" };
    assert.equal((await load()).stats().fault, null);
  });

  test("loaded twice, there is one instance and one core", async () => {
    const first = await load();
    const second = await load();
    assert.equal(first, second);
    assert.deepEqual(globalThis.fakeCore.calls, [["start"]]);
  });

  test("without data-config it stands down and says what to add", async () => {
    page = openPage({ files, script: { src: "https://cdn.example/v1/unspoken.js", dataset: {} } });
    assert.match((await load()).stats().fault, /^config: /);
  });
});
