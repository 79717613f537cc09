/**
 * workerd, Cloudflare's runtime, which the package's tests run an edge worker in.
 *
 * It is a binary of some 100 MB that nothing else needs, so it is no package of the repository but a
 * tool beside it. Whatever is in the way of it (no network, no build for this machine) is told in one
 * line, and those tests skip.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tools } from "./paths.mjs";
import { ask, run } from "./run.mjs";
import { Fault } from "./say.mjs";

export const VERSION = "1.20261117.1";
const TIMEOUT_MS = 3 * 60_000;

const folder = join(tools, "workerd");
const home = join(folder, "node_modules/workerd");
/** The binary itself: the package's own command, as installed without scripts, hands on no pipe but the first three. */
const binary = join(
  folder,
  `node_modules/@cloudflare/workerd-${process.platform}-${process.arch === "x64" ? "64" : process.arch}`,
  "bin/workerd",
);
/** Its command; there is none where `hasWorkerd()` is false. */
export const workerd = existsSync(binary) ? binary : join(home, "bin/workerd");

/** Whether it is there, in the version that is asked for. */
export function hasWorkerd() {
  const about = join(home, "package.json");
  return existsSync(about) && JSON.parse(readFileSync(about, "utf8")).version === VERSION;
}

/** Installs it. Resolves to a sentence for the step's line: the version, or "skipped: …". */
export async function installWorkerd() {
  const skipped = (why) => `skipped: ${why}; the package is not run at the edge`;
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", ["install", "--prefix", folder, ...flags, `workerd@${VERSION}`], { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    rmSync(folder, { recursive: true, force: true });
    return skipped(`workerd ${VERSION} could not be installed`);
  }
  if (ask(workerd, ["--version"]) === null) {
    rmSync(folder, { recursive: true, force: true });
    return skipped("workerd does not run on this machine");
  }
  return `workerd ${VERSION}`;
}
