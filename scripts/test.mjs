/**
 * `npm test`: sets up what is missing, builds, and runs every check; stops at the first step that
 * fails. `--only <step>` runs one, `--verbose` shows what the commands print as they print it.
 *
 * The last line counts the test cases; a step without cases (a linter, say) counts as one.
 */
import { build } from "./build.mjs";
import { buildCollector } from "./lib/collector.mjs";
import { add, countOne, inWords } from "./lib/count.mjs";
import { exitOnSignals } from "./lib/run.mjs";
import { bold, complain, duration, Fault, main, say, step } from "./lib/say.mjs";
import { runStep, steps } from "./lib/test-steps.mjs";
import { setup } from "./setup.mjs";

/** What the command line asks for. */
export function chosen(args) {
  const left = args.filter((arg) => arg !== "--verbose");
  const verbose = left.length < args.length;
  if (left.length === 0) return { steps, verbose };
  const names = steps.map(({ name }) => name);
  const [only, name, ...more] = left;
  if (only !== "--only" || more.length > 0)
    throw new Fault(`test knows --only <step> and --verbose, and not ${left.join(" ")}.`);
  if (!names.includes(name))
    throw new Fault(`There is no step ${name ?? "without a name"}: --only takes ${names.join(", ")}.`);
  return { steps: steps.filter((each) => each.name === name), verbose };
}

/** Sums of cases and of steps. A step that fails without a failed case counts as one. */
export function tally(results) {
  const zero = { passed: 0, failed: 0, skipped: 0 };
  const cases = results.map(({ outcome, counts }) => {
    if (outcome === "failed") return counts?.failed > 0 ? counts : { ...(counts ?? zero), failed: 1 };
    return outcome === "skipped" ? { ...zero, skipped: 1 } : counts;
  });
  const steps = results.map(({ outcome }) => ({ ...zero, [outcome]: 1 }));
  return { cases: cases.reduce(add, zero), steps: steps.reduce(add, zero) };
}

async function prepare(chosenSteps) {
  const needs = new Set(
    chosenSteps.flatMap((each) => (each.files && each.files().length === 0 ? [] : (each.needs ?? []))),
  );
  const tools = ["browsers", "python", "workerd", "clickhouse"];
  await setup(Object.fromEntries(tools.map((tool) => [tool, needs.has(tool)])));
  if (needs.has("dist")) await build();
  if (needs.has("collector")) await buildCollector();
}

async function runAll(chosenSteps, verbose) {
  const results = [];
  for (const each of chosenSteps) {
    const files = each.files?.();
    if (files?.length === 0) {
      say(`- ${each.name}: skipped, there are no such tests yet`);
      results.push({ outcome: "skipped" });
      continue;
    }
    try {
      let counts;
      await step(each.name, each.usually, async () => {
        counts = await runStep(each, files, { verbose });
        if (counts.passed + counts.failed + counts.skipped === 0)
          throw new Fault(`Step ${each.name} ran no test at all.`);
        return each.count === countOne ? undefined : inWords(counts);
      });
      results.push({ outcome: "passed", counts });
    } catch (error) {
      complain(error);
      results.push({
        outcome: "failed",
        counts: each.count === countOne ? undefined : each.count(error.output ?? ""),
        name: each.name,
      });
      break;
    }
  }
  return results;
}

await main(import.meta.url, async (args) => {
  exitOnSignals();
  const begun = performance.now();
  const { steps: chosenSteps, verbose } = chosen(args);
  let results;
  try {
    await prepare(chosenSteps);
    results = await runAll(chosenSteps, verbose);
  } catch (error) {
    complain(error);
    results = [{ outcome: "failed", name: "set-up and build" }];
  }
  const failed = results.find(({ outcome }) => outcome === "failed");
  const { cases, steps: stepCounts } = tally(results);
  say();
  if (failed) say(`Failed: ${failed.name}. The steps after it were not run.`);
  say(
    `${bold("npm test")} took ${duration(performance.now() - begun)}; of ${chosenSteps.length} steps, ${inWords(stepCounts)}.`,
  );
  say(inWords(cases));
  process.exitCode = failed ? 1 : 0;
});
