/** What `npm start` refuses, and the headers of the shop. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { mustBeFree, mustBeWritable, ports } from "../lib/addresses.mjs";
import { Fault } from "../lib/say.mjs";
import { serveShop } from "../serve-shop.mjs";
import { keptToken } from "../start.mjs";

let folder;
before(() => (folder = mkdtempSync(join(tmpdir(), "unspoken-start-"))));
after(() => rmSync(folder, { recursive: true }));

describe("npm start", () => {
  test("a taken port is named, with the variable that chooses another", async () => {
    const server = createServer();
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const number = server.address().port;
    await assert.rejects(
      mustBeFree({ variable: "UNSPOKEN_PORT", number }),
      (error) => error instanceof Fault && new RegExp(`Port ${number} is taken.*UNSPOKEN_PORT=`).test(error.message),
    );
    await new Promise((done) => server.close(done));
    await mustBeFree({ variable: "UNSPOKEN_PORT", number });
  });
  test("ports come from the environment, and must be two", () => {
    assert.deepEqual([ports({}).shop.number, ports({}).collector.number], [4180, 4181]);
    assert.equal(ports({ UNSPOKEN_SHOP_PORT: "5000" }).shop.number, 5000);
    for (const wrong of ["", "0", "70000", "80a", "4181"])
      assert.throws(() => ports({ UNSPOKEN_SHOP_PORT: wrong }), Fault);
  });
  test("a folder that cannot be written into is named", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    assert.throws(() => mustBeWritable(join(file, "dist")), /Nothing can be written into .*file\/dist/);
    mustBeWritable(join(folder, "new/deep"));
  });
  test("the token is drawn once, and only its owner may read it", () => {
    const file = join(folder, "token");
    const token = keptToken(file);
    assert.match(token, /^[\w-]{32}$/);
    assert.equal(keptToken(file), token);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });
});

describe("the shop's server", () => {
  let shop;
  before(async () => {
    const root = join(folder, "shop");
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "index.html"), "<!doctype html><title>Shop</title>");
    writeFileSync(join(root, "404.html"), "<!doctype html><title>Gone</title>");
    writeFileSync(join(root, "unspoken.wasm"), new Uint8Array([0, 97, 115, 109]));
    writeFileSync(join(folder, "secret.txt"), "secret");
    shop = await serveShop({ port: 0, collector: "http://127.0.0.1:4181", folder: root });
  });
  after(() => shop.close());

  test("every answer carries the strict headers, the missing page's too", async () => {
    for (const [path, status] of [
      ["", 200],
      ["nowhere", 404],
    ]) {
      const answer = await fetch(shop.url + path);
      assert.equal(answer.status, status);
      assert.match(answer.headers.get("content-type"), /^text\/html; ?charset=utf-8$/);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      const policy = answer.headers.get("content-security-policy");
      assert.match(policy, /^default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; /);
      assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:4181; require-trusted-types-for 'script'/);
      assert.doesNotMatch(policy, /unsafe-inline|[^-]unsafe-eval|\*/);
    }
  });
  test("wasm has its type, and a file that appears later is served", async () => {
    assert.equal((await fetch(`${shop.url}unspoken.wasm`)).headers.get("content-type"), "application/wasm");
    writeFileSync(join(folder, "shop/later.css"), "a{}");
    assert.equal((await fetch(`${shop.url}later.css`)).status, 200);
  });
  test("nothing outside the folder is served, and nothing but GET", async () => {
    // fetch would tidy the path up by itself.
    for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"]) {
      const status = await new Promise((resolve) =>
        request({ port: shop.port, host: "127.0.0.1", path }, (answer) => resolve(answer.resume().statusCode)).end(),
      );
      assert.equal(status, 404, path);
    }
    assert.equal((await fetch(shop.url, { method: "POST", body: "x" })).status, 405);
  });
  test("a shop that is not built says what to run", async () => {
    await assert.rejects(serveShop({ folder: join(folder, "none") }), /npm run build/);
  });
});
