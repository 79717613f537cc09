/**
 * A site of one page for tests that need a config of their own: the page, the built scripts, the config,
 * and a collector's address that takes batches and keeps their bytes.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { at } from "../../../scripts/lib/paths.mjs";

const TYPES = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };

/**
 * Resolves to `{ origin, port, config, batches, asked, close }`; `config`, `batches` and `asked`, the
 * addresses that were asked for, may be set anew.
 */
export async function startSite(page) {
  const site = { config: {}, batches: [], asked: [] };
  const server = createServer(async (request, response) => {
    const { url } = request;
    site.asked.push(url);
    if (url.startsWith("/v1/batch")) {
      const parts = [];
      for await (const part of request) parts.push(part);
      site.batches.push(Buffer.concat(parts));
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { "Content-Type": TYPES[url.split(".")[1]] ?? "text/html" });
    if (url === "/") response.end(page);
    else if (url === "/unspoken.json") response.end(JSON.stringify(site.config));
    else if (/^\/unspoken[-.]/.test(url) || url === "/index.js") response.end(readFileSync(at(`dist${url}`)));
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
