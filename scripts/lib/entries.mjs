/**
 * The entries of the package: from a source to what ships, and under which name.
 * package.json follows from this table, and tests/packaging/exports.test.mjs holds it to that.
 */

/**
 * - `format`: `iife` for a script tag, `esm` for `import`, `node` for the command line, `files` for a
 *   folder that the site's own compiler compiles.
 * - `types`: where its declarations go; only of what is imported.
 * - `effects`: importing it does something, so no bundler may leave it out.
 */
export const BUNDLES = [
  { entry: "js/src/entrypoints/script.ts", out: "unspoken.js", format: "iife", effects: true },
  { entry: "js/src/loader/index.ts", out: "loader.js", format: "iife", effects: true },
  { entry: "js/src/entrypoints/index.ts", out: "index.js", format: "esm", types: "index.d.ts" },
  { entry: "js/src/entrypoints/slim.ts", out: "slim.js", format: "esm", types: "slim.d.ts" },
  { entry: "js/src/entrypoints/inline.ts", out: "inline.js", format: "esm", types: "inline.d.ts" },
  { entry: "js/src/react/index.tsx", out: "react.js", format: "esm", types: "react.d.ts" },
  { entry: "js/src/vue/index.ts", out: "vue.js", format: "esm", types: "vue.d.ts" },
  { entry: "js/src/svelte/index.ts", out: "svelte/index.js", format: "files", types: "svelte/index.d.ts" },
  { entry: "js/src/element/index.ts", out: "element.js", format: "esm", types: "element.d.ts", effects: true },
  { entry: "js/src/openfeature/index.ts", out: "openfeature.js", format: "esm", types: "openfeature.d.ts" },
  { entry: "js/src/bridges/index.ts", out: "bridges.js", format: "esm", types: "bridges.d.ts" },
  { entry: "js/src/node/index.ts", out: "node.js", format: "esm", types: "node.d.ts" },
  { entry: "js/src/inspector/index.ts", out: "inspector.js", format: "esm", types: "inspector.d.ts", effects: true },
  { entry: "js/src/cli/index.mjs", out: "cli.js", format: "node", effects: true },
];

/** Whether a file of `dist/` is the core: as a module, in parts, or as JavaScript. */
export const isCore = (name) => name.endsWith(".wasm") || name === "unspoken-core.js";

/** The name under which a bundle is imported; null for the command line. */
export function exportName({ out, format, types }) {
  if (format === "node") return null;
  // A script has no other name than its file's: nobody imports it for what it exports.
  if (!types) return `./${out}`;
  const name = out.replace(/(\/index)?\.js$/, "");
  return name === "index" ? "." : `./${name}`;
}
