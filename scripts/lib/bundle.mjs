/**
 * TypeScript to what ships: three bundles, their types, and the dashboard; and the schema as it is.
 *
 * The types stay one file for each source file, under `dist/types`, with `dist/index.d.ts` in front:
 * TypeScript 7 has no interface for tools that would roll them into one.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { at, dist, pkg } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault } from "./say.mjs";
import { MODULES } from "./wasm.mjs";

/** From the source to what ships. */
const BUNDLES = [
  { entry: "js/src/entrypoints/script.ts", out: "unspoken.js", format: "iife" },
  { entry: "js/src/entrypoints/index.ts", out: "index.js", format: "esm", types: "index.d.ts" },
  { entry: "js/src/inspector/index.ts", out: "inspector.js", format: "esm", types: "inspector.d.ts" },
];

const COMMON = {
  bundle: true,
  minify: true,
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  // Beside the bundle, and not named in it: a page pays nothing for it.
  sourcemap: "external",
  logLevel: "silent",
  absWorkingDir: at(),
  // The glue would use these to free an instance that the page forgot; the client holds on to its one
  // until the page ends, and every listener is freed by hand.
  define: { FinalizationRegistry: "undefined", "Symbol.dispose": "undefined" },
};

/** esbuild, loaded late: set-up runs before it is installed. */
async function esbuild(options) {
  const { build, formatMessages } = await import("esbuild");
  try {
    await build({ ...COMMON, ...options });
  } catch (error) {
    if (!error.errors) throw error;
    const told = await formatMessages(error.errors, { kind: "error", color: false });
    throw new Fault(
      `${options.entryPoints.join(", ")} cannot be bundled: what esbuild says stands above.`,
      told.join("\n"),
    );
  }
}

function mustExist(path, what) {
  if (!existsSync(at(path))) throw new Fault(`${path} is not there, and ${what} is built from it.`);
}

/** GrowthBook's SDK and what ships in one script, for benches/web.rs, which is run in its own page. */
export async function bundleBench() {
  mustExist("dist/index.js", "the bench of features");
  await esbuild({
    entryPoints: ["benches/features.mjs"],
    outfile: at("target/bench-features.js"),
    format: "iife",
    loader: { ".wasm": "binary" },
    // The core is handed over as bytes, so its address is not asked for.
    define: { ...COMMON.define, "import.meta.url": '"http://localhost/"' },
    sourcemap: false,
  });
}

export async function bundleScripts() {
  for (const { entry, out, format } of BUNDLES) {
    mustExist(entry, `dist/${out}`);
    // Private names may be shortened; wasm-bindgen's begin with two underscores and are matched by
    // name against the module.
    await esbuild({ entryPoints: [entry], outfile: join(dist, out), format, mangleProps: /^_[^_]/ });
  }
  for (const file of MODULES) copyFileSync(join(pkg, file), join(dist, file));
}

/** The schema of `unspoken.json`, for editors. */
export function copySchema() {
  mustExist("schema/unspoken.schema.json", "the schema in dist/");
  copyFileSync(at("schema/unspoken.schema.json"), join(dist, "unspoken.schema.json"));
}

/** Every declaration file that `file` leads to, itself included. */
function reached(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(file, "utf8").matchAll(/(?:from|import\(|import)\s*["'](\.{1,2}\/[^"']+)["']/g)) {
    reached(join(dirname(file), `${name.replace(/\.[jt]s$/, "")}.d.ts`), seen);
  }
  return seen;
}

function prune(folder, keep) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) prune(path, keep);
    else if (!keep.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}

export async function declareTypes() {
  const folder = join(dist, "types");
  rmSync(folder, { recursive: true, force: true });
  await run(
    at("node_modules/.bin/tsc"),
    [
      "--project",
      at("tsconfig.json"),
      "--noEmit",
      "false",
      "--declaration",
      "--emitDeclarationOnly",
      "--stripInternal",
      "--rootDir",
      at(),
      "--outDir",
      folder,
    ],
    {
      sentence: "The types cannot be written: what TypeScript says stands above.",
    },
  );
  const keep = new Set();
  for (const { entry, types } of BUNDLES.filter(({ types }) => types)) {
    const declared = join(folder, entry.replace(/\.ts$/, ".d.ts"));
    if (!existsSync(declared))
      throw new Fault(`TypeScript wrote no types for ${entry}: see to it that tsconfig.json includes it.`);
    writeFileSync(join(dist, types), `export * from "./${relative(dist, declared).replace(/\.d\.ts$/, ".js")}";\n`);
    reached(declared, keep);
  }
  prune(folder, keep);
}

export async function bundleDashboard() {
  const from = "www/dashboard";
  const to = join(dist, "dashboard");
  for (const file of ["main.ts", "style.css", "index.html"]) mustExist(`${from}/${file}`, "the dashboard");
  mkdirSync(to, { recursive: true });
  await esbuild({ entryPoints: [`${from}/main.ts`], outfile: join(to, "main.js"), format: "esm" });
  await esbuild({ entryPoints: [`${from}/style.css`], outfile: join(to, "style.css") });
  copyFileSync(at(from, "index.html"), join(to, "index.html"));
}

/** `endpoint` is where the shop's pages send to. */
export async function buildShop({ endpoint, key }) {
  mustExist("www/shop/build.mjs", "the demo shop");
  const { build } = await import("../../www/shop/build.mjs");
  await build(join(dist, "shop"), { endpoint, key });
}
