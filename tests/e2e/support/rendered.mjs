/** A server that renders an example: its markup, and as data what it was rendered with. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildExample, serve } from "./example.mjs";

/** The query: `initial`, the decisions as JSON; `silent`, so that the browser is not told of them. */
const answering =
  (plain, render) =>
  async ({ searchParams }) => {
    const initial = searchParams.get("initial");
    const told = initial && !searchParams.has("silent");
    const data = told ? `<script type="application/json" id="decided">${initial}</script>` : "";
    const markup = await render(initial ? JSON.parse(initial) : undefined);
    return plain.replace("<!--app-->", markup).replace("<script", `${data}<script`);
  };

/**
 * Builds an example as it ships and with its framework's own checks, and serves both: `/` is mounted by
 * the browser, `/server.html` comes rendered. Resolves to `{ production, development, close }`.
 */
export async function renderedExample(name) {
  const sites = {};
  const closers = [];
  for (const mode of ["production", "development"]) {
    const example = await buildExample(name, { development: mode === "development" });
    const { render } = await import(pathToFileURL(join(example.folder, "dist/server/server.js")).href);
    const plain = readFileSync(join(example.folder, "dist/index.html"), "utf8");
    const site = await serve(join(example.folder, "dist"), { "/server.html": answering(plain, render) });
    sites[mode] = site.origin;
    closers.push(site.close, example.close);
  }
  return {
    ...sites,
    async close() {
      for (const close of closers) await close();
    },
  };
}
