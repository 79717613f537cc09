/**
 * Where the server's module comes from: handed over where the runtime compiles it (edge), read from
 * beside this file in Node.
 */
import { loaded } from "./raw.js";

type Files = { readFileSync(path: URL): Uint8Array<ArrayBuffer> };
/** As far as it is used; the types of Node are no part of this package. */
declare const process: { getBuiltinModule?(name: string): Files | undefined } | undefined;

const HAND_OVER =
  'hand it over: `import wasm from "unspoken/unspoken-node.wasm"` where the runtime compiles modules, or its bytes, as `wasm`.';

function bytesBeside(): Uint8Array<ArrayBuffer> {
  // Asked for like this and not imported, so that bundlers for the edge find nothing to resolve.
  const files = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs");
  if (!files) throw new Error(`unspoken: this runtime reads no files; ${HAND_OVER}`);
  const address = new URL("./unspoken-node.wasm", import.meta.url);
  try {
    return files.readFileSync(address);
  } catch (error) {
    throw new Error(`unspoken: ${address.href} cannot be read (${(error as Error).message}); ${HAND_OVER}`);
  }
}

/** The compiled module; the first one serves every core of the process. */
export async function loadedModule(wasm: WebAssembly.Module | BufferSource | undefined): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (loaded) return loaded;
  if (wasm !== undefined && !(wasm instanceof ArrayBuffer) && !ArrayBuffer.isView(wasm))
    throw new TypeError(`unspoken: \`wasm\` is neither a WebAssembly.Module nor bytes; ${HAND_OVER}`);
  return WebAssembly.compile(wasm ?? bytesBeside());
}
