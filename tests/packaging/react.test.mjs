/** React 19 from the installed package: rendered in Node, taken over in Chromium, and no word of a mismatch. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { isCore } from "../../scripts/lib/entries.mjs";
import { chromium, served } from "./support/drive.mjs";
import { site, tool } from "./support/pack.mjs";

const { drive, open, text } = chromium();
let dist;
let page;

before(async () => {
  const folder = await site("react");
  dist = join(folder, "dist");
  mkdirSync(dist);
  const esbuild = (...args) =>
    tool(folder, "esbuild/bin/esbuild", ...args, "--bundle", "--format=esm", "--jsx=automatic");
  await esbuild("server.jsx", "--platform=node", "--packages=external", "--outfile=server.mjs");
  // React's development build, which says what it finds.
  await esbuild("client.jsx", '--define:process.env.NODE_ENV="development"', "--outfile=dist/client.js");
  const cores = join(folder, "node_modules/unspoken/dist");
  for (const name of readdirSync(cores).filter(isCore)) copyFileSync(join(cores, name), join(dist, name));
  copyFileSync(join(folder, "unspoken.json"), join(dist, "unspoken.json"));
  ({ page } = await import(pathToFileURL(join(folder, "server.mjs")).href));
  writeFileSync(join(dist, "index.html"), page());
  writeFileSync(join(dist, "pro.html"), page({ hero: "pro" }));
});

test("the server renders the default, or what it decided", () => {
  assert.match(page(), /<section[^>]*data-unspoken="hero"[^>]*><p>Welcome\.<\/p><\/section>/);
  assert.match(page({ hero: "pro" }), /<section[^>]*data-unspoken="hero"[^>]*><p>Welcome back\.<\/p><\/section>/);
});

test("the default is taken over without a mismatch, and swaps", () => served(dist, drive));

for (const [path, first] of [
  ["", "Welcome."],
  ["pro", "Welcome back."],
])
  test(`/${path}: what the server rendered stays while React takes over, and React is alive`, () =>
    served(dist, async (url) => {
      const { context, page, errors, told } = await open(url + path);
      await page.waitForFunction(() => window.unspoken?.stats);
      assert.equal(await text(page), first);
      await page.click("button");
      await page.waitForFunction(() => document.querySelector("button").innerText === "1");
      assert.equal(await text(page), first);
      assert.deepEqual(await page.evaluate(() => window.recovered), []);
      assert.deepEqual([errors, told], [[], []]);
      await context.close();
    }));
