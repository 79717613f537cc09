/** Short names in a module and its glue, on a module small enough to write by hand. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../lib/say.mjs";
import { shorten, shortName } from "../lib/shorten.mjs";

const text = (string) => [string.length, ...Buffer.from(string)];
const section = (id, ...items) => {
  const body = [items.length, ...items.flat()];
  return [id, body.length, ...body];
};

/** (import from "__wbg_twice_0123" and "__wbg_fail_4567"), (export "run" (call both)), and a start. */
const module = (from = "./unspoken_bg.js") =>
  Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 1, 0x7f, 1, 0x7f], [0x60, 0, 0]),
    ...section(
      2,
      [...text(from), ...text("__wbg_twice_0123"), 0, 0],
      [...text(from), ...text("__wbg_fail_4567"), 0, 0],
    ),
    ...section(3, [0], [1]),
    ...section(7, [...text("run"), 0, 2], [...text("__wbindgen_start"), 0, 3]),
    ...section(10, [8, 0, 0x20, 0, 0x10, 0, 0x10, 1, 0x0b], [2, 0, 0x0b]),
  ]);

const glue = `/**
 * A class.
 */
export class Raw {
    run(x) {
        return wasm.run(x);
    }
}
export function __wbg_fail_4567() { return handleError(function (arg0) {
    return arg0 + { one: 1 }.one;
}, arguments); }
export function __wbg_twice_0123(arg0) {
    if (arg0 < 0) {
        return 0;
    }
    return arg0 * 2;
}
function handleError(f, args) {
    return f.apply(this, args);
}
let wasm;
export function __wbg_set_wasm(val) {
    wasm = val;
}
`;

const refused = (change, word) =>
  assert.throws(
    () => shorten({ module: module(), glue, ...change }),
    (error) => error instanceof Fault && error.message.includes(word),
  );

describe("short names", () => {
  test("are counted like columns of a sheet", () => {
    assert.deepEqual([0, 25, 26, 51, 52, 53, 103, 104].map(shortName), ["a", "z", "A", "Z", "aa", "ab", "aZ", "ba"]);
    assert.equal(new Set(Array.from({ length: 5000 }, (_, i) => shortName(i))).size, 5000);
  });

  test("stand in module and glue alike, and what was linked still runs", async () => {
    const short = shorten({ module: module(), glue });
    assert.ok(!/__wbg_(twice|fail)|\brun_?\d/.test(short.glue) && !short.module.includes("twice"));
    const linked = await import(`data:text/javascript,${encodeURIComponent(short.glue)}`);
    assert.deepEqual(Object.keys(linked.imports).sort(), ["a", "b"]);
    const { instance } = await WebAssembly.instantiate(short.module, { g: linked.imports });
    assert.deepEqual(Object.keys(instance.exports), ["a", "__wbindgen_start"]);
    linked.__wbg_set_wasm(instance.exports);
    assert.equal(new linked.Raw().run(20), 41);
  });

  test("the same input gives the same bytes", () => {
    assert.deepEqual(shorten({ module: module(), glue }), shorten({ module: module(), glue }));
  });

  test("a glue that looks otherwise is refused, with what is amiss", () => {
    refused({ glue: glue.replace("function __wbg_twice_0123", "const __wbg_twice_0123 = function ") }, "has 1");
    refused({ glue: glue.replace("wasm.run", "wasm.walk") }, "calls walk");
    refused({ module: module("env") }, "from env");
  });
});
