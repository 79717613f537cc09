/** The page into `dist/`: its script by esbuild, and the core beside it, where the client looks for it. */
import { copyFileSync, cpSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

await build({
  entryPoints: ["main.js"],
  outfile: "dist/assets/main.js",
  bundle: true,
  format: "esm",
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
});
cpSync("public", "dist", { recursive: true });
const core = dirname(createRequire(import.meta.url).resolve("unspoken/unspoken.wasm"));
// The core and its parts, of which the client fetches what the config needs; not that of servers.
for (const file of readdirSync(core).filter((name) => /^unspoken(?!-node).*\.wasm$/.test(name)))
  copyFileSync(join(core, file), join("dist/assets", file));
