/**
 * The compiler for wasm32, and how to call it.
 *
 * Two will do. Debian's `rustc-web` comes with the sources of `std`, so `std` is rebuilt for size and
 * without the panic machinery: the smallest module. Elsewhere rustup's ready-made `std` serves, and
 * the same module is larger by some kilobytes.
 *
 * An installed Debian toolchain is used whatever rustup has.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages, missingPackages, thisMachine } from "./apt.mjs";
import { at, tools } from "./paths.mjs";
import { ask, run } from "./run.mjs";
import { Fault } from "./say.mjs";

export const TARGET = "wasm32-unknown-unknown";
export const PACKAGES = ["rustc-web", "cargo-web", "libstd-rust-web-dev", "rust-web-src", "rust-web-llvm", "lld-22"];
/** rustup may hang where its servers are out of reach without a refusal. */
const RUSTUP_TIMEOUT_MS = 90_000;

/**
 * 64 KiB of stack instead of 1 MiB, since it is part of every page's memory; and at most 32 MiB in
 * all, so that whatever goes wrong ends the module and not the tab.
 */
const MEMORY = "-Clink-arg=-zstack-size=65536 -Clink-arg=--max-memory=33554432";

/**
 * JavaScript values are handed over by number, kept in an array of the glue's: in a table of the
 * module's they would take a function more in the module for each import and export that knows one.
 */
const VALUES = "-Ctarget-feature=-reference-types,-multivalue";

/**
 * LLVM's loop strength reduction trades a multiplication for another variable that is kept up in each
 * turn of a loop: quicker in a long loop, of which there are none here, and a hundredth more to download.
 */
const LOOPS = "-Cllvm-args=-disable-lsr";

const debian = {
  name: "Debian rustc-web, std rebuilt for size",
  rebuildsStd: true,
  cargo: "/usr/bin/cargo",
  // ~/.cargo/bin stands before /usr/bin on most PATHs. RUSTC_BOOTSTRAP opens -Z on a stable compiler.
  env: {
    RUSTC: "/usr/bin/rustc",
    RUSTDOC: "/usr/bin/rustdoc",
    RUSTC_BOOTSTRAP: "1",
    PATH: `/usr/bin:${process.env.PATH}`,
  },
  args: ["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"],
  /** Flags of the module that ships; a test keeps its panic messages. */
  releaseFlags: `-Zunstable-options -Cpanic=immediate-abort ${MEMORY} ${VALUES} ${LOOPS}`,
  version: () => ask("/usr/bin/rustc", ["--version"]),
};

const rustup = {
  name: "rustup, ready-made std",
  rebuildsStd: false,
  cargo: "cargo",
  env: {},
  args: [],
  releaseFlags: `${MEMORY} ${VALUES} ${LOOPS}`,
  version: () => ask("rustc", ["--version"]),
};

function rustupHasTarget() {
  const sysroot = ask("rustc", ["--print", "sysroot"]);
  return sysroot !== null && existsSync(join(sysroot, "lib/rustlib", TARGET));
}

/** The toolchain to build with, or null where there is none yet. */
export function findToolchain(system = thisMachine, hasTarget = rustupHasTarget) {
  if (missingPackages(PACKAGES, system).length === 0) return debian;
  return hasTarget() ? rustup : null;
}

/**
 * Gets a toolchain: Debian's where there is apt, so that the module has the same size on every such
 * machine, whatever of rustup's servers it reaches; rustup's where there is none, or apt refuses.
 */
export async function installToolchain(system = thisMachine, hasTarget = rustupHasTarget) {
  let refusal = new Fault(
    `Rust cannot compile to WebAssembly on this machine yet: run \`rustup target add ${TARGET}\` and then this again.`,
  );
  if (system.has("apt-get")) {
    try {
      await installPackages(missingPackages(PACKAGES, system), "Compiling Rust to WebAssembly", system);
      return debian.name;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      refusal = error;
    }
  }
  try {
    await (system.addTarget ?? (() => run("rustup", ["target", "add", TARGET], { timeoutMs: RUSTUP_TIMEOUT_MS })))();
    if (hasTarget()) return rustup.name;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  throw refusal;
}

/** The version of wasm-bindgen in Cargo.lock: the command-line tool must be the same one. */
export function bindgenVersion(lock = readFileSync(at("Cargo.lock"), "utf8")) {
  const version = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1];
  if (!version) throw new Fault("Cargo.lock names no wasm-bindgen: run `cargo generate-lockfile` and then this again.");
  return version;
}

export const bindgen = join(tools, "bin/wasm-bindgen");
export const bindgenTestRunner = join(tools, "bin/wasm-bindgen-test-runner");
export const hasBindgen = () =>
  existsSync(bindgenTestRunner) && ask(bindgen, ["--version"]) === `wasm-bindgen ${bindgenVersion()}`;

/**
 * Builds the tool for the host. Debug: built in less than half the time, and quick enough. Without
 * --locked: its lock file names a version that the registry no longer has.
 */
export async function installBindgen() {
  const version = bindgenVersion();
  await run(
    "cargo",
    ["install", "wasm-bindgen-cli", "--version", `=${version}`, "--debug", "--force", "--quiet", "--root", tools],
    {
      env: { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_PROFILE_DEV_STRIP: "symbols" },
      sentence: `The tool wasm-bindgen ${version} could not be built: see to it that \`cargo install wasm-bindgen-cli --version =${version}\` works and run this again.`,
    },
  );
  return version;
}
