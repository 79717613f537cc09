/**
 * A site of one page for tests that need a config of their own: the page, the built scripts, the config,
 * and a collector's address that takes batches and keeps their bytes.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { at } from "../../../scripts/lib/paths.mjs";

const TYPES = { css: "text/css", js: "text/javascript", wasm: "application/wasm", json: "application/json" };

/** The policy that lets nothing in but the site's own scripts: no WebAssembly, no string as code. */
export const STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";

/**
 * Resolves to `{ origin, port, config, batches, requests, close }`; `config`, `batches`, `requests` and `policy`
 * (a Content-Security-Policy) may be set anew, and so may `answer`, which says what a batch is answered:
 * `{ status, headers }`, where status 0 breaks off. `files` are more of them, by path.
 */
export async function startSite(page, files = {}) {
  const site = { config: {}, batches: [], requests: [], policy: undefined, answer: undefined };
  const server = createServer(async (request, response) => {
    site.requests.push(request.url);
    const url = request.url.split("?")[0];
    if (url === "/v1/batch") {
      const parts = [];
      for await (const part of request) parts.push(part);
      const bytes = Buffer.concat(parts);
      site.batches.push(bytes);
      const { status, headers } = (await site.answer?.(request, bytes)) ?? { status: 204 };
      if (status) response.writeHead(status, headers).end();
      else request.socket.destroy();
      return;
    }
    const policy = site.policy && { "Content-Security-Policy": site.policy };
    response.writeHead(200, { "Content-Type": TYPES[url.split(".")[1]] ?? "text/html", ...policy });
    if (url === "/") response.end(page);
    else if (url === "/unspoken.json") response.end(JSON.stringify(site.config));
    else if (files[url] !== undefined) response.end(files[url]);
    else if (/^\/(unspoken|index|inspector)[\w.-]*$/.test(url)) response.end(readFileSync(at(`dist${url}`)));
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
