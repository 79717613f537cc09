/**
 * `node scripts/readme-sizes.mjs`: writes the sizes of dist/ into README.md, between its two markers.
 *
 * The table is a promise; scripts/test/readme.test.mjs holds it against dist/ by the functions here.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { at, dist } from "./lib/paths.mjs";
import { Fault, main, say } from "./lib/say.mjs";
import { report } from "./lib/sizes.mjs";

const BEGIN = "<!-- sizes -->";
const END = "<!-- /sizes -->";
/** How far the README may lie beside dist/: compilers differ by a few bytes from day to day. */
const TOLERANCE = 0.01;

const ROWS = [
  ["unspoken.js", "`unspoken.js`, the client"],
  ["unspoken.wasm", "`unspoken.wasm`, the core with its model"],
  ["page", "**both: what a page downloads**"],
];

/** Brotli bytes by row. */
function bytes({ files, page }) {
  const all = { page, ...Object.fromEntries(files.map((each) => [each.file, each])) };
  return ROWS.map(([name]) => all[name].brotli);
}

/** The table, markers included. */
export function block(sizes) {
  const rows = bytes(sizes).map((size, i) => `| ${ROWS[i][1]} | ${size.toLocaleString("en")} B |`);
  return [BEGIN, "| | brotli |", "|---|---:|", ...rows, END].join("\n");
}

function found(readme) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Fault(`README.md has no ${BEGIN} … ${END}: put both lines where the table is to stand.`);
  return { begin, end: end + END.length };
}

/** The README with its table made true. */
export function written(readme, sizes) {
  const { begin, end } = found(readme);
  return readme.slice(0, begin) + block(sizes) + readme.slice(end);
}

/** One sentence for each size that the README has not, or has wrong by more than 1 %. */
export function strays(readme, sizes) {
  const { begin, end } = found(readme);
  const lines = readme.slice(begin, end).split("\n");
  return bytes(sizes).flatMap((size, i) => {
    const [name, label] = ROWS[i];
    const text = lines.find((line) => line.startsWith(`| ${label} |`))?.match(/([\d,]+) B \|$/)?.[1];
    const told = Number(text?.replaceAll(",", "") ?? Number.NaN);
    if (Math.abs(told - size) <= size * TOLERANCE) return [];
    return [
      `README.md says ${text ?? "nothing"} of ${name}, and dist/ has ${size} B brotli: run \`node scripts/readme-sizes.mjs\`.`,
    ];
  });
}

await main(import.meta.url, () => {
  const path = at("README.md");
  const before = readFileSync(path, "utf8");
  const after = written(before, report(dist));
  writeFileSync(path, after);
  say(after === before ? "The sizes in README.md are true already." : "README.md has the sizes of dist/ now.");
});
