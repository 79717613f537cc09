/** Pages as text, from where somebody says they are: an address, a file, or a folder of HTML files. */
import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join, relative } from "node:path";

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 8_000_000;
/** Of one folder: who has more names the ones that have slots. */
const MAX_PAGES = 2_000;
const HTML = new Set([".html", ".htm", ".xhtml"]);

/** What is told to the person at the command line, and not a bug: a place, and the mend. */
export class Mistake extends Error {}

/** Resolves to `[{ place, html }]`, in the order of what was named, files by name. */
export async function pages(sources) {
  const found = [];
  for (const source of sources)
    found.push(...(/^https?:\/\//i.test(source) ? [await fetched(source)] : await read(source)));
  return found;
}

async function fetched(address) {
  let response;
  try {
    response = await fetch(address, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const why =
      error.name === "TimeoutError"
        ? `no answer within ${TIMEOUT_MS / 1000} s`
        : (error.cause?.message ?? error.message);
    throw new Mistake(`${address}: ${why}. Is the server running? A saved page does as well.`);
  }
  if (!response.ok)
    throw new Mistake(`${address}: the server answered ${response.status}. Name the address of a page.`);
  const type = response.headers.get("content-type") ?? "";
  if (type && !/html/i.test(type))
    throw new Mistake(`${address}: this is ${type}, not HTML. Name the address of a page.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_BYTES) throw new Mistake(`${address}: more than ${MAX_BYTES / 1e6} MB. Name a page.`);
  return { place: address, html: decoded(bytes, /charset=["']?([\w-]+)/i.exec(type)?.[1]) };
}

/** Text of bytes, by the charset that the server or the page names. */
function decoded(bytes, named) {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const charset = named ?? /<meta[^>]+charset=["']?([\w-]+)/i.exec(head)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

async function read(path) {
  const what = await stat(path).catch(() => undefined);
  if (!what)
    throw new Mistake(
      `${path}: there is no such file or folder, and it is no address (those begin with http:// or https://).`,
    );
  if (!what.isDirectory()) return [{ place: path, html: await text(path) }];
  const files = await below(path);
  if (files.length > MAX_PAGES)
    throw new Mistake(`${path}: more than ${MAX_PAGES} HTML files. Name those that have slots.`);
  if (files.length === 0)
    throw new Mistake(`${path}: no HTML file is in it. A page that is rendered has an address: name that.`);
  return Promise.all(files.map(async (file) => ({ place: relative(".", file) || file, html: await text(file) })));
}

async function text(path) {
  const bytes = await readFile(path);
  if (bytes.length > MAX_BYTES) throw new Mistake(`${path}: more than ${MAX_BYTES / 1e6} MB. Name a page.`);
  return decoded(bytes);
}

/** HTML files of a folder, by name, without what tools put there. */
async function below(folder) {
  const found = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await below(path)));
    else if (HTML.has(extname(entry.name).toLowerCase())) found.push(path);
  }
  return found;
}
