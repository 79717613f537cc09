/** Sizes, budgets, and the shape of `npm run -s size -- --json`. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, mock, test } from "node:test";
import { Fault } from "../lib/say.mjs";
import { PARTS } from "../lib/seams.mjs";
import { measure, overBudget, PAGES, report, SHIPPED } from "../lib/sizes.mjs";
import { size, table } from "../size.mjs";

describe("sizes", () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "unspoken-sizes-"));
    for (const [i, file] of SHIPPED.entries()) writeFileSync(join(folder, file), "abc".repeat(100 * (i + 1)));
  });
  after(() => rmSync(folder, { recursive: true }));

  const printed = (options, budgets = {}) => {
    const write = mock.method(process.stdout, "write", () => true);
    try {
      size(folder, budgets, options);
    } finally {
      write.mock.restore();
    }
    return write.mock.calls.map(({ arguments: [text] }) => text).join("");
  };

  test("the three forms of one file", () => {
    const { raw, gzip, brotli } = measure(join(folder, "unspoken.js"));
    assert.equal(raw, 300);
    assert.ok(gzip < 40 && brotli < 30 && brotli > 0);
  });
  test("a page is the script and the core", () => {
    const { files, page } = report(folder);
    for (const form of ["raw", "gzip", "brotli"]) assert.equal(page[form], files[0][form] + files[1][form]);
  });
  test("a page whose config asks for a part downloads that too, and one with all of them the most", () => {
    const { files, page, pages } = report(folder);
    const one = pages.find(({ kind }) => kind === "that sends");
    assert.deepEqual(one.parts, ["collect"]);
    assert.equal(one.raw - page.raw, files.find(({ file }) => file === "unspoken-collect.wasm").raw);
    assert.equal(pages.at(-1).parts.length, PARTS.length - 1);
  });
  test("json: these keys and nothing else on stdout", () => {
    const text = printed({ json: true });
    const parsed = JSON.parse(text);
    assert.equal(text, `${JSON.stringify(parsed)}\n`);
    assert.deepEqual(Object.keys(parsed), ["files", "page", "pages"]);
    assert.deepEqual(
      parsed.files.map(({ file }) => file),
      SHIPPED,
    );
    for (const each of parsed.files) assert.deepEqual(Object.keys(each), ["file", "raw", "gzip", "brotli"]);
    assert.deepEqual(Object.keys(parsed.page), ["raw", "gzip", "brotli"]);
    for (const each of parsed.pages)
      assert.deepEqual(Object.keys(each), ["kind", "parts", "raw", "gzip", "brotli"], each.kind);
  });
  test("a budget that holds says nothing; one that does not names file, budget and size", () => {
    const sizes = report(folder);
    assert.deepEqual(overBudget(sizes, { page: sizes.page.brotli, "index.js": 10_000 }), []);
    const [sentence, ...more] = overBudget(sizes, { page: sizes.page.brotli - 1 });
    assert.deepEqual(more, []);
    assert.match(
      sentence,
      new RegExp(`page.*budget of ${sizes.page.brotli - 1} B brotli by 1 B: it is ${sizes.page.brotli} B`),
    );
    assert.throws(() => printed({}, { "index.js": 1 }), /index\.js is over its budget of 1 B/);
  });
  test("a budget for what does not ship is a mistake", () => {
    assert.throws(() => overBudget(report(folder), { "indexx.js": 1 }), Fault);
  });
  test("a dist that is not there says what to run", () => {
    assert.throws(() => report(join(folder, "none")), /run `npm run build` first/);
  });
  test("the table has a line for each file and one for each kind of page", () => {
    assert.equal(
      table(report(folder), { page: 46080 }).split("\n").length,
      SHIPPED.length + 2 + Object.keys(PAGES).length,
    );
  });
});
