/** Which parts of the core a config, what is stored, or a call asks for. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { PARTS } from "../../scripts/lib/seams.mjs";
import { fresh, openPage } from "./harness.mjs";

let parts;
before(async () => {
  parts = await fresh("parts.ts");
});

const rule = (more) => ({ slots: { hero: { rules: [{ id: "a", show: "b", ...more }] } } });

describe("parts", () => {
  test("a config of plain rules asks for none", () => {
    const when = { $or: [{ "intent.struggle": { $gte: 0.6 } }, { "device.type": { $in: ["phone"] } }] };
    const config = { ...rule({ when, limits: { perSession: 1, until: { goal: "g" } } }), goals: { g: { click: "a" } } };
    assert.deepEqual(parts.partsFor({ config, overrides: undefined, endpoint: undefined }), []);
  });

  for (const [part, ...values] of [
    ["experiment", rule({ test: {} }), { features: {} }, { experiments: {} }, { savedGroups: {} }, { holdout: {} }],
    ["past", { journeys: {} }, rule({ schedule: {} }), rule({ when: { $not: { $history: {} } } })],
    [
      "more",
      { intents: {} },
      { exclusive: [] },
      rule({ when: { a: { $regexi: "x" } } }),
      rule({ when: { $and: [{ a: { $vgte: "1" } }] } }),
    ],
  ]) {
    test(`${part}: any key of its own asks for it, however deep`, () => {
      for (const config of values) assert.deepEqual(parts.partsFor({ config }), [part], JSON.stringify(config));
    });
  }

  test("learn asks for what it needs besides", () =>
    assert.deepEqual(parts.partsFor({ config: rule({ learn: 7 }) }), ["learn", "past"]));

  test("options ask too, and what goes round in circles for all", () => {
    assert.deepEqual(parts.partsFor({ config: {}, overrides: { qaMode: true } }), ["experiment"]);
    assert.deepEqual(parts.partsFor({ config: {}, endpoint: "/v1" }), ["collect"]);
    const circle = {};
    circle.circle = circle;
    assert.equal(parts.partsFor(circle).length, PARTS.length);
  });

  describe("stored", () => {
    const stored = (profile) => {
      const page = openPage({ storage: { "unspoken.profile": JSON.stringify(profile) } });
      try {
        return [parts.partsKept("persistent"), parts.partsKept("session")];
      } finally {
        page.close();
      }
    };
    test("what a part once kept asks for it, in the storage of that mode; an empty list does not", () => {
      assert.deepEqual(stored({ sticky: [], awaiting: [], posteriors: [] }), [[], []]);
      assert.deepEqual(stored({ sticky: [{}], awaiting: [], posteriors: [] }), [["experiment"], []]);
      assert.deepEqual(stored({ sticky: [], awaiting: [], posteriors: [["a/b", 1, ""]] }), [["learn", "past"], []]);
    });
    test("storage that may not be touched asks for none", () => assert.deepEqual(parts.partsKept("persistent"), []));
  });

  test("the parts are those that are built, and their bits those that the core knows", () => {
    assert.deepEqual(
      parts.partsFor(
        (() => {
          const circle = {};
          circle.circle = circle;
          return circle;
        })(),
      ),
      PARTS.map(({ name }) => name),
    );
    const rust = readFileSync(new URL("../../src/part.rs", import.meta.url), "utf8");
    const known = [...rust.matchAll(/pub const (\w+): u8 = (\d+);/g)].map(([, name, bit]) => [name, Number(bit)]);
    assert.equal(known.length, 2);
    for (const [name, bit] of known) assert.equal(parts.bits([name.toLowerCase()]), bit);
    assert.equal(
      parts.without((part) => part !== "learn"),
      2,
    );
  });
});
