/**
 * Serves the built demo shop, with the strictest headers a real shop could send: what works here
 * works under `require-trusted-types-for` and without inline anything.
 *
 * By hand: `node scripts/serve-shop.mjs [port [collector]]`.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { HOST, origin, ports } from "./lib/addresses.mjs";
import { dist } from "./lib/paths.mjs";
import { Fault, main, say } from "./lib/say.mjs";

/**
 * The headers of every answer. `collector` is the origin that pages may send to, or null for none;
 * `loader` the text of the one script that stands in the pages themselves.
 */
export const headers = (collector, loader = "") => ({
  "Content-Security-Policy": [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval'${loader ? ` 'sha256-${createHash("sha256").update(loader).digest("base64")}'` : ""}`,
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${collector ? ` ${collector}` : ""}`,
    "require-trusted-types-for 'script'",
    "trusted-types unspoken unspoken-loader",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
});

/**
 * Starts the server on 127.0.0.1. `port` 0 takes a free one. Resolves to `{ url, port, server, close }`;
 * `close()` also ends the connections that browsers keep open.
 */
export async function serveShop({ port = 0, collector = null, folder = join(dist, "shop") } = {}) {
  if (!existsSync(join(folder, "index.html")))
    throw new Fault(`There is no shop in ${folder}: run \`npm run build\` first.`);
  const { default: sirv } = await import("sirv");
  // `dev` looks at the disk for every request, so that a rebuild is seen at once.
  const serve = sirv(folder, { dev: true, etag: true });
  const loader = join(folder, "loader.js");
  const server = createServer((request, response) => {
    const all = headers(collector, existsSync(loader) ? readFileSync(loader, "utf8") : "");
    for (const [name, value] of Object.entries(all)) response.setHeader(name, value);
    if (request.method !== "GET" && request.method !== "HEAD")
      return response.writeHead(405, { Allow: "GET, HEAD" }).end();
    serve(request, response, () => {
      const page = join(folder, "404.html");
      const isPage = existsSync(page);
      response.writeHead(404, { "Content-Type": `text/${isPage ? "html" : "plain"}; charset=utf-8` });
      response.end(isPage ? readFileSync(page) : "There is no such page.\n");
    });
  });
  await new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Fault(`Port ${port} cannot be had for the shop (${error.code}).`)));
    server.listen(port, HOST, resolve);
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `${origin(server.address().port)}/`, port: server.address().port, server, close };
}

await main(import.meta.url, async ([port, collector]) => {
  const usual = ports();
  const shop = await serveShop({
    port: Number(port ?? usual.shop.number),
    collector: collector ?? origin(usual.collector.number),
  });
  say(`Shop ${shop.url}`);
});
