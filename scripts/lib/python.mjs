/**
 * Pythons that tests hold our own work against: one with the real LightGBM and XGBoost, which the tests of
 * `unspoken import` train models with; and one with what the collector is checked by (a ClickHouse of today
 * in the process, GrowthBook's statistics, schemathesis), whose packages want another numpy.
 *
 * Nothing else needs them, so whatever is in the way (no Python, no venv module, no network, a library
 * that is missing) is told in one line, and those tests skip.
 *
 * `system` is the machine as these functions see it, so that the tests can be one without any of that.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { tools } from "./paths.mjs";
import { ask, run } from "./run.mjs";
import { Fault } from "./say.mjs";
import { forget, hashOf, isFresh, remember } from "./stamp.mjs";

/** `xgboost-cpu` is XGBoost without what graphics cards need: 20 MB installed instead of 700. */
export const PACKAGES = ["lightgbm==4.7.0", "xgboost-cpu==3.2.0", "numpy==2.4.6", "scipy==1.17.1"];
/** chdb loads pyarrow, and names no version of it; gbstats takes a numpy and a pandas of before their 2. */
export const CHECKS = [
  "chdb==3.7.1",
  "gbstats==0.8.0",
  "schemathesis==4.32.5",
  "numpy==1.26.4",
  "pandas==1.5.3",
  "pyarrow==17.0.0",
];
const TIMEOUT_MS = 5 * 60_000;

/** An environment: its folder among the tools, what it holds, and what the tests do without it. */
const environment = (name, packages, modules, missing, advice) => {
  const folder = join(tools, name);
  return { folder, packages, modules, missing, advice, python: join(folder, "bin/python") };
};
const models = environment(
  "python",
  PACKAGES,
  ["numpy", "lightgbm", "xgboost"],
  "models of the real packages are not trained anew",
  "LightGBM needs libgomp.so.1: apt-get install libgomp1",
);
const checks = environment(
  "python-checks",
  CHECKS,
  ["chdb", "gbstats", "schemathesis"],
  "the collector is not held against chdb, gbstats and schemathesis",
  "its message stands in the module itself",
);
export const python = models.python;
export const pythonChecks = checks.python;

const machine = ({ folder, packages, python: binary }) => {
  const stamp = join(folder, ".unspoken-stamp");
  return {
    ask,
    run: (command, args) => run(command, args, { timeoutMs: TIMEOUT_MS }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
    isFresh: () => isFresh(stamp, hashOf([], packages), [binary]),
    forget: () => forget(stamp),
    remember: () => remember(stamp, hashOf([], packages)),
  };
};
export const thisMachine = machine(models);

export const hasPython = (system = thisMachine) => system.isFresh();
export const hasChecks = (system = machine(checks)) => system.isFresh();

/** The last line of what a command said, which is where Python and pip say why. */
function reason(error) {
  const lines = (error.output ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("[notice]")).at(-1) ?? error.message;
}

/** Makes the environment that models are trained in, see [install]. */
export const installPython = (system = thisMachine) => install(models, system);
/** Makes the environment that the collector is checked in, likewise. */
export const installChecks = (system = machine(checks)) => install(checks, system);

/**
 * Makes an environment. Resolves to a sentence for the step's line: the packages, or "skipped: …".
 * An environment whose packages do not load is kept, and not made again: the tests say so too.
 */
async function install({ folder, packages, modules, missing, advice, python: binary }, system) {
  const skipped = (why) => `skipped: ${why}; ${missing}`;
  if (system.ask("python3", ["-c", "import venv, ensurepip"]) === null)
    return skipped("there is no python3 with the module venv (Debian: apt-get install python3-venv)");
  try {
    system.forget();
    system.remove();
    await system.run("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"];
    await system.run(binary, [...pip, "--timeout", "20", "--retries", "1", ...packages]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    system.remove();
    const names = packages.map((name) => name.split("==")[0]).join(", ");
    return skipped(`${names} could not be installed (${reason(error)})`);
  }
  system.remember();
  for (const module of modules) {
    if (system.ask(binary, ["-c", `import ${module}`]) !== null) continue;
    return skipped(`${module} does not load (${advice})`);
  }
  return packages.join(", ");
}
