/**
 * What the generated glue exports, as far as raw.ts uses it: `pkg/` is not there before the first
 * build, and wasm-bindgen writes no types for this file.
 */
declare module "*/unspoken_bg.js" {
  /** What the module calls, by the short names that scripts/lib/shorten.mjs gave. */
  export const imports: WebAssembly.ModuleImports;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
  export const RawUnspoken: new (
    options: object,
    show: (slot: string, variant: string) => boolean,
    emit: (event: string, detail: object) => void,
  ) => import("./raw.js").RawUnspoken;
}
