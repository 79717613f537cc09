/**
 * `npm run build`: the core into `pkg/`, then everything that ships into `dist/`, then the demo.
 * `--wasm` stops after the core (`cargo xtask build-wasm`).
 */
import { KEY, mustBeWritable, origin, ports } from "./lib/addresses.mjs";
import { buildShop, bundleDashboard, bundleScripts, copySchema } from "./lib/bundle.mjs";
import { seal } from "./lib/integrity.mjs";
import { buildJavaScript } from "./lib/javascript.mjs";
import { dist, pkg } from "./lib/paths.mjs";
import { exitOnSignals } from "./lib/run.mjs";
import { Fault, main, say, step } from "./lib/say.mjs";
import { declareTypes } from "./lib/types.mjs";
import { buildWasm, sayWasmSizes } from "./lib/wasm.mjs";
import { buildNodeWasm } from "./lib/wasm-node.mjs";
import { setup } from "./setup.mjs";

/** Builds `pkg/` and `dist/`. The shop's pages are told `endpoint`. */
export async function build({ endpoint = `${origin(ports().collector.number)}/v1`, key = KEY } = {}) {
  mustBeWritable(dist);
  mustBeWritable(pkg);
  await buildWasm();
  await buildJavaScript();
  await buildNodeWasm();
  await step("scripts, types, shop and dashboard into dist/", "", async () => {
    await bundleScripts();
    await declareTypes();
    copySchema();
    await seal();
    await bundleDashboard();
    await buildShop({ endpoint, key });
    // It opens from the disk as it stands, so it is made where somebody will look for it.
    const { make } = await import("../examples/client-only/make.mjs");
    await make();
  });
}

await main(import.meta.url, async (args) => {
  exitOnSignals();
  const unknown = args.filter((arg) => arg !== "--wasm");
  if (unknown.length > 0) throw new Fault(`build knows --wasm, and not ${unknown.join(" ")}.`);
  await setup();
  if (args.includes("--wasm")) {
    mustBeWritable(pkg);
    if (!(await buildWasm())) say("The core is up to date.");
    return sayWasmSizes();
  }
  await build();
  const { report } = await import("./lib/sizes.mjs");
  const { table } = await import("./size.mjs");
  say(table(report(dist), {}));
});
