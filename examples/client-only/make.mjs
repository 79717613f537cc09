/**
 * Puts the page, its style, its script and the core into one file: `node examples/client-only/make.mjs`
 * writes `index.html` beside this file, which opens from the disk.
 *
 * The policy in the file allows this script and this style by their hashes, and no address at all: what
 * the page says of requests is enforced, too.
 */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Writes the file and resolves to its path. */
export async function make(to = join(here, "index.html")) {
  const part = (name) => readFile(join(here, "page", name), "utf8");
  const { outputFiles } = await build({
    entryPoints: [join(here, "page/page.js")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    legalComments: "none",
  });
  const script = outputFiles[0].text.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const style = (await part("page.css")).trim();
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  const parts = { POLICY: policy, STYLE: style, SCRIPT: script };
  // By a function: a text with `$&` in it would be taken for a pattern.
  const html = (await part("page.html")).replace(
    /%POLICY%|\/\*(?:STYLE|SCRIPT)\*\//g,
    (place) => parts[place.replace(/\W/g, "")],
  );
  await writeFile(to, html);
  return to;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await make());
