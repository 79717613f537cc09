/**
 * The core without a document, for servers and edge runtimes: the same crate with the feature `node`,
 * into `pkg/node/`.
 *
 * A module of its own, and not the page's, since the page's asks for a window as soon as it is used and
 * counts each kilobyte. Here time comes first (profile `wasm-node`), and names stay as wasm-bindgen
 * gave them.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, pkg } from "./paths.mjs";
import { run } from "./run.mjs";
import { Fault, step } from "./say.mjs";
import { forget, hashOf, isFresh, remember } from "./stamp.mjs";
import { WASM_TARGET_DIR } from "./wasm.mjs";
import { bindgen, bindgenVersion, findToolchain, TARGET } from "./wasm-toolchain.mjs";

const PROFILE = "wasm-node";
const folder = join(pkg, "node");
const built = join(WASM_TARGET_DIR, TARGET, PROFILE, "unspoken.wasm");
const outputs = [join(folder, "unspoken_bg.wasm"), join(folder, "unspoken_bg.js")];
const stamp = join(folder, ".stamp");

/** The module for servers, once it is built. */
export const nodeModule = outputs[0];

/** Builds `pkg/node/` where anything that goes into it has changed. Answers whether it had to. */
export async function buildNodeWasm({ verbose = false } = {}) {
  const toolchain = findToolchain();
  if (!toolchain) throw new Fault("There is no compiler for WebAssembly yet: run `node scripts/setup.mjs` first.");
  const inputs = ["src", "Cargo.toml", "Cargo.lock", "scripts/lib/wasm-node.mjs", "scripts/lib/wasm-toolchain.mjs"];
  const hash = hashOf(
    inputs.map((path) => at(path)),
    [toolchain.name, toolchain.version() ?? "", bindgenVersion()],
  );
  if (isFresh(stamp, hash, outputs)) return false;
  await step("core for servers", existsSync(built) ? "25 s" : "1 min", async () => {
    forget(stamp);
    mkdirSync(folder, { recursive: true });
    const cargo = ["rustc", "--lib", "--crate-type", "cdylib", "--locked", "--features", "node", "--profile", PROFILE];
    await run(toolchain.cargo, [...cargo, "--target", TARGET, "--target-dir", WASM_TARGET_DIR, ...toolchain.args], {
      env: { ...toolchain.env, RUSTFLAGS: toolchain.releaseFlags },
      sentence: "The core for servers does not compile to WebAssembly: what the compiler says stands above.",
      verbose,
    });
    await run(
      bindgen,
      ["--target", "bundler", "--no-typescript", "--out-dir", folder, "--out-name", "unspoken", built],
      {
        sentence: "wasm-bindgen could not write the server's glue: what it says stands above.",
        verbose,
      },
    );
    await run(
      at("node_modules/.bin/wasm-opt"),
      ["-O3", "--strip-debug", "--strip-producers", nodeModule, "-o", nodeModule],
      {
        verbose,
      },
    );
    const glue = readFileSync(outputs[1], "utf8");
    const renewed = glue.replace("    wasm = val;\n", "    wasm = val;\n    cachedUint8ArrayMemory0 = null;\n");
    if (renewed === glue)
      throw new Fault(
        "The server's glue is not of the form that scripts/lib/wasm-node.mjs knows: see to it that it does.",
      );
    // After a trap there is a new instance, and the view of the old one's memory must not live on.
    writeFileSync(outputs[1], renewed);
    // wasm-bindgen's own entry imports the module as bundlers do; ours is handed it.
    rmSync(join(folder, "unspoken.js"));
    // So that Node takes the glue for what it is, wherever it is imported from.
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
    remember(stamp, hash);
    return `${statSync(nodeModule).size} B`;
  });
  return true;
}
