/** The page into `dist/`: its script by esbuild, and the core beside it, where the client looks for it. */
import { copyFileSync, cpSync } from "node:fs";
import { createRequire } from "node:module";
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
copyFileSync(createRequire(import.meta.url).resolve("unspoken/unspoken.wasm"), "dist/assets/unspoken.wasm");
