/** What is written for the loader: only what is right, bounded, and of the visit it belongs to. */
import assert from "node:assert/strict";
import { afterEach, describe, mock, test } from "node:test";
import { fresh, openPage } from "./harness.mjs";

const { keep, MAX_PAGES, MAX_TEXT } = await fresh("slots/keep.ts");
const KEY = "unspoken.shown";
const NOW = 1.7e12;
const MINUTE = 60_000;
const DAY = 86_400_000;

let page;
let storage;
/** A page at a path, with what was stored before. */
function open(path, before) {
  page?.close();
  page = openPage();
  globalThis.location.pathname = path;
  storage = before === undefined ? {} : { [KEY]: typeof before === "string" ? before : JSON.stringify(before) };
  globalThis.localStorage = {
    getItem: (key) => storage[key] ?? null,
    setItem: (key, text) => void (storage[key] = text),
    removeItem: (key) => void delete storage[key],
  };
}
const stored = () => (storage[KEY] ? JSON.parse(storage[KEY]) : undefined);
const told = (slot, variant, more = {}) => ({ slot, variant, visit: false, here: false, ...more });
const write = (lasting, { afresh = false, at = NOW } = {}) => {
  mock.timers.enable({ apis: ["Date"], now: at });
  keep("persistent", lasting, () => "default", true, afresh);
  mock.timers.reset();
};

afterEach(() => {
  page?.close();
  page = undefined;
});

describe("the last decisions, as stored", () => {
  test("what is right everywhere, and what only here; defaults are not kept", () => {
    open("/boots/");
    write([told("a", "x"), told("b", "y", { here: true }), told("c", "default"), told("d", "z", { visit: true })]);
    assert.deepEqual(stored(), {
      v: 1,
      at: NOW,
      all: { a: { variant: "x" }, d: { variant: "z", visit: 1 } },
      pages: { "/boots/": { at: NOW, slots: { b: { variant: "y" } } } },
    });
  });

  test("where nothing is to be shown nothing is kept", () => {
    open("/", { v: 1, at: NOW, all: { a: { variant: "x" } }, pages: {} });
    write([told("a", "default")]);
    assert.equal(stored(), undefined);
  });

  test("other pages keep theirs, until something happened that their rules may read", () => {
    const before = {
      v: 1,
      at: NOW,
      all: {},
      pages: { "/packs/": { at: NOW, slots: { b: { variant: "y" }, gone: { variant: "y" } } } },
    };
    const lasting = [told("a", "x"), told("b", "default", { here: true })];
    open("/boots/", before);
    write(lasting);
    assert.deepEqual(stored().pages, { "/packs/": { at: NOW, slots: { b: { variant: "y" } } } });
    open("/boots/", before);
    write(lasting, { afresh: true });
    assert.deepEqual(stored().pages, {});
  });

  test("the box of another page goes with the variant it was of", () => {
    const box = { variant: "x", height: 300, width: 390 };
    const before = { v: 1, at: NOW, all: { a: { variant: "x" } }, pages: { "/": { at: NOW, slots: { a: box } } } };
    open("/boots/", before);
    write([told("a", "x")]);
    assert.deepEqual(stored().pages["/"].slots, { a: box });
    write([told("a", "z")]);
    assert.deepEqual(stored().pages, {});
  });

  test("what was of one visit goes with it, and all of it after a week", () => {
    const slots = { a: { variant: "x", visit: 1 }, b: { variant: "y" } };
    const before = { v: 1, at: NOW, all: {}, pages: { "/": { at: NOW, slots } } };
    const lasting = [told("a", "default", { here: true }), told("b", "default", { here: true })];
    for (const [later, left] of [
      [10 * MINUTE, ["a", "b"]],
      [31 * MINUTE, ["b"]],
      [7 * DAY, []],
    ]) {
      open("/boots/", before);
      write(lasting, { at: NOW + later });
      assert.deepEqual(Object.keys(stored()?.pages["/"]?.slots ?? {}), left);
    }
  });

  test("pages, slots and text have bounds, and the oldest page goes first", () => {
    open("/");
    for (let at = 0; at < MAX_PAGES + 5; at++) {
      globalThis.location.pathname = `/${at}`;
      const many = Array.from({ length: 40 }, (_, slot) => told(`slot${slot}`, "v", { here: slot > 20 }));
      write(many, { at: NOW + at });
    }
    const { all, pages } = stored();
    assert.ok(storage[KEY].length <= MAX_TEXT, `${storage[KEY].length}`);
    assert.equal(Object.keys(all).length, 16);
    const paths = Object.keys(pages);
    assert.ok(paths.length > 1 && paths.length <= MAX_PAGES);
    assert.ok(paths.includes(`/${MAX_PAGES + 4}`) && !paths.includes("/0"));
    for (const { slots } of Object.values(pages)) assert.ok(Object.keys(slots).length <= 16);
    open("/");
    write(Array.from({ length: 16 }, (_, slot) => told(`${slot}${"n".repeat(250)}`, "v".repeat(300))));
    assert.equal(stored(), undefined, "what does not fit is not kept in part");
  });

  for (const broken of [
    "{",
    "[]",
    "null",
    '"text"',
    '{"v":2}',
    '{"v":1,"pages":7}',
    '{"v":1,"at":"x","pages":{"/":null,"/b":7,"/c":{"at":1e99}}}',
    `{"v":1,"at":${NOW},"pages":{"/c":{"at":${NOW},"slots":{"a":null,"b":7}}}}`,
  ]) {
    test(`what is broken is written anew: ${broken.slice(0, 40)}`, () => {
      open("/", broken);
      write([told("a", "x")]);
      assert.deepEqual(stored().all, { a: { variant: "x" } });
    });
  }
});
