/** Bytes of what ships: raw, gzip -9 and brotli 11, what pages download of it, and the budgets in package.json. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { Fault } from "./say.mjs";
import { PARTS } from "./seams.mjs";

const part = (name) => `unspoken-${name}.wasm`;
/** The files of `dist/` that go to browsers. */
export const SHIPPED = [
  "unspoken.js",
  "unspoken.wasm",
  ...PARTS.map(({ name }) => part(name)),
  "unspoken-full.wasm",
  "unspoken-core.js",
  "index.js",
  "inspector.js",
  "loader.js",
];
/** What a page with the script tag downloads, all in all, where its config asks for no part. */
export const PAGE = ["unspoken.js", "unspoken.wasm"];
/** Other kinds of pages, by the parts that their config asks for (js/src/parts.ts). */
export const PAGES = {
  "that sends": ["collect"],
  "and experiments": ["collect", "experiment"],
  "with all": PARTS.map(({ name }) => name).filter((name) => name !== "tools"),
};

/** The size of one file, in bytes, in the three forms. */
export function measure(path) {
  const content = readFileSync(path);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: content.length };
  return {
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content, { params }).length,
  };
}

/**
 * Of a built `dist/`: `files`, each `{ file, raw, gzip, brotli }`; `page`, what a plain page downloads, in
 * the three forms; and `pages`, the same of other kinds of pages, with their `parts`.
 */
export function report(dist) {
  const missing = SHIPPED.filter((file) => !existsSync(join(dist, file)));
  if (missing.length > 0) throw new Fault(`dist/ lacks ${missing.join(", ")}: run \`npm run build\` first.`);
  const files = SHIPPED.map((file) => ({ file, ...measure(join(dist, file)) }));
  const sum = (names) => {
    const total = { raw: 0, gzip: 0, brotli: 0 };
    for (const each of files.filter(({ file }) => names.includes(file))) {
      for (const form of Object.keys(total)) total[form] += each[form];
    }
    return total;
  };
  const pages = Object.entries(PAGES).map(([kind, parts]) => ({ kind, parts, ...sum([...PAGE, ...parts.map(part)]) }));
  return { files, page: sum(PAGE), pages };
}

/** One sentence for each budget that is exceeded. Budgets are brotli bytes, of a file or of "page". */
export function overBudget({ files, page }, budgets) {
  const sentences = [];
  for (const [name, budget] of Object.entries(budgets)) {
    const size = name === "page" ? page : files.find(({ file }) => file === name);
    if (!size)
      throw new Fault(
        `package.json has a budget for "${name}", which does not ship: it may name page, ${SHIPPED.join(", ")}.`,
      );
    if (size.brotli > budget)
      sentences.push(
        `${name === "page" ? `page (${PAGE.join(" + ")})` : name} is over its budget of ${budget} B brotli by ${size.brotli - budget} B: it is ${size.brotli} B.`,
      );
  }
  return sentences;
}
