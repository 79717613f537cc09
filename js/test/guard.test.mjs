/** The guard around a real WebAssembly module that really traps. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { fresh, wasm } from "./harness.mjs";

const { guarded } = await fresh("guard.ts");

describe("guard", () => {
  let real, faults, guard, shout;
  beforeEach(async () => {
    shout = () => {};
    const imports = { g: { __wbg_shout: () => shout() } };
    real = (await WebAssembly.instantiate(wasm, imports)).instance.exports;
    faults = [];
    guard = guarded(real, (error) => faults.push(error));
  });

  test("a healthy call answers, and memory is the very same object", () => {
    assert.equal(guard.exports.answer(), 42);
    assert.equal(guard.exports.memory, real.memory);
    assert.deepEqual(faults, []);
    assert.equal(guard.dead(), false);
  });

  test("a trap is told once, thrown never, and ends the instance", () => {
    assert.throws(real.trap, WebAssembly.RuntimeError, "the module of this test must really trap");
    assert.equal(guard.exports.trap(), undefined);
    assert.equal(guard.exports.trap(), undefined);
    assert.equal(faults.length, 1);
    assert.ok(faults[0] instanceof WebAssembly.RuntimeError);
    assert.equal(guard.dead(), true);
    assert.equal(real.answer(), 42);
    assert.equal(guard.exports.answer(), undefined);
  });

  test("a stack overflow counts as a trap", () => {
    assert.equal(guard.exports.deep(), undefined);
    assert.ok(faults[0] instanceof RangeError);
    assert.equal(guard.dead(), true);
  });

  test("an error of JavaScript that cuts through the core is a fault, not the page's error", () => {
    shout = () => {
      throw new TypeError("x is not a function");
    };
    assert.equal(guard.exports.through(), undefined);
    assert.equal(faults[0].message, "x is not a function");
    assert.equal(guard.exports.answer(), undefined);
    assert.equal(guard.busy(), false);
  });

  test("a listener that is already running is refused without a fault", () => {
    shout = () => {
      throw new Error("closure invoked recursively or after being dropped");
    };
    assert.equal(guard.exports.through(), undefined);
    assert.deepEqual(faults, []);
    assert.equal(guard.exports.answer(), 42);
  });

  test("busy only while core work is on the stack", () => {
    const seen = [];
    shout = () => seen.push(guard.busy());
    guard.exports.through();
    assert.deepEqual([...seen, guard.busy()], [true, false]);
  });

  test("a trap below a trap is told once", () => {
    shout = () => {
      guard.exports.trap();
      throw new WebAssembly.RuntimeError("the outer frames fail too");
    };
    assert.equal(guard.exports.through(), undefined);
    assert.equal(faults.length, 1);
    assert.match(faults[0].message, /unreachable/);
  });
});
