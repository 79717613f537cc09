/**
 * A server that renders an example: it decides with the core of `unspoken/node`, and hands the browser
 * the markup and the state to go on from.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCore } from "../../../dist/node.js";
import { buildExample, serve } from "./example.mjs";

/** The query: `facts` that the visitor told, as JSON; `silent`, so that the browser is not handed the state. */
const answering = (plain, core, render) => async (url) => {
  const { searchParams } = url;
  const visit = core.visit({ page: { url }, facts: JSON.parse(searchParams.get("facts") ?? "{}") });
  const markup = await render(visit.shown);
  const state = searchParams.has("silent") ? "" : visit.script();
  return plain.replace("<!--app-->", markup).replace("<script", `${state}<script`);
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
    const dist = join(example.folder, "dist");
    const { render } = await import(pathToFileURL(join(dist, "server/server.js")).href);
    const core = await createCore({ config: JSON.parse(readFileSync(join(dist, "unspoken.json"), "utf8")) });
    const plain = readFileSync(join(dist, "index.html"), "utf8");
    const site = await serve(dist, { "/server.html": answering(plain, core, render) });
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
