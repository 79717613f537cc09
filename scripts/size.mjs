/**
 * `npm run size`: what ships, in bytes, against the budgets of package.json ("unspoken"."budgets").
 * With `--json` the sizes and nothing else go to stdout. Exit code 1 where a budget is exceeded.
 */
import { readFileSync } from "node:fs";
import { at, dist } from "./lib/paths.mjs";
import { Fault, main, say } from "./lib/say.mjs";
import { overBudget, report } from "./lib/sizes.mjs";

/** The table, a line for each file, one for the plain page, and one for each other kind of page. */
export function table({ files, page, pages }, budgets) {
  const rows = [
    ...files.map((each) => [each.file, each]),
    ["page", page],
    ...pages.map((each) => [`page ${each.kind}`, each]),
  ];
  const line = (...cells) =>
    cells
      .map((cell, i) => (i === 0 ? String(cell).padEnd(26) : String(cell).padStart(9)))
      .join("")
      .trimEnd();
  return [
    line("bytes", "raw", "gzip", "brotli", "budget"),
    ...rows.map(([name, { raw, gzip, brotli }]) => line(name, raw, gzip, brotli, budgets[name] ?? "")),
  ].join("\n");
}

/** Prints the sizes of a folder; throws where a budget is exceeded. */
export function size(folder, budgets, { json = false } = {}) {
  const sizes = report(folder);
  say(json ? JSON.stringify(sizes) : table(sizes, budgets));
  const sentences = overBudget(sizes, budgets);
  if (sentences.length > 0) throw new Fault(sentences.join("\n"));
}

await main(import.meta.url, (args) => {
  const budgets = JSON.parse(readFileSync(at("package.json"), "utf8")).unspoken.budgets;
  const unknown = args.filter((arg) => arg !== "--json");
  if (unknown.length > 0) throw new Fault(`size knows --json, and not ${unknown.join(" ")}.`);
  size(dist, budgets, { json: args.includes("--json") });
});
