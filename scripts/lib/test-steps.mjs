/**
 * The steps of `npm test`: what each runs, and what it takes first. In the order of what is quick and
 * says most, so that a mistake is known early.
 *
 * `files` is a step's list of tests; a step without any is skipped, and said to be.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { countCargo, countNode, countOne, failedTests } from "./count.mjs";
import { at, state } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault, say } from "./say.mjs";
import { WASM_TARGET_DIR } from "./wasm.mjs";
import { bindgenTestRunner, findToolchain, TARGET } from "./wasm-toolchain.mjs";

const MINUTE_MS = 60_000;

const tests = (folder) => {
  const list = existsSync(at(folder)) ? readdirSync(at(folder)) : [];
  return list.filter((name) => name.endsWith(".test.mjs")).map((name) => `${folder}/${name}`);
};
const local = (tool) => at("node_modules/.bin", tool);
const command = (name, args, more = {}) => ({ command: name, args, ...more });
const node = (files, ...flags) => command(process.execPath, ["--test", "--test-reporter=spec", ...flags, ...files]);

/** Chromium without a window, also as root. */
const CHROMIUM = {
  "goog:chromeOptions": {
    binary: "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  },
};

/** What the browser runs of a crate, as a command: wasm-bindgen's own runner and Chromium. */
export function inChromium(args, targetDir = WASM_TARGET_DIR) {
  const toolchain = findToolchain();
  const capabilities = join(state, "webdriver.json");
  mkdirSync(state, { recursive: true });
  writeFileSync(capabilities, JSON.stringify(CHROMIUM));
  return command(
    toolchain.cargo,
    [args[0], "--locked", "--target", TARGET, "--target-dir", targetDir, ...args.slice(1), ...toolchain.args],
    {
      env: {
        ...toolchain.env,
        CHROMEDRIVER: "/usr/bin/chromedriver",
        WASM_BINDGEN_TEST_WEBDRIVER_JSON: capabilities,
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: bindgenTestRunner,
      },
    },
  );
}

/** tests/web.rs in Chromium. */
async function webTests() {
  // The host's bits, which the browser's are held to.
  await run("cargo", ["test", "--quiet", "--locked", "--test", "parity"], {
    sentence: "The host's side of the parity test fails: `cargo test --test parity` says why.",
    timeoutMs: 10 * MINUTE_MS,
  });
  const named = process.env.UNSPOKEN_GROWTHBOOK_CASES ?? at("../shared/vectors/growthbook-cases.json");
  const cases = existsSync(named) ? readFileSync(named, "utf8") : "null";
  writeFileSync(at("target/growthbook-cases.json"), cases);
  return inChromium(["test", "--test", "web"]);
}

/** `needs`: "dist" (a build), "collector" (its release binary), "browsers", "python", "workerd" and "clickhouse" (where they are to be had). */
export const steps = [
  { name: "fmt", usually: "2 s", count: countOne, make: () => command("cargo", ["fmt", "--all", "--check"]) },
  {
    name: "lint",
    usually: "1 s",
    count: countOne,
    make: () => command(local("biome"), ["check", "--error-on-warnings", "--max-diagnostics=50"]),
  },
  { name: "types", usually: "2 s", count: countOne, make: () => command(local("tsc"), ["--project", "tsconfig.json"]) },
  {
    name: "js",
    usually: "5 s",
    count: countNode,
    files: () => [...tests("scripts/test"), ...tests("js/test")],
    make: (files) => node(files),
  },
  {
    name: "size",
    usually: "1 s",
    needs: ["dist"],
    count: countOne,
    make: () => command(process.execPath, ["scripts/size.mjs"]),
  },
  {
    name: "clippy",
    usually: "1 min the first time",
    count: countOne,
    make: () => command("cargo", ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  },
  {
    name: "rust",
    usually: "3 min the first time",
    needs: ["python", "clickhouse"],
    count: countCargo,
    make: () => command("cargo", ["test", "--locked", "--workspace", "--no-fail-fast"]),
  },
  {
    name: "web",
    usually: "1 min the first time",
    needs: ["browsers"],
    count: countCargo,
    files: () => (existsSync(at("tests/web.rs")) ? ["tests/web.rs"] : []),
    make: webTests,
  },
  {
    name: "package",
    usually: "1 min",
    needs: ["dist", "browsers", "workerd"],
    count: countNode,
    files: () => tests("tests/packaging"),
    // One after the other: the first packs and installs for all.
    make: (files) => node(files, "--test-concurrency=1"),
  },
  {
    name: "e2e",
    usually: "1 min",
    needs: ["dist", "collector", "browsers", "workerd"],
    count: countNode,
    files: () => tests("tests/e2e"),
    again: 3,
    // React's server renderer keeps the process that imported it from ending.
    make: (files) => node(files, "--test-concurrency=1", "--test-force-exit"),
  },
];

/**
 * Runs one step. Resolves to its counts; throws a Fault with its output where it fails.
 *
 * `again`: browsers and machines have moods. Where tests of no more files than that fail, these files
 * are run once more, alone; what fails twice fails, and what does not is named.
 */
export async function runStep({ name, make, count, again = 0 }, files, { verbose = false } = {}) {
  const once = async (chosen) => {
    const { command: program, args, env } = await make(chosen);
    return run(program, args, {
      env: { CARGO_TERM_COLOR: "never", ...env },
      verbose,
      timeoutMs: 30 * MINUTE_MS,
      sentence: `Step ${name} failed: what it says stands above. Alone: \`npm test -- --only ${name}\`.`,
    });
  };
  try {
    return count(await once(files));
  } catch (error) {
    const failed = failedTests((error instanceof Fault && error.output) || "");
    if (failed.files.length === 0 || failed.files.length > again) throw error;
    say(`  ${name}: failed, and run once more: ${failed.names.join("; ")} (${failed.files.join(", ")})`);
    await once(failed.files);
    const first = count(error.output);
    return { ...first, passed: first.passed + first.failed, failed: 0 };
  }
}
