/**
 * One page at a time for tests of what happens in a document: any files, with the built SDK beside them,
 * and a bundle of whatever framework a test wants.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as esbuild from "esbuild";
import { at } from "../../../scripts/lib/paths.mjs";

const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };

/** A server of `files` by path; resolves to `{ origin, files, close }`, and `files` may be set anew. */
export async function serve(files = {}) {
  const site = { files };
  const server = createServer((request, response) => {
    const path = request.url.split("?")[0];
    const type = TYPES[path.split(".")[1]] ?? "text/html";
    const body =
      site.files[path] ?? (/^\/(index|unspoken[\w-]*)\.(js|wasm)$/.test(path) ? readFileSync(at(`dist${path}`)) : null);
    response.writeHead(body === null ? 404 : 200, { "Content-Type": type, "Cache-Control": "no-cache" });
    response.end(body ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.origin = `http://127.0.0.1:${server.address().port}`;
  site.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return site;
}

/** Bundles a module's text, with packages of the project; `dev` keeps what frameworks warn of. */
export async function bundle(contents, { dev = false, platform = "browser", format = "esm" } = {}) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: at("."), loader: "js" },
    bundle: true,
    write: false,
    format,
    platform,
    target: "es2022",
    minify: !dev,
    logLevel: "error",
    define: {
      "process.env.NODE_ENV": dev ? '"development"' : '"production"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
    external: ["/index.js"],
  });
  return outputFiles[0].text;
}

/** The text of a slot as it is seen, blanks aside. */
export const text = (page, slot) =>
  page.evaluate((slot) => document.querySelector(`[data-unspoken=${slot}]`)?.innerText.trim(), slot);

/** Resolves once the slot reads so. */
export const reads = (page, slot, wanted) =>
  page.waitForFunction(
    ([slot, wanted]) => document.querySelector(`[data-unspoken=${slot}]`)?.innerText.trim() === wanted,
    [slot, wanted],
    { timeout: 5_000 },
  );
