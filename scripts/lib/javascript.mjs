/**
 * The same core as JavaScript, for pages whose Content-Security-Policy lets no WebAssembly run and for
 * browsers that have none: wasm2js of the very module that ships, with the few instructions that are
 * younger than WebAssembly's first version lowered to that.
 *
 * Not of a build of its own: one module means one glue, and the same decisions by construction.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, pkg } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault, step } from "./say.mjs";
import { forget, hashOf, isFresh, remember } from "./stamp.mjs";

const wasm = join(pkg, "unspoken-full.wasm");
export const javascript = join(pkg, "unspoken_core.js");
const stamp = join(pkg, ".stamp-javascript");

/** What rustc may use beyond the first version, and the passes that take it away. */
const LOWER = [
  ...["--enable-sign-ext", "--enable-nontrapping-float-to-int", "--enable-bulk-memory", "--enable-mutable-globals"],
  ...["--signext-lowering", "--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering"],
];

/** Replaces what must be there once: another Binaryen may write it otherwise. */
function replaced(text, what, by) {
  if (text.split(what).length !== 2)
    throw new Fault(
      `scripts/lib/javascript.mjs does not find \`${what}\` once in what wasm2js wrote: it is another version's.`,
    );
  return text.replace(what, () => by);
}

/** The module that wasm2js wrote, as one function from imports to exports. */
export function asFunction(text) {
  const start = text.indexOf("var retasmFunc = asmFunc({");
  if (start < 0) throw new Fault("scripts/lib/javascript.mjs does not know the form of what wasm2js wrote.");
  let module = `${text.slice(0, start)}export const instantiate = (imports) => asmFunc(imports);\n`;
  module = replaced(module, "import * as g from 'g';", "");
  // The glue takes its view of memory anew when the old one has been detached, as WebAssembly does it.
  return replaced(
    module,
    "buffer = newBuffer;",
    "structuredClone(buffer, { transfer: [buffer] });\n   buffer = newBuffer;",
  );
}

/** Builds `pkg/unspoken_core.js` from the module, where that has changed. */
export async function buildJavaScript() {
  const hash = hashOf([wasm, at("scripts/lib/javascript.mjs")]);
  if (isFresh(stamp, hash, [javascript])) return false;
  await step("core as JavaScript", "15 s", async () => {
    forget(stamp);
    const lowered = join(pkg, "unspoken_mvp.wasm");
    const raw = join(pkg, "unspoken_raw.js");
    await run(at("node_modules/.bin/wasm-opt"), [...LOWER, wasm, "-o", lowered]);
    await run(at("node_modules/.bin/wasm2js"), ["-Oz", lowered, "-o", raw]);
    const { transform } = await import("esbuild");
    const { code } = await transform(asFunction(readFileSync(raw, "utf8")), {
      minify: true,
      format: "esm",
      target: "es2020",
      legalComments: "none",
    });
    writeFileSync(javascript, code);
    for (const file of [lowered, raw]) rmSync(file);
    remember(stamp, hash);
  });
  return true;
}
