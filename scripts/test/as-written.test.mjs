/** The comments that keep bundlers from an import, and the source map that moves with them. */
import assert from "node:assert/strict";
import { SourceMap } from "node:module";
import { describe, test } from "node:test";
import { transform } from "esbuild";
import { asWritten, COMMENT, first, letters } from "../lib/as-written.mjs";

describe("imports that bundlers leave alone", () => {
  test("numbers of a source map are written as they are read", () => {
    for (const number of [0, 1, -1, 15, 16, -16, 31, 32, 1023, 1024, -70_000, 2_000_000])
      assert.deepEqual(first(`${letters(number)}AAA`), { value: number, length: letters(number).length });
    assert.deepEqual([letters(0), letters(16), letters(-1)], ["A", "gB", "D"]);
  });

  test("get their comment, and every name still leads to its source", async () => {
    const source = [
      "export const load = async (address, other) => {",
      "  const { instantiate } = await import(String(address));",
      '  const fixed = await import("./fixed.js");',
      "  const { second } = await import(new URL(other).href);",
      "  return instantiate(fixed.middle, second.later).beyond;",
      "};",
    ].join("\n");
    const made = await transform(source, { minify: true, format: "esm", sourcemap: true, sourcefile: "load.js" });
    const { code, map } = asWritten({ code: made.code, map: JSON.parse(made.map) });
    assert.equal(code.split(COMMENT).length - 1, 2);
    assert.ok(code.includes(`import(${COMMENT}String(`) && code.includes('import("./fixed.js")'));
    assert.equal(code.replaceAll(COMMENT, ""), made.code);

    const found = new SourceMap(map);
    for (const name of ["instantiate", "middle", "second", "later", "beyond", "URL", "String"]) {
      const { originalLine, originalColumn } = found.findEntry(0, code.indexOf(name));
      assert.ok(source.split("\n")[originalLine].slice(originalColumn).startsWith(name), name);
    }
  });

  test("code without any stays as it is, map and all", () => {
    const one = { code: 'import("./a.js");\n', map: { mappings: "AAAA" } };
    assert.deepEqual(asWritten(one), one);
  });
});
