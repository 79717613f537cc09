/** Functions named by the order of their bytes, on a module small enough to write by hand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nameByBytes } from "../lib/order.mjs";

const text = (string) => [string.length, ...Buffer.from(string)];
const section = (id, ...items) => {
  const body = [items.length, ...items.flat()];
  return [id, body.length, ...body];
};

test("each function is named by its place, after the imported ones, and nothing else changes", async () => {
  const module = Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 0, 1, 0x7f]),
    ...section(2, [...text("g"), ...text("a"), 0, 0]),
    ...section(3, [0], [0], [0]),
    ...section(7, [...text("run"), 0, 2]),
    ...section(10, [4, 0, 0x41, 9, 0x0b], [4, 0, 0x41, 5, 0x0b], [4, 0, 0x41, 7, 0x0b]),
    // A name section of its own, which gives way.
    ...[0, 7, ...text("name"), 1, 0],
  ]);
  const named = nameByBytes(module);
  const names = ["000002", "000000", "000001"].flatMap((name, at) => [at + 1, ...text(name)]);
  const [kept] = WebAssembly.Module.customSections(new WebAssembly.Module(named), "name");
  assert.deepEqual([...new Uint8Array(kept)], [1, names.length + 1, 3, ...names]);
  assert.equal(named.indexOf(module.subarray(8, -9)), 8);
  const { instance } = await WebAssembly.instantiate(named, { g: { a: () => 1 } });
  assert.equal(instance.exports.run(), 5);
});
