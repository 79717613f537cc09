/**
 * What the generated glue exports, as far as raw.ts and node/raw.ts use it: `pkg/` is not there before the first
 * build, and wasm-bindgen writes no types for this file.
 */
declare module "core.wasm" {
  /** The whole core in base64, which the build puts in. */
  const base64: string;
  export default base64;
}
declare module "*/unspoken_bg.js" {
  /** What the module calls, by the short names that scripts/lib/shorten.mjs gave. */
  export const imports: WebAssembly.ModuleImports;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
  export const RawUnspoken: new (
    options: object,
    show: (slot: string, variant: string) => boolean | undefined,
    emit: (event: string, detail: object) => void,
  ) => import("./raw.js").RawUnspoken;
  /** Of the server's module, pkg/node. */
  export const RawCore: new (config: object) => import("./node/raw.js").RawCore;
}
