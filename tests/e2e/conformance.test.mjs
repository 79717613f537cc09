/**
 * GrowthBook's cases through `init`, `feature` and `run`, in real Chromium with what ships.
 *
 * Our own cases (tests/vectors/deciding.json) always; those of GrowthBook where
 * `UNSPOKEN_GROWTHBOOK_CASES` names a file of them, or where they stand beside the checkout. Sections
 * whose functions are not in the API run in the browser all the same: see tests/web.rs.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { at } from "../../scripts/lib/paths.mjs";
import { launch } from "./support/browser.mjs";
import { startSite } from "./support/site.mjs";

let site;
let browser;

before(async () => {
  site = await startSite(`<!doctype html><html lang="en"><meta charset="utf-8"><title>cases</title><p>cases`);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** What GrowthBook's SDK takes as a context, as our options; without a sticky bucket service it keeps none. */
function optionsOf(context, stickyBuckets = false) {
  const { attributes, url, enabled, qaMode, forcedFeatureValues, forcedVariations, ...config } = context;
  const overrides = { url: url ?? "", stickyBuckets };
  if (enabled !== undefined) overrides.enabled = enabled;
  if (qaMode !== undefined) overrides.qaMode = qaMode;
  if (forcedFeatureValues) overrides.features = forcedFeatureValues;
  if (forcedVariations) overrides.variations = forcedVariations;
  // Who has no id there has none here either, and not the pseudonym.
  return { config, attributes: { id: null, ...attributes }, overrides };
}

/** The documents that GrowthBook's SDK would load: those of attributes that its rules assign by. */
function loaded(context, docs) {
  const rules = Object.values(context.features ?? {}).flatMap(({ rules }) => rules ?? []);
  const names = rules
    .filter(({ variations, contextualVariations }) => variations ?? contextualVariations)
    .flatMap(({ hashAttribute, fallbackAttribute }) => [hashAttribute || "id", fallbackAttribute]);
  const isOwn = ({ attributeName: name, attributeValue }) => {
    const own = context.attributes?.[name];
    return own && names.includes(name) && String(own) === attributeValue;
  };
  return [...Object.values(context.stickyBucketAssignmentDocs ?? {}), ...docs.filter(isOwn)];
}

const variations = (count) => Array.from({ length: count }, (_, at) => at);
const featureCase = ([, context, key, expected]) => ({ options: optionsOf(context), feature: key, expected });

/** A case as what the page is to do, and what must come of it. What the API cannot say is `unsayable`. */
const SECTIONS = {
  feature: featureCase,
  contextualBandit: featureCase,
  run: ([, context, run, ...expected]) => ({
    options: optionsOf(context),
    run,
    pick: ({ value, inExperiment, hashUsed }) => [value, inExperiment, hashUsed],
    expected,
  }),
  stickyBucket: ([, context, docs, feature, result, kept]) => ({
    options: optionsOf(context, loaded(context, docs)),
    feature,
    pick: ({ experimentResult = null }, sticky) => [
      experimentResult,
      Object.fromEntries(sticky.map((doc) => [`${doc.attributeName}||${doc.attributeValue}`, doc])),
    ],
    expected: [result, kept],
  }),
  evalCondition: ([, condition, attributes, expected, savedGroups]) => ({
    options: optionsOf({
      attributes,
      features: { f: { defaultValue: false, rules: [{ condition, force: true }] } },
      savedGroups,
    }),
    feature: "f",
    pick: ({ value }) => value,
    expected,
  }),
  hash: ([seed, id, hashVersion, expected]) => ({
    options: optionsOf({ attributes: { id } }),
    run: { key: seed, variations: [0, 1], seed, hashVersion },
    pick: ({ bucket = null }) => bucket,
    expected,
    unsayable: id === "" && "nobody has an empty id",
  }),
  inNamespace: ([, id, namespace, expected]) => ({
    options: optionsOf({ attributes: { id } }),
    run: { key: "k", variations: [0, 1], namespace },
    pick: ({ inExperiment }) => inExperiment,
    expected,
    unsayable: id === "" && "nobody has an empty id",
  }),
  getQueryStringOverride: ([, key, url, count, expected]) => ({
    // Nobody can be drawn without an id, so who is in was forced.
    options: optionsOf({ url }),
    run: { key, variations: variations(count) },
    pick: ({ inExperiment, variationId }) => (inExperiment ? variationId : null),
    expected,
    unsayable: count < 2 && "an experiment has two variations",
  }),
};

