/**
 * TypeScript to what ships: a bundle for each entry of the package, and the dashboard; and the schema as
 * it is. types.mjs writes the declarations, exports.mjs what package.json says of the entries, and
 * integrity.mjs seals the folder.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { leaveAsWritten } from "./as-written.mjs";
import { BUNDLES } from "./entries.mjs";
import { javascript } from "./javascript.mjs";
import { at, dist, pkg } from "./paths.mjs";
import { Fault } from "./say.mjs";
import { MODULES } from "./wasm.mjs";
import { nodeModule } from "./wasm-node.mjs";

/** What keeps its own copy: the package's other entries, so that there is one client, and frameworks. */
const OUTSIDE = ["unspoken", "unspoken/*"];

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
  define: { FinalizationRegistry: "undefined", "Symbol.dispose": "undefined", INTEGRITY: "undefined" },
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

/**
 * How a bundle is made, by its format.
 *
 * Source maps: a module goes through the site's own bundler, which reads the map by its comment and
 * drops the comment, so it is named. A script goes to visitors as it is, so its map lies beside it.
 */
const FORMATS = {
  iife: { format: "iife" },
  esm: { format: "esm", sourcemap: "linked", packages: "external" },
  node: { format: "esm", platform: "node", target: "node20", sourcemap: false, banner: { js: "#!/usr/bin/env node" } },
};

/** Private names may be shortened; wasm-bindgen's begin with two underscores and are matched by name. */
const PRIVATE = /^_[^_]/;

/** The licences of what a bundle holds of others, as a comment. */
function licences(names) {
  const texts = names.map((name) => `${name}\n\n${readFileSync(at("node_modules", name, "LICENSE"), "utf8")}`);
  return `/*! This file holds:\n\n${texts.join("\n").replaceAll("*/", "* /")}*/`;
}

async function bundleOne({ entry, out, format }) {
  if (format === "files") return bundleEach(dirname(entry), dirname(join(dist, out)));
  await esbuild({
    entryPoints: [entry],
    outfile: join(dist, out),
    ...FORMATS[format],
    // What the command line needs is bundled with it: the package has no dependencies.
    ...(format === "node"
      ? { footer: { js: licences(["parse5", "entities"]) } }
      : { external: OUTSIDE, mangleProps: PRIVATE }),
    alias: { "core.wasm": wholeCore() },
    loader: { ".wasm": "base64" },
  });
  if (format === "esm") leaveAsWritten(join(dist, out));
}

/**
 * A folder that the site's own compiler goes through, such as Svelte's: components and runes as they are
 * written, and each module by itself, with what it takes from other folders inside.
 */
async function bundleEach(from, to) {
  mkdirSync(to, { recursive: true });
  const names = readdirSync(at(from));
  const modules = names.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => name.replace(/ts$/, "js"));
  for (const name of names.filter((each) => each.endsWith(".svelte"))) copyFileSync(at(from, name), join(to, name));
  for (const name of modules)
    await esbuild({
      entryPoints: [`${from}/${name.replace(/js$/, "ts")}`],
      outfile: join(to, name),
      ...FORMATS.esm,
      external: [...OUTSIDE, "./*.svelte", ...modules.map((module) => `./${module}`)],
    });
}

/** The whole core as one module, for who names one file, and inside of `unspoken/inline`. */
const wholeCore = () => join(pkg, "unspoken-full.wasm");

/** The core into `dist/`: in parts, whole, as JavaScript, and for servers. */
function copyCores() {
  for (const name of readdirSync(dist)) if (name.endsWith(".wasm")) rmSync(join(dist, name));
  for (const file of MODULES) copyFileSync(join(pkg, file), join(dist, file));
  copyFileSync(javascript, join(dist, "unspoken-core.js"));
  copyFileSync(nodeModule, join(dist, "unspoken-node.wasm"));
}

/** The script tag's bundle, told what the files it fetches have to hash to. */
export async function bundleSealed(outfile, integrity) {
  const { entry } = BUNDLES.find(({ out }) => out === "unspoken.js");
  await esbuild({
    entryPoints: [entry],
    outfile,
    ...FORMATS.iife,
    mangleProps: PRIVATE,
    sourcemap: false,
    define: { ...COMMON.define, INTEGRITY: JSON.stringify(integrity) },
  });
}

export async function bundleScripts() {
  mkdirSync(dist, { recursive: true });
  // What an earlier build left behind would be packed too.
  for (const name of readdirSync(dist)) if (/\.(js|js\.map|d\.ts)$/.test(name)) rmSync(join(dist, name));
  copyCores();
  for (const each of BUNDLES) {
    mustExist(each.entry, `dist/${each.out}`);
    await bundleOne(each);
  }
}

/** The schema of `unspoken.json`, for editors. */
export function copySchema() {
  mustExist("schema/unspoken.schema.json", "the schema in dist/");
  copyFileSync(at("schema/unspoken.schema.json"), join(dist, "unspoken.schema.json"));
}

export async function bundleDashboard() {
  const from = "www/dashboard";
  const to = join(dist, "dashboard");
  for (const file of ["main.ts", "style.css", "index.html"]) mustExist(`${from}/${file}`, "the dashboard");
  // A view is a file of its own, and those of an earlier build have other names.
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  await esbuild({ entryPoints: [`${from}/main.ts`], outdir: to, format: "esm", splitting: true });
  await esbuild({ entryPoints: [`${from}/style.css`], outfile: join(to, "style.css") });
  copyFileSync(at(from, "index.html"), join(to, "index.html"));
}

/** `endpoint` is where the shop's pages send to. */
export async function buildShop({ endpoint, key }) {
  mustExist("www/shop/build.mjs", "the demo shop");
  const { build } = await import("../../www/shop/build.mjs");
  await build(join(dist, "shop"), { endpoint, key });
}
