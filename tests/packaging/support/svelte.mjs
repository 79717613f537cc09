/** Svelte's compiler as a plugin of esbuild: the site's own compiler, for what the package leaves uncompiled. */
import { readFileSync } from "node:fs";
import { compile } from "svelte/compiler";

/** `generate` is `client` or `server`. */
export const svelte = (generate) => ({
  name: "svelte",
  setup: (build) =>
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, "utf8"), { filename: path, generate }).js.code,
    })),
});
