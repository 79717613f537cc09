/** docs/package.md: its examples are what the fixtures run, its budgets those of package.json, its command prints a tag. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { filesIn, MANIFEST } from "../../scripts/lib/integrity.mjs";
import { at, dist } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { manifest, site } from "./support/pack.mjs";

const page = readFileSync(at("docs/package.md"), "utf8");
/** The blocks that are set in by four spaces. */
const blocks = [...page.matchAll(/(?:^ {4}.*\n|^\n(?= {4}))+/gm)].map(([text]) => text.replace(/^ {4}/gm, "").trim());

describe("docs/package.md", () => {
  test("each example that imports is a fixture's code", () => {
    const folder = at("tests/packaging/fixtures");
    const code = filesIn(folder)
      .filter((name) => /\.(js|mjs|jsx)$/.test(name))
      .map((name) =>
        readFileSync(`${folder}/${name}`, "utf8")
          .replace(/^\/\/.*\n/, "")
          .trim(),
      );
    const examples = blocks.filter((block) => block.startsWith("import "));
    assert.ok(examples.length >= 2);
    for (const example of examples) assert.ok(code.includes(example), `no fixture has\n${example}`);
  });

  test("its budgets are those of package.json", () => {
    const limits = JSON.parse(readFileSync(at("package.json"), "utf8"))["size-limit"];
    const rows = limits.map(({ name, limit }) => `| ${name} | ${limit} |`);
    const expected = ["<!-- budgets -->", "| file | at most |", "|---|---:|", ...rows, "<!-- /budgets -->"].join("\n");
    assert.ok(page.includes(expected), `docs/package.md wants\n${expected}`);
  });

  test("every entry of package.json stands in its table, or is a file's name", async () => {
    const { exports } = await manifest();
    for (const [name, { types }] of Object.entries(exports)) {
      if (types)
        assert.match(page, new RegExp(`[\`,]\\s*\`?(unspoken)?${name.slice(1)}\``), `${name} is not described`);
    }
  });

  test("its command prints the tag for the page", async () => {
    const [command] = blocks.filter((block) => block.startsWith("node -p "));
    const [, expression] = command.match(/^node -p "(.*)"$/);
    const tag = await run(process.execPath, ["-p", expression], { cwd: await site("node", "docs") });
    const { immutable, files } = JSON.parse(readFileSync(`${dist}/${MANIFEST}`, "utf8"));
    const { integrity } = files[`${immutable}/unspoken.js`];
    assert.ok(tag.includes(`src="/${immutable}/unspoken.js" integrity="${integrity}" crossorigin="anonymous"`), tag);
    assert.deepEqual(readdirSync(`${dist}/immutable`), [immutable.split("/")[1]], "one build, one folder");
  });
});
