/**
 * A Python with the real LightGBM and XGBoost, which the tests of `unspoken import` train models with.
 *
 * Nothing else needs it, so whatever is in the way (no Python, no venv module, no network, a library
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
const MODULES = ["numpy", "lightgbm", "xgboost"];
const TIMEOUT_MS = 5 * 60_000;

const folder = join(tools, "python");
const stamp = join(folder, ".unspoken-stamp");
export const python = join(folder, "bin/python");

export const thisMachine = {
  ask,
  run: (command, args) => run(command, args, { timeoutMs: TIMEOUT_MS }),
  remove: () => rmSync(folder, { recursive: true, force: true }),
  isFresh: () => isFresh(stamp, hashOf([], PACKAGES), [python]),
  forget: () => forget(stamp),
  remember: () => remember(stamp, hashOf([], PACKAGES)),
};

export const hasPython = (system = thisMachine) => system.isFresh();

/** The last line of what a command said, which is where Python and pip say why. */
function reason(error) {
  const lines = (error.output ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("[notice]")).at(-1) ?? error.message;
}

/**
 * Makes the environment. Resolves to a sentence for the step's line: the packages, or "skipped: …".
 * An environment whose packages do not load is kept, and not made again: the tests say so too.
 */
export async function installPython(system = thisMachine) {
  const skipped = (why) => `skipped: ${why}; models of the real packages are not trained anew`;
  if (system.ask("python3", ["-c", "import venv, ensurepip"]) === null)
    return skipped("there is no python3 with the module venv (Debian: apt-get install python3-venv)");
  try {
    system.forget();
    system.remove();
    await system.run("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"];
    await system.run(python, [...pip, "--timeout", "20", "--retries", "1", ...PACKAGES]);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    system.remove();
    return skipped(`LightGBM and XGBoost could not be installed (${reason(error)})`);
  }
  system.remember();
  for (const module of MODULES) {
    if (system.ask(python, ["-c", `import ${module}`]) !== null) continue;
    return skipped(`${module} does not load (LightGBM needs libgomp.so.1: apt-get install libgomp1)`);
  }
  return PACKAGES.join(", ");
}
