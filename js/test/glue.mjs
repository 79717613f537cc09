/**
 * A stand-in for the generated glue, in the shape that scripts/lib/shorten.mjs leaves. What the
 * core would do is in `globalThis.fakeCore`, method by method; it gets the guarded exports last.
 */
let wasm;
export function __wbg_set_wasm(exports) {
  wasm = exports;
}
/** Imported by the test's module: Rust calling out to JavaScript. */
export const imports = {
  __wbg_shout() {
    globalThis.fakeCore?.shout?.(wasm);
  },
};
export class RawUnspoken {
  constructor(options, show, emit) {
    globalThis.fakeCore ??= {};
    Object.assign(globalThis.fakeCore, { options, show, emit, exports: wasm, calls: [] });
    globalThis.fakeCore.construct?.(wasm);
  }
}
for (const method of [
  ..."start found lost decide explain feature place again have run slots lasting intents focus stats goal fact".split(
    " ",
  ),
  ..."dismiss set page".split(" "),
  ..."flush erase dispose record stop_recording".split(" "),
]) {
  RawUnspoken.prototype[method] = (...args) => {
    globalThis.fakeCore.calls.push([method, ...args]);
    return globalThis.fakeCore[method]?.(...args);
  };
}
