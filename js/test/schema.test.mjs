/**
 * schema/unspoken.schema.json in an editor: the language service that VS Code uses reads it, offers
 * what can stand at a place, and marks what cannot.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import languageService from "vscode-json-languageservice";

const { getLanguageService, TextDocument } = languageService;

const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("schema/unspoken.schema.json", root), "utf8");
const schema = JSON.parse(text);

// A document may name the schema itself; wherever it says it lies, it is this one.
const service = getLanguageService({ schemaRequestService: async () => text });
const uri = "inmemory://unspoken.schema.json";
service.configure({ validate: true, schemas: [{ uri, fileMatch: ["*"], schema: JSON.parse(text) }] });

/** A document; `|` is the cursor. */
function open(text) {
  const offset = text.indexOf("|");
  const document = TextDocument.create("inmemory://unspoken.json", "json", 1, text.replace("|", ""));
  return { document, parsed: service.parseJSONDocument(document), position: document.positionAt(offset) };
}

async function offered(text) {
  const { document, parsed, position } = open(text);
  const { items } = await service.doComplete(document, position, parsed);
  return items.map(({ label }) => label.replaceAll('"', ""));
}

/** What the editor underlines. */
async function marked(config) {
  const { document, parsed } = open(JSON.stringify(config));
  return (await service.doValidation(document, parsed)).map(({ message }) => message);
}

const has = (all, wanted) =>
  assert.deepEqual(
    wanted.filter((label) => !all.includes(label)),
    [],
    all.join(", "),
  );

test("a rule is offered its keys", async () => {
  const rule = ["id", "when", "show", "test", "learn", "limits", "notNow", "schedule"];
  has(await offered('{"slots":{"hero":{"rules":[{|}]}}}'), rule);
  has(await offered('{"slots":{"hero":{"rules":[{"id":"a",|}]}}}'), rule.slice(1));
});

test("swap is offered its four values", async () => {
  has(await offered('{"slots":{"hero":{"swap":|}}}'), ["before-seen", "now", "idle", "next-page"]);
  assert.equal((await offered('{"slots":{"hero":{"swap":|}}}')).length, 4);
});

test("a condition is offered attributes and groups, an attribute its operators", async () => {
  const at = (condition) => offered(`{"slots":{"hero":{"rules":[{"id":"a","when":${condition}}]}}}`);
  has(await at("{|}"), ["intent.struggle", "device.type", "$and", "$or", "$history"]);
  const operators = Object.keys(schema.$defs.operators.properties);
  assert.ok(operators.length >= 29);
  has(await at('{"plan":{|}}'), operators);
  has(await at('{"intent.buy":{|}}'), operators);
  has(await at('{"$or":[{"plan":{|}}]}'), operators);
  has(await at('{"$history":{|}}'), ["event", "sequence", "count", "within", "since"]);
});

test("the other words are offered where they belong", async () => {
  has(await offered("{|}"), ["slots", "goals", "journeys", "budget", "exclusive", "experiments", "holdout"]);
  has(await offered('{"slots":{"hero":{"notNow":[|]}}}'), ["typing", "form-error", "checkout", "reading"]);
  const rule = (rest) => offered(`{"slots":{"hero":{"rules":[{"id":"a",${rest}}]}}}`);
  has(await rule('"limits":{|}'), ["perPage", "perSession", "perVisitor", "per", "cooldown", "until"]);
  has(await rule('"learn":{|}'), ["variants", "goal", "within", "context", "method", "explore"]);
  has(await rule('"test":{|}'), ["variants", "weights", "coverage", "namespace", "experiment", "factor"]);
  has(await rule('"schedule":{"days":[|]}'), ["mon", "sun"]);
  has(await offered('{"journeys":{"cart":{"states":{"a":[{|}]}}}}'), ["on", "after", "when", "to"]);
});

test("hovering tells what a word means", async () => {
  const { document, parsed, position } = open('{"slots":{"hero":{"sw|ap":"now"}}}');
  const { contents } = await service.doHover(document, position, parsed);
  assert.match(JSON.stringify(contents), /out of view/);
});

test("wrong configs are marked, right ones are not", async () => {
  const vectors = (name) => JSON.parse(readFileSync(new URL(`tests/vectors/${name}.json`, root), "utf8")).configs;
  for (const { config } of vectors("wrong-configs"))
    assert.notDeepEqual(await marked(config), [], JSON.stringify(config));
  for (const config of vectors("right-configs")) assert.deepEqual(await marked(config), [], JSON.stringify(config));
  for (const path of ["www/shop/unspoken.json", "examples/script-tag/unspoken.json"])
    assert.deepEqual(await marked(JSON.parse(readFileSync(new URL(path, root), "utf8"))), [], path);
});
