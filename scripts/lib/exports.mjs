/**
 * What package.json says of the entries: `exports`, `sideEffects`, `bin`. It follows from the table in
 * entries.mjs and from the cores in `dist/`; `node scripts/exports.mjs` writes it, a test holds it.
 */
import { existsSync, readdirSync } from "node:fs";
import { BUNDLES, exportName, isCore } from "./entries.mjs";
import { dist } from "./paths.mjs";
import { Fault } from "./say.mjs";

/** A module's conditions, `types` first, as TypeScript takes the first that fits. */
function conditions({ out, types, format }) {
  const file = `./dist/${out}`;
  if (!types) return file;
  return { types: `./dist/${types}`, ...(format === "files" ? { svelte: file } : {}), default: file };
}

/** The core, its parts and its other builds, as `dist/` has them. */
export function cores(folder = dist) {
  const names = existsSync(folder) ? readdirSync(folder).filter(isCore) : [];
  // Without them the exports of the core would be taken out.
  if (names.length === 0) throw new Fault("dist/ has no core: run `npm run build` first.");
  return names.sort();
}

/** `{ exports, sideEffects, bin }` as they have to be. */
export function declared(bundles = BUNDLES, wasm = cores()) {
  const named = bundles.map((each) => [exportName(each), each]).filter(([name]) => name);
  const modules = named.filter(([, { types }]) => types).map(([name, each]) => [name, conditions(each)]);
  const scripts = named.filter(([, { types }]) => !types).map(([name, each]) => [name, conditions(each)]);
  const command = bundles.find(({ format }) => format === "node");
  return {
    exports: Object.fromEntries([
      ...modules,
      ...scripts,
      ...wasm.map((name) => [`./${name}`, `./dist/${name}`]),
      ["./integrity.json", "./dist/integrity.json"],
      ["./schema.json", "./dist/unspoken.schema.json"],
      ["./package.json", "./package.json"],
    ]),
    sideEffects: bundles.filter(({ effects }) => effects).map(({ out }) => `./dist/${out}`),
    ...(command ? { bin: { unspoken: `./dist/${command.out}` } } : {}),
  };
}
