/** Bytes of what ships: raw, gzip -9 and brotli 11, and the budgets in package.json. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { Fault } from "./say.mjs";

/** The files of `dist/` that go to browsers. */
export const SHIPPED = ["unspoken.js", "unspoken.wasm", "unspoken-core.js", "index.js", "inspector.js", "loader.js"];
/** What a page with the script tag downloads, all in all. */
export const PAGE = ["unspoken.js", "unspoken.wasm"];

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

/** `{ files: [{ file, raw, gzip, brotli }], page: { raw, gzip, brotli } }` of a built `dist/`. */
export function report(dist) {
  const missing = SHIPPED.filter((file) => !existsSync(join(dist, file)));
  if (missing.length > 0) throw new Fault(`dist/ lacks ${missing.join(", ")}: run \`npm run build\` first.`);
  const files = SHIPPED.map((file) => ({ file, ...measure(join(dist, file)) }));
  const page = { raw: 0, gzip: 0, brotli: 0 };
  for (const each of files.filter(({ file }) => PAGE.includes(file))) {
    for (const form of Object.keys(page)) page[form] += each[form];
  }
  return { files, page };
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
