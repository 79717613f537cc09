/**
 * The core as WebAssembly: cargo, wasm-bindgen, wasm-opt, like beside like (order.mjs) and short names
 * (shorten.mjs), into `pkg/`: whole, and taken apart (parts.mjs).
 *
 * It has a target folder of its own, `target/wasm`: the toolchain is another one than the host's, and
 * the two would rebuild each other's work on every turn.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameByBytes } from "./order.mjs";
import { takeApart } from "./parts.mjs";
import { at, pkg } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault, say, step } from "./say.mjs";
import { PARTS, UNUSED } from "./seams.mjs";
import { shorten, shortenModule } from "./shorten.mjs";
import { measure } from "./sizes.mjs";
import { forget, hashOf, isFresh, remember } from "./stamp.mjs";
import { bindgen, bindgenVersion, findToolchain, TARGET } from "./wasm-toolchain.mjs";

const PROFILE = "wasm-release";
export const WASM_TARGET_DIR = at("target/wasm");
const built = join(WASM_TARGET_DIR, TARGET, PROFILE, "unspoken.wasm");
/** In `pkg/`: the whole module, what every page needs of it, and its parts. */
export const MODULES = ["unspoken-full.wasm", "unspoken.wasm", ...PARTS.map(({ name }) => `unspoken-${name}.wasm`)];
export const outputs = [...MODULES.map((file) => join(pkg, file)), join(pkg, "unspoken_bg.js")];
const stamp = join(pkg, ".stamp");

/** What the compiler's module says of itself, and its text does not. */
const FEATURES = [
  ...["--mvp-features", "--enable-bulk-memory", "--enable-bulk-memory-opt", "--enable-sign-ext"],
  ...["--enable-mutable-globals", "--enable-multivalue", "--enable-nontrapping-float-to-int"],
];

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
      at("scripts/lib/parts.mjs"),
      at("scripts/lib/seams.mjs"),
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
  await step(`core to WebAssembly (${toolchain.name})`, existsSync(built) ? "40 s" : "80 s", async () => {
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
    await assemble(verbose);
    remember(stamp, hash);
    return `${statSync(built).size} B compiled, ${describe(measure(join(pkg, "unspoken.wasm")))}`;
  });
  return true;
}

/** From what wasm-bindgen left to what ships. */
async function assemble(verbose) {
  const [raw, between, glue] = ["unspoken_bg.wasm", "between.wasm", "unspoken_bg.js"].map((file) => join(pkg, file));
  const binaryen = (tool, ...args) => run(at(`node_modules/.bin/${tool}`), args, { verbose });
  const optimised = async (from) => {
    await binaryen("wasm-opt", ...FEATURES, ...OPTIMISE, from, "-o", between);
    writeFileSync(between, nameByBytes(readFileSync(between)));
    await binaryen("wasm-opt", ...FEATURES, ...ORDER, between, "-o", between);
    return readFileSync(between);
  };
  const whole = shorten({ module: await optimised(raw), glue: readFileSync(glue, "utf8") });
  writeFileSync(join(pkg, "unspoken-full.wasm"), whole.module);
  writeFileSync(glue, whole.glue);

  const text = join(pkg, "between.wat");
  await binaryen("wasm-dis", raw, "-o", text);
  // Long enough that two builds on one server have different ones.
  const build = createHash("sha256").update(whole.module).digest("base64url").slice(0, 6);
  whole.names.exports.set(build, build);
  const { first, parts } = takeApart(readFileSync(text, "utf8"), PARTS, { table: build, unused: UNUSED });
  for (const [file, content] of [
    ["unspoken.wasm", first],
    ...Object.entries(parts).map(([name, content]) => [`unspoken-${name}.wasm`, content]),
  ]) {
    writeFileSync(text, content);
    writeFileSync(join(pkg, file), shortenModule(await optimised(text), whole.names).bytes);
  }
  // wasm-bindgen's own entry knows only the long names.
  for (const file of [raw, between, text, join(pkg, "unspoken.js")]) rmSync(file);
}

const describe = ({ raw, gzip, brotli }) => `${raw} B optimised, ${gzip} gzip, ${brotli} brotli`;

/** Prints what the core weighs. */
export function sayWasmSizes() {
  for (const file of outputs) say(`  ${file.slice(pkg.length + 1).padEnd(18)} ${describe(measure(file))}`);
}
