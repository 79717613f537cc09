/**
 * The script tag from another origin, as a site would serve it for years: immutable addresses, `integrity`
 * in the page, and a policy that allows that origin alone.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { filesIn, tagFor } from "../../scripts/lib/integrity.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { chromium } from "./support/drive.mjs";
import { installed } from "./support/pack.mjs";

const { drive, open, faultOf, text } = chromium();
const read = async (...names) => readFileSync(join(await installed(), ...names));
const sri = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
const manifest = async () => JSON.parse(await read("dist/integrity.json"));

/** Serves by a function of the path: `{ type, body, headers }` or nothing. */
async function listening(answer) {
  const server = createServer(async (request, response) => {
    const { type, body, headers } = (await answer(request.url)) ?? {};
    response.writeHead(body ? 200 : 404, { "Content-Type": type ?? "text/plain", ...headers }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

describe("integrity.json", () => {
  test("has every file of dist/ but itself, with the hash and the length that it has", async () => {
    const { files, version } = await manifest();
    const names = filesIn(join(await installed(), "dist")).filter((name) => name !== "integrity.json");
    assert.deepEqual(Object.keys(files).sort(), names.sort());
    for (const [name, { integrity, bytes }] of Object.entries(files)) {
      const content = await read("dist", name);
      assert.deepEqual([integrity, bytes], [sri(content), content.length], name);
    }
    assert.equal(version, JSON.parse(await read("package.json")).version);
  });

  test("the immutable folder is named after what it holds", async () => {
    const { immutable, files } = await manifest();
    const held = Object.entries(files).filter(([name]) => name.startsWith(`${immutable}/`));
    const told = held
      .map(([name, about]) => [name.slice(immutable.length + 1), about])
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = createHash("sha256")
      .update(JSON.stringify(Object.fromEntries(told)))
      .digest("hex");
    assert.equal(immutable, `immutable/${hash.slice(0, 16)}`);
    assert.ok(held.length >= 3);
    for (const name of ["unspoken.wasm", "inspector.js"])
      assert.equal(files[`${immutable}/${name}`].bytes > 1_000, true, name);
  });
});

describe("from another origin", () => {
  let cdn;
  let site;
  /** What the other origin changes on its way: a path's end and what becomes of its bytes. */
  let tampered = null;

  before(async () => {
    const types = { js: "text/javascript", wasm: "application/wasm" };
    cdn = await listening(async (path) => {
      const { files } = await manifest();
      if (!(path.slice(1) in files)) return;
      const body = await read("dist", path);
      return {
        type: types[path.split(".").at(-1)],
        body: tampered && path.endsWith(tampered.end) ? tampered.change(body) : body,
        headers: { "Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=31536000, immutable" },
      };
    });
    site = await listening(async (path) => {
      if (path.endsWith(".json"))
        return { type: "application/json", body: readFileSync(at(`tests/packaging/fixtures/script${path}`)) };
      if (path !== "/" && path !== "/experiment") return;
      const { immutable, files } = await manifest();
      const forEverybody = tagFor(`${cdn.origin}/${immutable}`, files[`${immutable}/unspoken.js`].integrity);
      const tag = path === "/" ? forEverybody : forEverybody.replace("/unspoken.json", "/experiment.json");
      const slot = "<p>Welcome.</p><template data-variant=pro><p>Welcome back.</p></template>";
      const policy = `default-src 'self'; script-src ${cdn.origin} 'wasm-unsafe-eval'; connect-src 'self' ${cdn.origin}`;
      return {
        type: "text/html",
        body: `<!doctype html><title>Script tag</title><link rel=icon href=data:,>${tag}<section data-unspoken=hero>${slot}</section>`,
        headers: { "Content-Security-Policy": `${policy}; img-src data:; require-trusted-types-for 'script'` },
      };
    });
  });
  after(async () => {
    await cdn?.close();
    await site?.close();
  });

  test("the tag with its hash runs, and finds the core beside itself", async () => {
    tampered = null;
    const { immutable } = await manifest();
    const requests = await drive(`${site.origin}/`);
    const fromThere = requests.filter((url) => url.startsWith(cdn.origin));
    assert.deepEqual(fromThere.sort(), [
      `${cdn.origin}/${immutable}/unspoken.js`,
      `${cdn.origin}/${immutable}/unspoken.wasm`,
    ]);
  });

  test("a page whose config asks for more of the core finds that too", async () => {
    tampered = null;
    await drive(`${site.origin}/experiment`);
  });

  test("a script that was changed is not run, and the default stays", async () => {
    tampered = { end: "/unspoken.js", change: (body) => Buffer.concat([body, Buffer.from("\n// changed")]) };
    const { context, page, told } = await open(`${site.origin}/`);
    await page.waitForLoadState("networkidle");
    assert.equal(await page.evaluate(() => typeof window.unspoken), "undefined");
    assert.equal(await text(page), "Welcome.");
    assert.match(told.join(), /integrity/);
    await context.close();
  });

  test("a core that was changed is not run either: the script knows its hash", async () => {
    // An empty custom section at the end: a module as good as before, but for its hash.
    tampered = { end: "/unspoken.wasm", change: (body) => Buffer.concat([body, Buffer.from([0, 2, 1, 120])]) };
    assert.ok(await WebAssembly.compile(tampered.change(await read("dist/unspoken.wasm"))));
    const { context, page } = await open(`${site.origin}/`);
    assert.match(await faultOf(page), /^core: .*unspoken\.wasm: Failed to fetch/);
    assert.equal(await text(page), "Welcome.");
    await context.close();
  });
});
