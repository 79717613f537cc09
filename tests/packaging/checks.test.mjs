/** What the ecosystem's own tools say of the tarball, and what a bundler leaves of an import that is not used. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as esbuild from "esbuild";
import { publint } from "publint";
import { BUNDLES, exportName } from "../../scripts/lib/entries.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { installed, manifest, site, tarball, tool } from "./support/pack.mjs";
import { svelte } from "./support/svelte.mjs";

/** The entries that are imported: those with types. */
const modules = async () => Object.entries((await manifest()).exports).filter(([, value]) => value.types);
const specifier = (name) => `unspoken${name.slice(1)}`;

test("publint has no word to say", async () => {
  const bytes = readFileSync(await tarball());
  const { messages } = await publint({
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
  });
  assert.deepEqual(messages, []);
});

test("arethetypeswrong: each entry with types resolves, from ESM and for bundlers", async () => {
  // `esm-only`: there is no CommonJS build. Node loads these modules by `require` too from 22.12 on.
  const names = (await modules()).map(([name]) => name);
  const flags = ["--profile", "esm-only", "--format", "json", "--entrypoints", ...names.map(specifier)];
  const output = await tool(at(), "@arethetypeswrong/cli/dist/index.js", await tarball(), ...flags);
  const { analysis, problems } = JSON.parse(output);
  assert.deepEqual(Object.keys(analysis.entrypoints).sort(), names.sort());
  for (const [name, { resolutions }] of Object.entries(analysis.entrypoints)) {
    for (const kind of ["node16-esm", "bundler"])
      assert.match(resolutions[kind].resolution.fileName, /\.d\.ts$/, `${name} ${kind}`);
  }
  // What is left concerns CommonJS, which the profile leaves out.
  assert.deepEqual(
    Object.keys(problems ?? {}).filter((kind) => !["CJSResolvesToESM", "NoResolution"].includes(kind)),
    [],
  );
});

for (const [moduleResolution, module] of [
  ["nodenext", "nodenext"],
  ["node16", "node16"],
  ["bundler", "esnext"],
])
  test(`types compile under ${moduleResolution}, and slim wants its core named`, async () => {
    const folder = await site("types", `types-${moduleResolution}`);
    const imports = (await modules()).map(([name], i) => `export * as e${i} from "${specifier(name)}";\n`);
    writeFileSync(join(folder, "all.ts"), imports.join(""));
    const lib = ["es2022", "dom", "dom.iterable"];
    const compilerOptions = { target: "es2022", lib, types: [], strict: true, noEmit: true, module, moduleResolution };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    await run(at("node_modules/.bin/tsc"), ["--project", folder]);
  });

describe("sideEffects", () => {
  const left = async (name) => {
    const folder = await site("types", "unused");
    const { outputFiles } = await esbuild.build({
      stdin: { contents: `import * as unused from "${specifier(name)}";`, resolveDir: folder },
      bundle: true,
      write: false,
      format: "esm",
      minify: true,
      packages: "bundle",
      plugins: [svelte("client")],
      // Frameworks answer for themselves.
      external: Object.keys((await manifest()).peerDependencies ?? {}).flatMap((host) => [host, `${host}/*`]),
      logLevel: "error",
    });
    return outputFiles[0].text.trim();
  };
  for (const each of BUNDLES.filter(({ types }) => types)) {
    const name = exportName(each);
    if (each.effects)
      test(`${name} stays, since importing it is using it`, async () => {
        assert.ok((await left(name)).length > 100);
      });
    else
      test(`nothing is left of ${name} that nobody uses`, async () => {
        assert.equal(await left(name), "");
      });
  }
});

test("the client is in the entries that start it, and in no other: a page never has two", async () => {
  const folder = join(await installed(), "dist");
  const withClient = BUNDLES.filter(({ out, format }) => {
    if (format === "node") return false;
    const { sources } = JSON.parse(readFileSync(join(folder, `${out}.map`), "utf8"));
    return sources.some((name) => name.endsWith("js/src/client.ts"));
  });
  assert.deepEqual(withClient.map(({ out }) => out).sort(), ["index.js", "inline.js", "slim.js", "unspoken.js"]);
});

describe("source maps", () => {
  const comment = /\n\/\/# sourceMappingURL=(\S+)\n$/;
  for (const { out, format } of BUNDLES.filter(({ format }) => format !== "node"))
    test(`dist/${out}: ${format === "iife" ? "beside the script, which does not name it" : "named"}, with its sources inside`, async () => {
      const folder = join(await installed(), "dist", out, "..");
      const code = readFileSync(join(await installed(), "dist", out), "utf8");
      const named = code.match(comment)?.[1];
      assert.equal(named, format === "iife" ? undefined : `${out.split("/").at(-1)}.map`);
      const payload = JSON.parse(readFileSync(join(folder, named ?? `${out}.map`), "utf8"));
      assert.equal(payload.sources.length, payload.sourcesContent.length);
      assert.ok(
        payload.sources.every((name) => !name.startsWith("/")),
        "no path of the machine that built it",
      );
      const map = new SourceMap(payload);
      // Names of properties are words on both sides; where one stands in the code, it stands in the source.
      const words = [...code.matchAll(/(?<=\.)[a-z]\w{4,}|\b(?:Slot|export|import)\b/g)].slice(0, 200);
      let hits = 0;
      for (const { 0: word, index } of words) {
        const before = code.slice(0, index).split("\n");
        const { originalSource, originalLine, originalColumn } = map.findEntry(before.length - 1, before.at(-1).length);
        if (originalSource === undefined) continue;
        const source = payload.sourcesContent[payload.sources.indexOf(originalSource)];
        assert.equal(typeof source, "string", `${originalSource} is not in the map`);
        if (source.split("\n")[originalLine]?.slice(originalColumn).startsWith(word)) hits++;
      }
      assert.ok(hits > 0, `none of ${words.length} words leads to its source`);
    });
});

test("size-limit: every entry is within its budget, and every entry has one", async () => {
  const output = await tool(at(), "size-limit/bin.js", "--json");
  const sizes = JSON.parse(output);
  for (const { name, passed, size, sizeLimit } of sizes)
    assert.equal(passed, true, `${name}: ${size} B of ${sizeLimit} B`);
  const limits = JSON.parse(readFileSync(at("package.json"), "utf8"))["size-limit"];
  const files = limits.flatMap(({ path }) => path);
  for (const { out, format } of BUNDLES)
    if (format !== "node")
      assert.ok(
        files.includes(`dist/${out}`),
        `dist/${out} has no budget: give it one in package.json, under size-limit`,
      );
});
