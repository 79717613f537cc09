/** What is made of wasm2js's output is held to the form that is known. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asFunction } from "../lib/javascript.mjs";

const WRITTEN = `import * as g from 'g';
function asmFunc(imports) {
 var buffer = new ArrayBuffer(65536);
 function grow() { var newBuffer = new ArrayBuffer(131072); buffer = newBuffer; }
 return { "a": { grow, get buffer() { return buffer; } } };
}
var retasmFunc = asmFunc({ "g": g });
export var a = retasmFunc.a;`;

describe("the core as JavaScript", () => {
  test("is one function, and memory that has grown leaves its old views empty", async () => {
    const module = asFunction(WRITTEN);
    const { instantiate } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
    const { a } = instantiate({});
    const view = new Uint8Array(a.buffer);
    a.grow();
    assert.equal(view.byteLength, 0);
    assert.equal(a.buffer.byteLength, 131072);
  });

  test("another form is refused", () => {
    assert.throws(() => asFunction(WRITTEN.replace("buffer = newBuffer", "memory = newBuffer")), /another version/);
    assert.throws(() => asFunction("export const a = 1;"), /does not know/);
  });
});
