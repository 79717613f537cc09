/**
 * Sets up a fresh machine, step by step; a step that was done costs a look. `npm start` and
 * `npm test` call it; by hand: `node scripts/setup.mjs [--browsers] [--python] [--workerd] [--clickhouse]`.
 *
 * It must run before any npm package is there, so it and all it imports use node's own modules only.
 */
import { existsSync } from "node:fs";
import { installPackages, missingPackages } from "./lib/apt.mjs";
import { hasClickhouse, installClickhouse } from "./lib/clickhouse.mjs";
import { at } from "./lib/paths.mjs";
import { hasChecks, hasPython, installChecks, installPython } from "./lib/python.mjs";
import { ask, exitOnSignals, run } from "./lib/run.mjs";
import { Fault, main, say, step } from "./lib/say.mjs";
import { forget, hashOf, isFresh, remember } from "./lib/stamp.mjs";
import { findToolchain, hasBindgen, installBindgen, installToolchain } from "./lib/wasm-toolchain.mjs";
import { hasWorkerd, installWorkerd } from "./lib/workerd.mjs";

const BROWSER_PACKAGES = ["chromium", "chromium-driver"];
const npmStamp = at("node_modules/.unspoken-stamp");
const npmHash = () => hashOf([at("package-lock.json")]);

/** What cannot be installed for you, in one sentence each. */
function checkMachine() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new Fault(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  if (ask("cargo", ["--version"]) === null)
    throw new Fault(
      "There is no Rust here: install it from rustup.rs, see to it that `cargo --version` works, and run this again.",
    );
  if (ask("cc", ["--version"]) === null)
    throw new Fault(
      "Rust needs a C compiler: run `apt-get install -y gcc libc6-dev` (or your system's like of it) and then this again.",
    );
}

/**
 * The steps. `browsers`, `python`, `workerd` and `clickhouse` mark what only some tests need; `mayFail`, what those tests do
 * without.
 */
export const steps = [
  {
    what: "npm packages",
    usually: "10 s",
    isDone: () => isFresh(npmStamp, npmHash()),
    async work() {
      forget(npmStamp);
      // No package's own install script is needed, so none is run.
      await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
        sentence: "`npm ci` failed: what it says stands above.",
      });
      remember(npmStamp, npmHash());
    },
  },
  {
    what: "compiler for WebAssembly",
    usually: "20 s",
    isDone: () => findToolchain() !== null,
    work: () => installToolchain(),
  },
  { what: "wasm-bindgen, built from source", usually: "75 s", isDone: hasBindgen, work: installBindgen },
  {
    what: "Chromium, for the tests",
    usually: "20 s",
    browsers: true,
    isDone: () => existsSync("/usr/bin/chromium") && existsSync("/usr/bin/chromedriver"),
    work: () => installPackages(missingPackages(BROWSER_PACKAGES), "Testing in a browser"),
  },
  {
    what: "LightGBM and XGBoost, for the tests of import",
    usually: "40 s",
    python: true,
    mayFail: true,
    isDone: () => hasPython(),
    work: () => installPython(),
  },
  {
    what: "chdb, gbstats and schemathesis, for the tests of the collector",
    usually: "1 min",
    python: true,
    mayFail: true,
    isDone: () => hasChecks(),
    work: () => installChecks(),
  },
  {
    what: "clickhouse-server, for the tests of the collector",
    usually: "1 min",
    clickhouse: true,
    mayFail: true,
    isDone: hasClickhouse,
    work: () => installClickhouse(),
  },
  {
    what: "workerd, for the tests of the package",
    usually: "15 s",
    workerd: true,
    mayFail: true,
    isDone: hasWorkerd,
    work: installWorkerd,
  },
];

/** Does what is left to do. */
export async function setup(wanted = {}) {
  checkMachine();
  for (const { what, usually, isDone, work, mayFail, ...needs } of steps) {
    if (Object.keys(needs).some((need) => !wanted[need]) || isDone()) continue;
    await step(what, usually, work);
    if (!mayFail && !isDone())
      throw new Fault(
        `"${what}" was installed and still is not there: run \`node scripts/setup.mjs\` once more, and report this if it stays so.`,
      );
  }
}

await main(import.meta.url, async (args) => {
  exitOnSignals();
  const asked = (need) => args.includes(`--${need}`);
  await setup({
    browsers: asked("browsers"),
    python: asked("python"),
    workerd: asked("workerd"),
    clickhouse: asked("clickhouse"),
  });
  say("Everything is set up.");
});
