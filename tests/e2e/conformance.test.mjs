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
import { ELSEWHERE, SECTIONS } from "./support/growthbook.mjs";
import { STRICT, startSite } from "./support/site.mjs";

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

async function runFile(path, core, policy) {
  [site.policy, site.requests] = [policy, []];
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
  const loaded = site.requests.includes("/unspoken-core.js") ? "JavaScript" : "WebAssembly";
  assert.equal(loaded, core, site.requests.join(" "));
  assert.equal(site.requests.includes("/unspoken.wasm"), core === "WebAssembly");
  console.log(`${passed} passed, ${failed} failed`);
  assert.equal(failed, 0, missed.join("\n"));
  assert.deepEqual(thrown, []);
  return passed;
}

/** The core as WebAssembly, and as JavaScript where a policy forbids that. */
const CORES = { WebAssembly: undefined, JavaScript: STRICT };

for (const [core, policy] of Object.entries(CORES)) {
  test(`our own cases pass through the JS API, by the core as ${core}`, { timeout: 300_000 }, async () => {
    assert.ok((await runFile(at("tests/vectors/deciding.json"), core, policy)) >= 80);
  });
}

const named = process.env.UNSPOKEN_GROWTHBOOK_CASES;
const path = named ?? at("../shared/vectors/growthbook-cases.json");
const absent = !named && !existsSync(path) && "no cases of GrowthBook's beside this checkout";

for (const [core, policy] of Object.entries(CORES)) {
  const name = `GrowthBook's cases pass through the JS API, by the core as ${core}`;
  test(name, { skip: absent, timeout: 300_000 }, async () => {
    assert.ok((await runFile(path, core, policy)) > 0);
  });
}
