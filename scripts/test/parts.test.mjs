/** A module taken apart, on one small enough to write by hand: linked again, it runs as before. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { plain, takeApart } from "../lib/parts.mjs";
import { at } from "../lib/paths.mjs";
import { Fault } from "../lib/say.mjs";
import { shortenModule } from "../lib/shorten.mjs";

/**
 * As wasm-dis writes one: `run` calls the seam, which calls its own helper, a function that both use, the
 * glue, and one of its own through the table; `other` is called by the seam's part only through the table.
 */
const TEXT = `(module
 (type $0 (func (param i32) (result i32)))
 (import "./unspoken_bg.js" "__wbg_twice" (func $twice (param i32) (result i32)))
 (global $__stack_pointer (mut i32) (i32.const 64))
 (memory $0 1)
 (table $0 4 4 funcref)
 (elem $0 (i32.const 1) $shared $"x::seam::{closure#0}" $"describe::<(&str,)>")
 (export "run" (func $run))
 (export "memory" (memory $0))
 (func $run (param $0 i32) (result i32)
  (call $"<x[0123456789abcdef]::Thing>::seam"
   (local.get $0)
  )
 )
 (func $"<x[0123456789abcdef]::Thing>::seam" (param $0 i32) (result i32)
  (global.set $__stack_pointer
   (i32.add
    (global.get $__stack_pointer)
    (i32.const 1)
   )
  )
  (call $helper
   (call_indirect $0 (type $0)
    (call $shared
     (local.get $0)
    )
    (i32.const 2)
   )
  )
 )
 (func $helper (param $0 i32) (result i32)
  (call $twice
   (local.get $0)
  )
 )
 (func $shared (param $0 i32) (result i32)
  (i32.add
   (local.get $0)
   (global.get $__stack_pointer)
  )
 )
 (func $"x::seam::{closure#0}" (param $0 i32) (result i32)
  (i32.add
   (local.get $0)
   (i32.const 1000)
  )
 )
 (func $"describe::<(&str,)>" (param $0 i32) (result i32)
  (i32.const 7)
 )
)
`;
const PARTS = [{ name: "some", room: ["x::"], seams: ["x::Thing::seam"] }];
const UNUSED = ["describe::"];

describe("a module taken apart", () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "unspoken-parts-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const assemble = (text, names) => {
    const [wat, wasm] = ["a.wat", "a.wasm"].map((file) => join(folder, file));
    writeFileSync(wat, text);
    execFileSync(at("node_modules/.bin/wasm-as"), ["--mvp-features", "--enable-mutable-globals", wat, "-o", wasm]);
    const short = shortenModule(readFileSync(wasm), names);
    return new WebAssembly.Module(short.bytes);
  };

  test("names are told without what the compiler adds", () => {
    assert.equal(plain('"<unspoken[2464bd0165f6ab8c]::engine::Engine>::send"'), "engine::Engine::send");
    assert.equal(plain("__wbindgen_malloc"), "__wbindgen_malloc");
  });

  test("linked again it runs; without its part it traps", () => {
    const names = { imports: new Map([["__wbg_twice", "a"]]), exports: new Map([["build0", "build0"]]) };
    const { first, parts, crossings } = takeApart(TEXT, PARTS, { table: "build0", unused: UNUSED });
    assert.deepEqual(crossings, [{ part: "some", seam: "x::Thing::seam", from: "run" }]);
    assert.ok(!first.includes("func $helper") && !first.includes("func $twice (param i32) (result i32)\n"));
    assert.ok(!parts.some.includes("describe") && parts.some.includes("closure"));
    const g = { a: (number) => number * 2 };
    const { exports } = new WebAssembly.Instance(assemble(first, names), { g });
    const run = exports[names.exports.get("run")];
    assert.throws(() => run(1), WebAssembly.RuntimeError);
    const part = assemble(parts.some, names);
    new WebAssembly.Instance(part, { g, p: exports });
    // The stack pointer is one more by then: (1 + 65 + 1000) · 2.
    assert.equal(run(1), 2132);
    const { build0, ...others } = exports;
    assert.ok(build0 instanceof WebAssembly.Table);
    assert.throws(() => new WebAssembly.Instance(part, { g, p: { ...others, build1: build0 } }), WebAssembly.LinkError);
  });

  test("a seam that is not there is named", () => {
    const parts = [{ ...PARTS[0], seams: ["x::Thing::gone"] }];
    assert.throws(
      () => takeApart(TEXT, parts),
      (error) => error instanceof Fault && /seam x::Thing::gone/.test(error.message),
    );
  });

  test("text of another shape is refused", () => {
    for (const text of [
      TEXT.replace("(i32.const 1) $shared", "(i32.const 0) $shared"),
      TEXT.replace(" (memory", " (start"),
    ])
      assert.throws(() => takeApart(text, PARTS), Fault);
  });
});
