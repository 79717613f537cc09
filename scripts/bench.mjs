/**
 * `npm run bench`: times of the core, on the host and in Chromium. Machines are noisy, so nothing fails
 * by a time; the lines say what the goals are.
 */
import { build } from "./build.mjs";
import { bundleBench } from "./lib/bundle.mjs";
import { at } from "./lib/paths.mjs";
import { exitOnSignals, run } from "./lib/run.mjs";
import { main, say, step } from "./lib/say.mjs";
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

await main(import.meta.url, async () => {
  exitOnSignals();
  await setup({ browsers: true });
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
});
