/** The sizes in the README are those of dist/. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { at, dist } from "../lib/paths.mjs";
import { Fault } from "../lib/say.mjs";
import { report, SHIPPED } from "../lib/sizes.mjs";
import { findToolchain } from "../lib/wasm-toolchain.mjs";
import { block, strays, written } from "../readme-sizes.mjs";

const sizes = (wasm) => {
  const files = SHIPPED.map((file) => ({ file, raw: 0, gzip: 0, brotli: file === "unspoken.wasm" ? wasm : 5000 }));
  return { files, page: { raw: 0, gzip: 0, brotli: wasm + 5000 } };
};
const readme = (wasm) => `Before.\n\n${block(sizes(wasm))}\n\nAfter.\n`;

/** Why dist/ cannot be held against the README, or false. */
function cannotTell() {
  if (!SHIPPED.every((file) => existsSync(join(dist, file)))) return "dist/ is not built: run `npm run build` first";
  // Without std rebuilt the core is some kilobytes larger; the README speaks of the small one.
  if (!findToolchain()?.rebuildsStd) return "the README's sizes are those of Debian's compiler, and this is another";
  return false;
}

describe("README sizes", () => {
  test("are those of dist/, to 1 %", { skip: cannotTell() }, () => {
    assert.deepEqual(strays(readFileSync(at("README.md"), "utf8"), report(dist)), []);
  });
  test("within 1 % nothing is said", () => {
    assert.deepEqual(strays(readme(40_000), sizes(40_300)), []);
  });
  test("beyond it the file, both sizes and the mend are named", () => {
    const [wasm, page, ...more] = strays(readme(40_000), sizes(41_000));
    assert.deepEqual(more, []);
    assert.match(
      wasm,
      /says 40,000 of unspoken\.wasm, and dist\/ has 41000 B brotli: run `node scripts\/readme-sizes\.mjs`/,
    );
    assert.match(page, /says 45,000 of page/);
  });
  test("a row that is gone is missed", () => {
    const cut = readme(40_000).replace(/.*the client.*\n/, "");
    assert.match(strays(cut, sizes(40_000)).join(), /says nothing of unspoken\.js/);
  });
  test("writing changes the table and nothing else", () => {
    assert.equal(written(readme(1), sizes(40_000)), readme(40_000));
  });
  test("a README without the markers is refused", () => {
    assert.throws(() => strays("# Unspoken\n", sizes(1)), Fault);
  });
});
