/**
 * The core as WebAssembly: cargo, wasm-bindgen, wasm-opt, like beside like
 * (order.mjs) and short names (shorten.mjs), into `pkg/`.
 *
 * It has a target folder of its own, `target/wasm`: the toolchain is another one than the host's, and
 * the two would rebuild each other's work on every turn.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameByBytes } from "./order.mjs";
import { at, pkg } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault, say, step } from "./say.mjs";
import { shorten } from "./shorten.mjs";
import { measure } from "./sizes.mjs";
import { forget, hashOf, isFresh, remember } from "./stamp.mjs";
import { bindgen, bindgenVersion, findToolchain, TARGET } from "./wasm-toolchain.mjs";

const PROFILE = "wasm-release";
export const WASM_TARGET_DIR = at("target/wasm");
const built = join(WASM_TARGET_DIR, TARGET, PROFILE, "unspoken.wasm");
export const outputs = [join(pkg, "unspoken_bg.wasm"), join(pkg, "unspoken_bg.js")];
const stamp = join(pkg, ".stamp");

const OPTIMISE = [
  // Rust puts the stack at the bottom of memory, so nothing but an overflow gets to its first KiB.
  "--low-memory-unused",
  // Found by trying: what is computed twice compresses better than what is kept in a local; and control
  // flow built anew gives -Oz another percent to take away.
  ...["--skip-pass=local-cse", "--skip-pass=simplify-locals"],
  ...["--flatten", "--rereloop", "-Oz", "-Oz", "--converge"],
  ...["--optimize-added-constants-propagate", "-Oz", "--converge"],
  // The bytes stay as many, but like stands beside like, and compresses better.
  ...["--reorder-locals", "--strip-debug"],
];

/** After order.mjs has named every function by its place. */
const ORDER = [
  ...["--reorder-functions-by-name", "--strip-debug", "--strip-producers"],
  // The module says itself which features it uses; the section that does so is of no use to a browser.
  "--strip-target-features",
];

function inputHash(toolchain) {
  return hashOf(
    [
      at("src"),
      at("Cargo.toml"),
      at("Cargo.lock"),
      at("scripts/lib/wasm.mjs"),
      at("scripts/lib/shorten.mjs"),
      at("scripts/lib/order.mjs"),
      at("scripts/lib/wasm-toolchain.mjs"),
    ],
    [
      toolchain.name,
      toolchain.version() ?? "",
      bindgenVersion(),
      JSON.parse(readFileSync(at("package.json"), "utf8")).devDependencies.binaryen,
    ],
  );
}

/** Builds `pkg/` where anything that goes into it has changed. Answers whether it had to. */
export async function buildWasm({ verbose = false } = {}) {
  const toolchain = findToolchain();
  if (!toolchain) throw new Fault("There is no compiler for WebAssembly yet: run `node scripts/setup.mjs` first.");
  const hash = inputHash(toolchain);
  if (isFresh(stamp, hash, outputs)) return false;
  await step(`core to WebAssembly (${toolchain.name})`, existsSync(built) ? "15 s" : "50 s", async () => {
    forget(stamp);
    mkdirSync(pkg, { recursive: true });
    await run(
      toolchain.cargo,
      [
        "rustc",
        "--lib",
        "--crate-type",
        "cdylib",
        "--locked",
        "--profile",
        PROFILE,
        "--target",
        TARGET,
        "--target-dir",
        WASM_TARGET_DIR,
        ...toolchain.args,
      ],
      {
        env: { ...toolchain.env, RUSTFLAGS: toolchain.releaseFlags },
        sentence: "The core does not compile to WebAssembly: what the compiler says stands above.",
        verbose,
      },
    );
    await run(bindgen, ["--target", "bundler", "--no-typescript", "--out-dir", pkg, "--out-name", "unspoken", built], {
      sentence: "wasm-bindgen could not write the glue: what it says stands above.",
      verbose,
    });
    const raw = join(pkg, "unspoken_bg.wasm");
    const small = join(pkg, "unspoken_opt.wasm");
    const wasmOpt = at("node_modules/.bin/wasm-opt");
    await run(wasmOpt, [...OPTIMISE, raw, "-o", small], { verbose });
    writeFileSync(small, nameByBytes(readFileSync(small)));
    await run(wasmOpt, [...ORDER, small, "-o", small], { verbose });
    const glue = join(pkg, "unspoken_bg.js");
    const short = shorten({ module: readFileSync(small), glue: readFileSync(glue, "utf8") });
    writeFileSync(raw, short.module);
    writeFileSync(glue, short.glue);
    // wasm-bindgen's own entry knows only the long names.
    for (const file of [small, join(pkg, "unspoken.js")]) rmSync(file);
    remember(stamp, hash);
    return `${statSync(built).size} B compiled, ${describe(measure(raw))}`;
  });
  return true;
}

const describe = ({ raw, gzip, brotli }) => `${raw} B optimised, ${gzip} gzip, ${brotli} brotli`;

/** Prints what the core weighs. */
export function sayWasmSizes() {
  for (const file of outputs) say(`  ${file.slice(pkg.length + 1).padEnd(18)} ${describe(measure(file))}`);
}
