/** The examples of docs/frameworks.md, each in place of its example app's own page, built and driven. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { open } from "./support/bindings.mjs";
import { launch } from "./support/browser.mjs";
import { buildExample, serve } from "./support/example.mjs";

const page = readFileSync(at("docs/frameworks.md"), "utf8");

/** The first indented block after `heading`, or of the page. */
function block(heading = "") {
  const lines = page.slice(page.indexOf(heading)).split("\n");
  const from = lines.findIndex((line) => line.startsWith("    "));
  const length = lines.slice(from).findIndex((line) => line && !line.startsWith("    "));
  return lines
    .slice(from, from + length)
    .map((line) => line.slice(4))
    .join("\n");
}

/** For each framework: the file of its example that the block is, and where the config lies. */
const SECTIONS = [
  { heading: "## React", name: "react", file: "src/App.tsx", config: "public/unspoken.json" },
  { heading: "## Vue", name: "vue", file: "src/App.vue", config: "public/unspoken.json" },
  { heading: "## Svelte", name: "svelte", file: "src/App.svelte", config: "public/unspoken.json" },
  { heading: "## The element", name: "element", file: "index.html", config: "public/unspoken.json", wrap: inPage },
];

/** The element's block is markup; its script is the example's, which tells the fact of a button. */
function inPage(markup) {
  const whole = readFileSync(at("examples/element/index.html"), "utf8");
  return whole.replace(/<main>.*<\/main>/s, `<main>${markup}<b id="told"></b></main>`);
}

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

for (const { heading, name, file, config, wrap = (text) => text } of SECTIONS)
  test(`${heading.slice(3)}: the example does what it says`, async () => {
    const example = await buildExample(name, { replace: { [file]: wrap(block(heading)), [config]: block() } });
    const site = await serve(join(example.folder, "dist"));
    const { page, errors, heard, running, shows, exposed, close } = await open(browser, site.origin);
    const slot = page.locator('[data-unspoken="hero"]');
    assert.equal((await slot.innerText()).trim(), "Welcome");
    await running();
    await page.getByRole("button", { name: "Help me" }).click();
    await shows("hero", "help");
    assert.equal((await slot.innerText()).trim(), "Shall we do it together?");
    await exposed("hero", "help");
    assert.deepEqual([errors, heard], [[], []]);
    await close();
    await site.close();
    example.close();
  });
