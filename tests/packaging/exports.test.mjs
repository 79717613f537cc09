/** What package.json says, the table of entries, and what `dist/` and the tarball hold: one and the same. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { written } from "../../scripts/exports.mjs";
import { BUNDLES, exportName } from "../../scripts/lib/entries.mjs";
import { declared } from "../../scripts/lib/exports.mjs";
import { filesIn, MANIFEST, shipped } from "../../scripts/lib/integrity.mjs";
import { at, dist } from "../../scripts/lib/paths.mjs";
import { installed, manifest } from "./support/pack.mjs";

const told = JSON.parse(readFileSync(at("package.json"), "utf8"));
const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));

describe("package.json", () => {
  test("names what the table and dist/ have: else run `node scripts/exports.mjs`", () => {
    const { exports, sideEffects, bin } = told;
    assert.deepEqual({ exports, sideEffects, ...(bin ? { bin } : {}) }, declared());
  });

  test("each file it names is in the installed package, and each entry of the installed package is named", async () => {
    const { exports, bin = {} } = await manifest();
    const named = new Set(targets([exports, bin].flatMap(targets)));
    for (const file of named) assert.ok(existsSync(join(await installed(), file)), `${file} is not in the package`);
    const entries = filesIn(join(await installed(), "dist")).filter((name) => /^([\w-]+|\w+\/index)\.js$/.test(name));
    for (const name of entries) assert.ok(named.has(`./dist/${name}`), `dist/${name} has no export`);
    assert.ok(entries.length >= 5);
  });

  test("the tarball holds all that dist/ ships, and nothing of the demo", async () => {
    const files = filesIn(join(await installed(), "dist")).sort();
    assert.deepEqual(files, [...shipped(), MANIFEST].sort());
    assert.deepEqual(
      files.filter((name) => /shop|dashboard/.test(name)),
      [],
    );
  });

  test("has no key twice: the second would hide the first", () => {
    assert.equal(readFileSync(at("package.json"), "utf8"), `${JSON.stringify(told, null, 2)}\n`);
  });

  test("no two entries share a name or a file", () => {
    for (const of of [exportName, ({ out }) => out]) {
      const all = BUNDLES.map(of).filter(Boolean);
      assert.deepEqual(all, [...new Set(all)]);
    }
  });

  test("a module imports only this package and what package.json calls an optional peer", () => {
    const { peerDependencies = {}, peerDependenciesMeta = {} } = told;
    for (const { out } of BUNDLES.filter(({ format }) => format === "esm" || format === "files")) {
      const code = readFileSync(join(dist, out), "utf8");
      for (const [, name] of code.matchAll(
        /(?:^|[;}\n])(?:import|export)(?:[^"'();]*from)?\s*["']([^."'/][^"']*)["']/g,
      )) {
        const host = name.match(/^(?:@[^/]+\/)?[^/]+/)[0];
        assert.ok(host === "unspoken" || host in peerDependencies, `dist/${out} imports ${name}, which is no peer`);
        if (host !== "unspoken") assert.equal(peerDependenciesMeta[host]?.optional, true, `${host} is optional`);
      }
    }
  });
});

describe("`node scripts/exports.mjs`", () => {
  const table = [
    { out: "unspoken.js", format: "iife", effects: true },
    { out: "index.js", format: "esm", types: "index.d.ts" },
    { out: "svelte/index.js", format: "files", types: "svelte/index.d.ts" },
    { out: "cli.js", format: "node", effects: true },
  ];
  test("makes modules with types, scripts and cores without, and the command", () => {
    const { exports, sideEffects, bin } = declared(table, ["unspoken.wasm"]);
    assert.deepEqual(exports["."], { types: "./dist/index.d.ts", default: "./dist/index.js" });
    const svelte = "./dist/svelte/index.js";
    assert.deepEqual(exports["./svelte"], { types: "./dist/svelte/index.d.ts", svelte, default: svelte });
    assert.equal(exports["./unspoken.js"], "./dist/unspoken.js");
    assert.equal(exports["./unspoken.wasm"], "./dist/unspoken.wasm");
    assert.ok(!("./cli" in exports));
    assert.deepEqual(sideEffects, ["./dist/unspoken.js", "./dist/cli.js"]);
    assert.deepEqual(bin, { unspoken: "./dist/cli.js" });
  });
  test("changes these keys and nothing else, and a second time nothing at all", () => {
    const before = `${JSON.stringify({ name: "x", exports: {}, files: ["dist"], sideEffects: [], engines: {} }, null, 2)}\n`;
    const after = written(before, declared(table, []));
    assert.deepEqual(Object.keys(JSON.parse(after)), ["name", "exports", "bin", "files", "sideEffects", "engines"]);
    assert.equal(written(after, declared(table, [])), after);
  });
});
