/**
 * Builds an example app as its reader would, with the commands of its own package.json, and serves it.
 *
 * The folder is copied, and gets a `node_modules` with exactly what its package.json lists: `unspoken`
 * is this repository, and the rest what the repository has installed. So a package that is missing in
 * the list is missing in the build.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { promisify } from "node:util";
import { at } from "../../../scripts/lib/paths.mjs";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Whether `range` (`^1.2.3` or exact) takes `version`, as far as the examples need it. */
const takes = (range, version) => {
  const [least, there] = [range.replace("^", ""), version].map((each) => each.split(".").map(Number));
  const fixed = least.findIndex((part) => part > 0) + 1;
  return least.slice(0, fixed).every((part, place) => part === there[place]);
};

/**
 * Builds `examples/<name>` and resolves to `{ folder, close }`. In `development` with the frameworks'
 * own checks: React doubles its effects in strict mode, and both tell where a hydration does not match.
 * `replace` has files that are to stand in place of the example's.
 */
export async function buildExample(name, { development = false, replace = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), `unspoken-${name}-`));
  cpSync(at("examples", name), folder, { recursive: true });
  for (const [file, text] of Object.entries(replace)) writeFileSync(join(folder, file), text);
  const { dependencies, devDependencies, scripts } = json(join(folder, "package.json"));
  for (const [named, range] of Object.entries({ ...dependencies, ...devDependencies })) {
    const from = named === "unspoken" ? at() : at("node_modules", named);
    assert.ok(existsSync(from), `${named} is not installed, and examples/${name} needs it`);
    const { version } = json(join(from, "package.json"));
    assert.ok(takes(range, version), `examples/${name} asks for ${named} ${range}, here is ${version}`);
    const to = join(folder, "node_modules", named);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
  for (const command of scripts.build.split(" && ")) {
    const [tool, ...args] = command.split(" ");
    const mode = development ? "development" : "production";
    const env = { ...process.env, NODE_ENV: mode };
    if (tool === "vite") args.push("--mode", mode);
    await promisify(execFile)(at("node_modules/.bin", tool), args, { cwd: folder, env });
  }
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Serves `folder`; `pages[path]` answers in place of a file, and may read the address. The config is
 * given out for a browser that is driven by a test: it would count as automated.
 */
export async function serve(folder, pages = {}) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://here");
    const path = url.pathname.endsWith("/") ? `${url.pathname}index.html` : url.pathname;
    const file = join(folder, path);
    const isThere = existsSync(file) && statSync(file).isFile();
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    const text = await pages[path]?.(url);
    response.writeHead(text || isThere ? 200 : 404, { "Content-Type": type });
    if (text) response.end(text);
    else if (path === "/unspoken.json") response.end(JSON.stringify({ ...json(file), machines: "serve" }));
    else response.end(isThere ? readFileSync(file) : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
