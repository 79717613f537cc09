/** The collector as the scripts and the end-to-end tests run it: built, started, waited for, stopped. */
import { existsSync } from "node:fs";
import { collectorBinary } from "./paths.mjs";
import { end, launch, run } from "./run.mjs";
import { Fault, step } from "./say.mjs";

const READY_MS = 15_000;
const STOP_MS = 5_000;

/** Builds it; cargo itself finds out whether there is anything to do. */
export async function buildCollector() {
  const work = () =>
    run("cargo", ["build", "--release", "--locked", "--package", "unspoken-collector"], {
      sentence: "The collector does not compile: what the compiler says stands above.",
    }).then(() => undefined);
  await step("collector", existsSync(collectorBinary) ? "" : "3 min the first time", work);
  if (!existsSync(collectorBinary))
    throw new Fault(
      `cargo built no ${collectorBinary}: unset CARGO_TARGET_DIR and CARGO_BUILD_TARGET and run this again.`,
    );
}

/**
 * Starts it and resolves once it answers. `ended` resolves when it has stopped, for whatever reason;
 * `stop()` asks it to, and insists after some seconds. `serve` are more flags.
 */
export async function startCollector({
  listen,
  db,
  site,
  key,
  token,
  origins,
  config,
  dashboard,
  serve = [],
  quiet = false,
}) {
  const args = ["serve", "--listen", listen, "--db", db, "--site", site, "--key", key];
  for (const each of origins) args.push("--origin", each);
  if (config) args.push("--config", config);
  if (dashboard) args.push("--dashboard", dashboard);
  args.push(...serve);
  // The token goes by the environment: a command line is everybody's to read.
  const child = launch(collectorBinary, args, { env: { UNSPOKEN_TOKEN: token }, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  let isReady = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      if (!isReady) log = (log + chunk).slice(-20_000);
      else if (!quiet && stream === child.stderr) process.stderr.write(chunk);
    });
  }
  let isRunning = true;
  const ended = new Promise((resolve) => {
    const over = () => {
      isRunning = false;
      resolve();
    };
    child.once("close", over).once("error", over);
  });
  const stop = async () => {
    if (!isRunning) return;
    end(child);
    const limit = setTimeout(() => end(child, "SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(limit);
  };
  const deadline = Date.now() + READY_MS;
  while (isRunning && Date.now() < deadline) {
    const answer = await fetch(`http://${listen}/healthz`).catch(() => null);
    // Somebody else's answer is no proof: ours must still be running after it.
    if (answer?.ok && isRunning) {
      isReady = true;
      return { child, ended, stop };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  const why = isRunning ? `did not answer on ${listen} within ${READY_MS / 1000} s` : "could not start";
  await stop();
  throw new Fault(`The collector ${why}: what it says stands above.`, log);
}
