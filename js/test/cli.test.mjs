/**
 * `npx unspoken init` as somebody runs it: on the shop, on an address, and on markup as it is found
 * in the world. What it writes is held to the schema of editors, and to `unspoken check` where that is built.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import languageService from "vscode-json-languageservice";
import { build } from "../../www/shop/build.mjs";
import { look } from "../src/cli/look.mjs";
import { propose } from "../src/cli/propose.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const schema = JSON.parse(readFileSync(join(root, "schema/unspoken.schema.json"), "utf8"));
const collector = join(root, "target/release/unspoken");
const home = mkdtempSync(join(tmpdir(), "unspoken-init-"));
after(() => rmSync(home, { recursive: true }));
let folder;
beforeEach(() => (folder = mkdtempSync(join(home, "site-"))));

/** Runs it in `folder`. Resolves to `{ code, out, err }`. */
const run = (...args) =>
  new Promise((resolve) => {
    const command = [join(root, "js/src/cli/index.mjs"), "init", ...args];
    execFile(process.execPath, command, { cwd: folder }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });
const write = (name, text) => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const written = (name = "unspoken.json") => JSON.parse(readFileSync(join(folder, name), "utf8"));
const of = (...pages) =>
  propose(
    pages.map((html, at) => look(html, `${at}.html`)),
    "s",
  );

/** What an editor with the schema would underline. */
async function marked(config) {
  const { getLanguageService, TextDocument } = languageService;
  const service = getLanguageService({});
  service.configure({ validate: true, schemas: [{ uri: "inmemory://s", fileMatch: ["*"], schema }] });
  const document = TextDocument.create("inmemory://unspoken.json", "json", 1, JSON.stringify(config));
  const found = await service.doValidation(document, service.parseJSONDocument(document));
  return found.map(({ message }) => message).filter((message) => !message.includes("schema"));
}

/** Mistakes by `unspoken check`; none where the collector is not built. */
const checked = (file) =>
  existsSync(collector)
    ? new Promise((resolve) => {
        execFile(collector, ["check", file, "--json"], (_, out) => resolve(JSON.parse(out).mistakes));
      })
    : [];

const HERO = '<section data-unspoken="hero"><h1>Hi</h1><template data-variant="help"><p>Help</p></template></section>';

test("the shop: every slot a rule that says why, its goals, and a config that is right", async () => {
  const shop = join(home, "shop");
  await build(shop);
  const { code, out, err } = await run(shop, "--json");
  assert.deepEqual([code, err], [0, ""]);
  const { slots, goals, pages, config } = JSON.parse(out);
  assert.deepEqual(config, written());
  assert.ok(pages.length > 10);
  assert.deepEqual(slots.map(({ name }) => name).sort(), ["aid", "help", "hero", "hint", "leaving", "more", "offer"]);
  for (const { name, why } of slots) {
    assert.equal(config.slots[name].rules.length, 1, name);
    assert.match(why, /^\w+: for /);
  }
  assert.deepEqual(config.slots.help.rules[0], {
    id: "stuck",
    when: { "intent.struggle": { $gte: 0.6 } },
    show: "help",
  });
  assert.equal(config.slots.hero.rules[0].show, "boots", "by the tags of the pages");
  assert.deepEqual(config.goals, { add_to_cart: { click: "[data-add]" }, purchase: { click: "#order" } });
  assert.deepEqual(goals.find(({ name }) => name === "purchase").labels, ["Place the order"]);
  assert.deepEqual(await marked(config), []);
  assert.deepEqual(await checked(join(folder, "unspoken.json")), []);
});

test("never overwrites, but with --force; and a folder is looked through", async () => {
  write("pages/a.html", HERO);
  write("pages/deep/b.htm", HERO.replaceAll("hero", "second"));
  write("node_modules/x/c.html", HERO.replaceAll("hero", "not-mine"));
  assert.equal((await run()).code, 0);
  assert.deepEqual(Object.keys(written().slots), ["hero", "second"]);
  write("unspoken.json", "mine");
  const refused = await run();
  assert.deepEqual([refused.code, refused.out], [1, ""]);
  assert.match(refused.err, /^unspoken: unspoken\.json is there already, .*--force.*--out/);
  assert.equal(readFileSync(join(folder, "unspoken.json"), "utf8"), "mine");
  assert.equal((await run("--out", "other.json")).code, 0);
  const { code, out } = await run("pages/a.html", "--force");
  assert.equal(code, 0);
  assert.match(out, /^unspoken\.json is written: 1 slot, 0 goals, from 1 page\./);
  assert.match(out, /slot hero\n {2}help: for a visitor who struggles/);
  assert.deepEqual(Object.keys(written().slots), ["hero"]);
});

test("an address is fetched, in the charset it has; what is no page is told with its address", async () => {
  const answers = {
    "/": [200, "text/html; charset=iso-8859-1", Buffer.from(HERO.replace("hero", "h\xe9ros"), "latin1")],
    "/data": [200, "application/json", "{}"],
    "/gone": [404, "text/html", "gone"],
  };
  const server = createServer(({ url }, response) => {
    const [status, type, body] = answers[url];
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const site = `http://127.0.0.1:${server.address().port}`;
  try {
    assert.equal((await run(`${site}/`)).code, 0);
    assert.deepEqual(Object.keys(written().slots), ["héros"]);
    for (const [path, said] of [
      ["/data", "this is application/json, not HTML"],
      ["/gone", "the server answered 404"],
    ]) {
      const { code, err } = await run(site + path, "--out", "x.json");
      assert.equal(code, 1);
      assert.ok(err.includes(site + path) && err.includes(said), err);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const { code, err } = await run(`${site}/`, "--out", "x.json");
  assert.equal(code, 1);
  assert.match(err, /Is the server running\?/);
});

test("what cannot be done is said with its place and the mend, and nothing is written", async () => {
  write("empty.html", "<p>Nothing</p><section data-unspoken></section>");
  for (const [args, said] of [
    [["nowhere.html"], /nowhere\.html: there is no such file or folder/],
    [
      ["empty.html"],
      /No slot in 1 page \(empty\.html\)\. Mark one: <section data-unspoken="hero">.*\n {2}empty\.html:1: a slot without a name/,
    ],
    [["--frce"], /Unknown option '--frce'.*--help/],
    [["empty.html", "--out", "no/such/folder.json"], /No slot/],
  ]) {
    const { code, out, err } = await run(...args);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, said);
  }
  write("a.html", HERO);
  assert.match((await run("a.html", "--out", "no/such/folder.json")).err, /folder\.json cannot be written/);
  assert.ok(!existsSync(join(folder, "unspoken.json")));
  const bare = join(root, "js/src/cli/index.mjs");
  const other = await new Promise((done) => execFile(process.execPath, [bare, "check"], (_, __, err) => done(err)));
  assert.match(other, /check is a command of the collector/);
  const help = await run("--help");
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /^npx unspoken init \[URL \| FILE \| FOLDER …\]/);
});

test("markup as it is found: unclosed, unquoted, in tables, in other templates", async () => {
  const { config, slots, problems } = of(`<BODY data-unspoken-page=product data-unspoken-tags="boots  wool">
    <table><tr data-unspoken=row><td>1<template data-variant=wool><td>2</template></table>
    <div data-unspoken='a"b'>x<template data-variant="help">y</template><template data-variant="help">z</template>
    <ul data-unspoken=list><li>one<li>two<template data-variant=far></template></ul>
    <unspoken-slot name=card><template data-variant="thing"></template></unspoken-slot>
    <template><p data-unspoken="never"></p></template>
    <script>const a = '<p data-unspoken="text"></p>';</script><!-- <p data-unspoken="comment"></p> -->
    <div data-unspoken="outer"><div data-unspoken="inner"></div></div>`);
  assert.deepEqual(Object.keys(config.slots), ["row", 'a"b', "list", "card", "outer", "inner"]);
  const told = problems.map(({ line, message }) => `${line}: ${message}`);
  assert.deepEqual(told, [
    "2: the template wool is no child of a slot: only a slot's own children are its variants",
    '3: slot a"b has two templates named help: only the first is ever shown',
    "4: slot list stands inside another slot, which takes it away when it swaps: put it beside",
    "4: the template far is no child of a slot: only a slot's own children are its variants",
    "5: slot card stands inside another slot, which takes it away when it swaps: put it beside",
    "8: slot outer stands inside another slot, which takes it away when it swaps: put it beside",
    "8: slot inner stands inside another slot, which takes it away when it swaps: put it beside",
  ]);
  assert.match(slots[0].why, /no variant yet/);
  assert.deepEqual(config.slots.card.rules[0].test, { variants: ["default", "thing"] });
  assert.deepEqual(await marked(config), []);
});

test("a slot on several pages is one; the best name decides, and what is left is said", () => {
  const page = (variants) =>
    `<div data-unspoken=x>${variants.map((it) => `<template data-variant=${it}></template>`).join("")}</div>`;
  const { config, slots } = of(page(["zeta", "exit"]), page(["help", "exit"]));
  assert.deepEqual(
    config.slots.x.rules.map(({ show }) => show),
    ["help"],
  );
  assert.deepEqual(slots[0].pages, ["0.html", "1.html"]);
  assert.equal(slots[0].notes[0], "no rule shows zeta, exit yet");
  assert.ok(slots[0].notes[1].includes('"swap": "now"'), "an empty default is seldom out of view");
});

test("a dialog interrupts, and gets a budget", async () => {
  const { config } = of(
    `<div data-unspoken=pop><template data-variant=leaving><div><dialog open>Wait</dialog></div></template></div>`,
  );
  assert.deepEqual([config.budget, config.slots.pop.interrupts], [{ perSession: 1 }, true]);
  assert.deepEqual(await marked(config), []);
});

test("goals: what is said on a button, by a selector that finds it again", () => {
  const { goals, problems } = of(`${HERO}
    <form action="/orders"><button>Continue</button><button type=button>Compare</button></form>
    <button data-add="7">Add to cart</button><button id="1 2">Add to basket</button><button id="9a">Add to bag</button>
    <form action="/x'y"><input type=submit value="Sign up"></form>
    <a href="/cart">Checkout</a><a href="/f.pdf" download id=pdf>Get it</a>
    <button>Buy now</button><button class=q>Search</button>`);
  const found = Object.fromEntries(goals.map(({ name, click }) => [name, click]));
  assert.deepEqual(found, {
    purchase: 'form[action="/orders"] button',
    add_to_cart: "[data-add], #\\39 a",
    sign_up: 'form[action="/x\'y"] input[type="submit"]',
    download: "#pdf",
  });
  assert.deepEqual(
    problems.map(({ line, message }) => `${line}: ${message}`),
    [
      "3: “Add to basket” looks like the goal add_to_cart, but nothing finds it again: give it an id",
      "6: “Buy now” looks like the goal purchase, but nothing finds it again: give it an id",
    ],
  );
});
