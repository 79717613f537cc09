/**
 * Runs commands: quietly, with their output kept for the case that they fail, and never left behind.
 *
 * Each command is the head of a process group of its own, so that ending it ends its children too (a
 * browser's, a test runner's); whatever still runs when this process ends is ended with it.
 */
import { spawn, spawnSync } from "node:child_process";
import { root } from "./paths.mjs";
import { duration, Fault } from "./say.mjs";

const KEPT_CHARS = 400_000;
const running = new Set();

/** Ends a command with all its children. */
export function end(child, signal = "SIGTERM") {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

process.on("exit", () => {
  for (const child of running) end(child);
});
/** Signals end this process by its own exit, so that the line above is reached. */
export function exitOnSignals() {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ]) {
    process.once(signal, () => process.exit(code));
  }
}

/** Starts a command and leaves it running, until it is ended or this process ends. */
export function launch(command, args, { env, cwd = root, stdio = ["ignore", "pipe", "pipe"] } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, detached: true });
  running.add(child);
  child.on("exit", () => running.delete(child));
  return child;
}

/**
 * Runs a command to its end and returns what it printed. `sentence` is what is said where it fails;
 * `verbose` also passes the output on as it comes.
 */
export function run(command, args = [], { env, cwd, sentence, verbose = false, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = launch(command, args, { env, cwd });
    let output = "";
    let late = false;
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_CHARS);
      if (verbose) process.stdout.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const cut = () => {
      late = true;
      end(child, "SIGKILL");
    };
    const limit = timeoutMs && setTimeout(cut, timeoutMs);
    const fail = (why) =>
      reject(new Fault(sentence ?? `\`${[command, ...args].join(" ")}\` ${why}.`, verbose ? "" : output));
    child.on("error", (error) => {
      clearTimeout(limit);
      running.delete(child);
      fail(error.code === "ENOENT" ? "cannot be run: there is no such command" : `cannot be run (${error.code})`);
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      if (code === 0) resolve(output);
      else if (late)
        reject(new Fault(`\`${[command, ...args].join(" ")}\` did not end within ${duration(timeoutMs)}.`, output));
      else fail(`failed (${signal ?? `exit code ${code}`})`);
    });
  });
}

/** What a quick command prints, or null where it is missing or fails. */
export function ask(command, args = [], env) {
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 30_000,
  });
  return status === 0 ? stdout.trim() : null;
}
