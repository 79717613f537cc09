/**
 * A site whose pages come in parts, with pauses in between, under a policy that allows nothing inline
 * but the loader: the worst that a parser and a strict site can do to it.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { at } from "../../../scripts/lib/paths.mjs";

const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json", css: "text/css" };
const loader = () => readFileSync(at("dist/loader.js"), "utf8");

/** The loader's element, inline or as a file; `more` are attributes. */
export const inline = (more = "") =>
  `<script data-src="/unspoken.js" data-config="/unspoken.json" ${more}>${loader()}</script>`;
export const asFile = (more = "") =>
  `<script src="/loader.js" data-src="/unspoken.js" data-config="/unspoken.json" ${more}></script>`;

/**
 * Resolves to `{ origin, config, pages, css, missing, requests, close }`. `pages` are lists of parts by
 * path: texts, and numbers for ms between them; `missing` are paths that answer 404.
 */
export async function startStreamed() {
  const site = { config: {}, pages: {}, css: "", missing: new Set(), requests: [] };
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' 'sha256-${createHash("sha256").update(loader()).digest("base64")}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types unspoken-loader",
  ].join("; ");
  const server = createServer(async (request, response) => {
    const path = request.url.split("?")[0];
    site.requests.push(path);
    if (site.missing.has(path)) return response.writeHead(404).end();
    const parts = site.pages[path];
    if (path === "/empty") return response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
    if (parts) {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy });
      for (const part of parts) {
        if (typeof part === "number") await pause(part);
        else response.write(part);
      }
      return response.end();
    }
    response.writeHead(200, { "Content-Type": TYPES[path.split(".")[1]] ?? "text/plain" });
    if (path === "/unspoken.json") response.end(JSON.stringify(site.config));
    else if (path === "/style.css") response.end(site.css);
    else if (/^\/(unspoken|loader)[-.]/.test(path)) response.end(readFileSync(at(`dist${path}`)));
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.origin = `http://127.0.0.1:${server.address().port}`;
  site.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return site;
}
