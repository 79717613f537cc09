/**
 * `npm run bench`: times of the core, on the host and in Chromium, and of swaps; `npm run bench -- swap`
 * only these. `npm run bench -- collector` has the collector's instead, and hands on what follows
 * (`--connections 1,64`, `--soak 10`; collector/benches/ingest.rs). Machines are noisy, so nothing
 * fails by a time; the lines say what the goals are.
 */
import { build } from "./build.mjs";
import { bundleBench } from "./lib/bundle.mjs";
import { at } from "./lib/paths.mjs";
import { exitOnSignals, run } from "./lib/run.mjs";
import { Fault, main, say, step } from "./lib/say.mjs";
import { GOAL_MS, measureSwaps } from "./lib/swaps.mjs";
import { inChromium } from "./lib/test-steps.mjs";
import { setup } from "./setup.mjs";

const MINUTE_MS = 60_000;

/**
 * The profile `wasm-release` but for its abort, which a test cannot do. It is no `cargo bench`: the flag
 * that cargo hands on then makes wasm-bindgen's runner look for another kind of bench.
 */
const AS_SHIPPED = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "z",
  CARGO_PROFILE_RELEASE_LTO: "fat",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "1",
};

/** The goals of the figures that have one, in microseconds. */
const GOALS = { "a move through all features": 0.5, "a point of the grid, all heads and decisions": 5 };

/** How many times as fast as GrowthBook's SDK, which evaluates the same features in turn with ours. */
const FASTER = { "1,000 features, in the core": 10, "1,000 features, unspoken.feature()": 3 };

const NAMES = {
  dispatch: "a click, from its dispatch to the mutated document",
  stamp: "  the same, from the browser's own time stamp",
  grid: "a forecast, from its point of the grid",
};

/** At a quarter of the speed, on a page of the shop. */
async function swaps() {
  const { launch } = await import("../tests/e2e/support/browser.mjs");
  const { build: buildShop } = await import("../www/shop/build.mjs");
  let times = {};
  await step("swaps in Chromium, 4x CPU throttle", "2 min", async () => {
    times = await measureSwaps({ shop: at("www/shop/unspoken.json"), launch, build: buildShop });
  });
  for (const [name, words] of Object.entries(NAMES)) {
    const { count, p50, p95, max } = times[name];
    const figures = [p50, p95, max].map((time) => `${time.toFixed(1).padStart(6)} ms`);
    const goal = name === "stamp" ? "" : `   (goal: p95 at most ${GOAL_MS} ms)`;
    say(`${words.padEnd(52)} ${count} swaps: p50 ${figures[0]}, p95 ${figures[1]}, max ${figures[2]}${goal}`);
  }
}

/** Durable ingest against a bare handler; what it prints comes as it is measured. */
async function collector(args) {
  say("The goal: at least 40 % of the bare handler's batches a second, acknowledged, with SQLite.");
  await run("cargo", ["bench", "--locked", "--package", "unspoken-collector", "--bench", "ingest", "--", ...args], {
    timeoutMs: 120 * MINUTE_MS,
    verbose: true,
    sentence: "The collector's bench failed: what it says stands above.",
  });
}

await main(import.meta.url, async (args) => {
  exitOnSignals();
  if (args[0] === "collector") return collector(args.slice(1));
  const unknown = args.filter((arg) => arg !== "swap");
  if (unknown.length > 0) throw new Fault(`bench knows swap and collector, and not ${unknown.join(" ")}.`);
  await setup({ browsers: true });
  if (args.includes("swap")) {
    await build();
    return swaps();
  }
  let host = "";
  await step("on the host", "2 min the first time", async () => {
    host = await run("cargo", ["bench", "--locked", "--bench", "engine"], {
      timeoutMs: 30 * MINUTE_MS,
      sentence: "The bench on the host failed: what it says stands above.",
    });
  });
  say(host.slice(host.indexOf("Timer precision")).trim());
  let lines = [];
  await build();
  await bundleBench();
  await step("in Chromium, compiled as it ships", "1 min the first time", async () => {
    // A folder of its own: other flags would make the module's build begin anew.
    const { command, args, env } = inChromium(["test", "--release", "--bench", "web"], at("target/wasm-bench"));
    const output = await run(command, [...args, "--", "--nocapture"], {
      env: { ...env, ...AS_SHIPPED },
      timeoutMs: 30 * MINUTE_MS,
      sentence: "The bench in Chromium failed: what it says stands above.",
    });
    lines = output.split("\n").flatMap((line) => /bench (.+): ([\d.]+) us/.exec(line)?.slice(1, 3) ?? []);
  });
  const times = {};
  for (let place = 0; place < lines.length; place += 2) {
    const [name, time] = [lines[place], lines[place + 1]];
    times[name] = Number(time);
    const goal = GOALS[name] ? `   (goal: at most ${GOALS[name]} µs)` : "";
    say(`${name.padEnd(46)} ${time.padStart(8)} µs${goal}`);
  }
  for (const [name, goal] of Object.entries(FASTER)) {
    const ratio = times["1,000 features, GrowthBook's SDK"] / times[name];
    say(`${name}: ${ratio.toFixed(1)} times as fast as GrowthBook's SDK (goal: at least ${goal})`);
  }
  await swaps();
});
