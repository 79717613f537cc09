/** Sites built by Vite, webpack and esbuild from the installed package, and run in Chromium under a strict policy. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { isCore } from "../../scripts/lib/entries.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { chromium, served } from "./support/drive.mjs";
import { site, tool } from "./support/pack.mjs";

const { drive, open, faultOf, text } = chromium();
/** A page whose config asks for more of the core than every page does: what is in parts has to be found too. */
const EXPERIMENT = "?config=/experiment.json";
const wasm = (requests) => requests.filter((url) => /\.wasm/.test(url));

describe("vite", () => {
  test("build: the core goes with the assets, under a name with its hash, and so does the core as JavaScript", async () => {
    const folder = await site("vite");
    await tool(folder, "vite/bin/vite.js", "build", "--logLevel", "warn");
    await served(join(folder, "dist"), async (url) => {
      const [core, ...more] = wasm(await drive(url));
      assert.match(core, /\/assets\/unspoken-[\w-]+\.wasm$/);
      assert.deepEqual(more, []);
      await drive(url + EXPERIMENT);
      const requests = await drive(url, { webAssembly: false });
      assert.ok(
        requests.some((each) => /\/assets\/unspoken-core-[\w-]+\.js$/.test(each)),
        requests.join(),
      );
      assert.deepEqual(wasm(requests), []);
    });
  });

  for (const [name, config] of [
    ["dev server as it is: the module is moved into Vite's cache, and finds its core from there", {}],
    ["dev server with the package left alone", { optimizeDeps: { exclude: ["unspoken"] } }],
  ])
    test(name, async () => {
      const root = await site("vite", "vite-dev");
      const { createServer } = await import("vite");
      const server = await createServer({ root, logLevel: "silent", server: { host: "127.0.0.1" }, ...config });
      await server.listen(0);
      try {
        const [url] = server.resolvedUrls.local;
        assert.match(wasm(await drive(url))[0], /node_modules\/unspoken\/dist\/unspoken\.wasm$/);
        await drive(url + EXPERIMENT);
      } finally {
        await server.close();
      }
    });
});

test("webpack: the core becomes an asset, and so does the core as JavaScript", async () => {
  const folder = await site("webpack");
  const webpack = createRequire(import.meta.url)("webpack");
  const stats = await new Promise((resolve, reject) =>
    webpack(
      {
        context: folder,
        entry: "./main.js",
        mode: "production",
        output: { path: join(folder, "dist"), publicPath: "/" },
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    ),
  );
  assert.deepEqual(stats.toJson({ errors: true }).errors, []);
  for (const name of ["index.html", "unspoken.json", "experiment.json"])
    copyFileSync(join(folder, name), join(folder, "dist", name));
  await served(join(folder, "dist"), async (url) => {
    assert.match(wasm(await drive(url))[0], /\/[0-9a-f]{20}\.wasm$/);
    await drive(url + EXPERIMENT);
    const requests = await drive(url, { webAssembly: false });
    assert.ok(
      requests.some((each) => /\/[0-9a-f]{20}\.js$/.test(each)),
      requests.join(),
    );
    assert.deepEqual(wasm(requests), []);
  });
});

describe("esbuild", () => {
  /** Builds `entry` as dist/main.js by esbuild's command. */
  const built = async (entry, format, ...flags) => {
    const folder = await site("esbuild", `esbuild-${entry}-${format}`);
    const dist = join(folder, "dist");
    mkdirSync(dist);
    await tool(
      folder,
      "esbuild/bin/esbuild",
      `${entry}.js`,
      "--bundle",
      `--format=${format}`,
      "--outfile=dist/main.js",
      "--log-override:empty-import-meta=silent",
      ...flags,
    );
    for (const name of ["index.html", "unspoken.json", "experiment.json"])
      copyFileSync(join(folder, name), join(dist, name));
    return { dist, from: join(folder, "node_modules/unspoken/dist") };
  };

  test("a module, and the core copied beside it", async () => {
    const { dist, from } = await built("beside", "esm");
    for (const name of readdirSync(from).filter(isCore)) copyFileSync(join(from, name), join(dist, name));
    await served(dist, async (url) => {
      assert.deepEqual(wasm(await drive(url)), [`${url}unspoken.wasm`]);
      await drive(url + EXPERIMENT);
    });
  });

  test("slim, and the core by esbuild's file loader", async () => {
    const { dist } = await built("named", "iife", "--loader:.wasm=file", "--public-path=/");
    await served(dist, async (url) => {
      assert.match(wasm(await drive(url))[0], /\/unspoken-full-[A-Z0-9]{8}\.wasm$/);
    });
  });

  test("a plain script of the main entry has no address for the core, says so, and the default stays", async () => {
    const { dist } = await built("unnamed", "iife");
    await served(dist, async (url) => {
      const { context, page } = await open(url);
      assert.equal(await faultOf(page), "core: it has no address here. Name one, or the bytes, in `wasm`");
      assert.equal(await text(page), "Welcome.");
      await context.close();
    });
  });

  test("slim without `wasm` says the same", async () => {
    const { dist } = await built("forgotten", "esm");
    await served(dist, async (url) => {
      const { context, page } = await open(url);
      assert.equal(await faultOf(page), "core: it has no address here. Name one, or the bytes, in `wasm`");
      await context.close();
    });
  });

  test("inline: one script, from a server and from a disk, and nothing is fetched", async () => {
    const { dist } = await built("inline", "iife");
    await served(dist, async (url) => {
      assert.deepEqual(await drive(url), [url, `${url}main.js`]);
    });
    copyFileSync(at("tests/packaging/fixtures/esbuild/disk.html"), join(dist, "disk.html"));
    const address = pathToFileURL(join(dist, "disk.html")).href;
    assert.deepEqual(await drive(address), [address, new URL("main.js", address).href]);
  });
});
