/**
 * The declarations of the package, one for each entry.
 *
 * They stay one file for each source file, under `dist/types`, with `dist/<entry>.d.ts` in front:
 * TypeScript 7 has no interface for tools that would roll them into one.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { BUNDLES } from "./entries.mjs";
import { at, dist } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault } from "./say.mjs";

const NAMED = /(?:from|import\(|import)\s*["'](\.{1,2}\/[^"']+)["']/g;

/** Every declaration file that `file` leads to, itself included. */
function reached(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(file, "utf8").matchAll(NAMED)) {
    reached(join(dirname(file), `${name.replace(/\.[jt]sx?$/, "")}.d.ts`), seen);
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

/** Declarations that somebody wrote by hand, such as a component's: TypeScript copies none. */
function copyWritten(folder) {
  for (const { entry } of BUNDLES) {
    const from = dirname(entry);
    for (const name of readdirSync(at(from)).filter((each) => each.endsWith(".d.ts"))) {
      const to = join(folder, from, name);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(at(from, name), to);
    }
  }
}

/** Writes `dist/types` and the declarations of the entries in front of it. */
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
  copyWritten(folder);
  const keep = new Set();
  for (const { entry, types } of BUNDLES.filter(({ types }) => types)) {
    const declared = join(folder, entry.replace(/\.tsx?$/, ".d.ts"));
    if (!existsSync(declared))
      throw new Fault(`TypeScript wrote no types for ${entry}: see to it that tsconfig.json includes it.`);
    const front = join(dist, types);
    const to = relative(dirname(front), declared).replace(/\.d\.ts$/, ".js");
    mkdirSync(dirname(front), { recursive: true });
    writeFileSync(front, `export * from "${to.startsWith(".") ? to : `./${to}`}";\n`);
    reached(declared, keep);
  }
  prune(folder, keep);
}