/** Sections of functions that the API does not have. */
const ELSEWHERE = ["getBucketRange", "chooseVariation", "getEqualWeights"];

/** In the page: one instance a case, one after the other, over one core. */
async function inPage(cases) {
  const { init } = await import("/index.js");
  const answers = [];
  for (const { options, feature, run } of cases) {
    sessionStorage.clear();
    const unspoken = await init({ ...options, storage: "session", parts: ["experiment", "more"] });
    const result = feature === undefined ? unspoken.run(run) : unspoken.feature(feature);
    // Asked again it is the same, however it got here.
    const again = feature === undefined ? unspoken.run(run) : unspoken.feature(feature);
    const { fault } = unspoken.stats();
    unspoken.dispose();
    const { sticky = [] } = JSON.parse(sessionStorage.getItem("unspoken.profile"));
    answers.push({ result, again, sticky, fault });
  }
  return answers;
}

async function runFile(path) {
  const file = JSON.parse(readFileSync(path, "utf8"));
  const context = await browser.newContext();
  const page = await context.newPage();
  const thrown = [];
  page.on("pageerror", (error) => thrown.push(String(error)));
  await page.goto(site.origin);
  let [passed, failed] = [0, 0];
  const missed = [];
  for (const [section, list] of Object.entries(file).filter(([, list]) => Array.isArray(list))) {
    if (ELSEWHERE.includes(section)) {
      console.log(`section ${section}: not in the API, runs in tests/web.rs`);
      continue;
    }
    assert.ok(SECTIONS[section], `section ${section} is known`);
    const all = list.map((case_) => ({ name: JSON.stringify(case_).slice(0, 300), ...SECTIONS[section](case_) }));
    const cases = all.filter(({ unsayable }) => !unsayable);
    const sent = cases.map(({ options, feature, run }) => ({ options, feature, run }));
    const answers = await page.evaluate(inPage, sent);
    let bad = 0;
    for (const [index, { name, pick = (result) => result, expected }] of cases.entries()) {
      const { result, again, sticky, fault } = answers[index];
      const got = pick(result, sticky);
      const isSteady = section === "stickyBucket" || isDeepStrictEqual(result, again);
      if (fault === null && isSteady && isDeepStrictEqual(got, expected)) continue;
      bad++;
      missed.push(`${section} ${name}\n  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(got)}`);
      if (!isSteady) missed.push(`  and then ${JSON.stringify(again)}`);
      if (fault !== null) missed.push(`  fault: ${fault}`);
    }
    const left = all.filter(({ unsayable }) => unsayable);
    const why = left.length > 0 ? `, ${left.length} cannot be said: ${left[0].unsayable}` : "";
    console.log(`section ${section}: ${cases.length - bad} passed, ${bad} failed${why}`);
    [passed, failed] = [passed + cases.length - bad, failed + bad];
  }
  for (const section of Object.keys(SECTIONS)) assert.ok(file[section]?.length > 0, `section ${section} has cases`);
  await context.close();
  console.log(`${passed} passed, ${failed} failed`);
  assert.equal(failed, 0, missed.join("\n"));
  assert.deepEqual(thrown, []);
  return passed;
}

test("our own cases pass through the JS API", { timeout: 300_000 }, async () => {
  assert.ok((await runFile(at("tests/vectors/deciding.json"))) >= 80);
});

const named = process.env.UNSPOKEN_GROWTHBOOK_CASES;
const path = named ?? at("../shared/vectors/growthbook-cases.json");
const absent = !named && !existsSync(path) && "no cases of GrowthBook's beside this checkout";

test("GrowthBook's cases pass through the JS API", { skip: absent, timeout: 300_000 }, async () => {
  assert.ok((await runFile(path)) > 0);
});
