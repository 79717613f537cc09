/**
 * What a site needs to serve the package from elsewhere, or for a year: `dist/integrity.json` with the
 * hash of every file, and `dist/immutable/<hash>/` with the script tag's files under addresses whose
 * content never changes.
 *
 * The folder has the hash, and the files in it keep their names: a script finds its core and everything
 * else beside itself, and two releases are never mixed, which they cannot be, as the names between core
 * and glue differ from build to build. The script there also knows what each core it fetches has to hash
 * to, so the `integrity` in the page covers the core too.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleSealed } from "./bundle.mjs";
import { isCore } from "./entries.mjs";
import { at, dist } from "./paths.mjs";

export const MANIFEST = "integrity.json";
/** What is built for another tool than a browser, or carries the core inside. */
const NOT_FOR_TAGS = /-(full|node)\.wasm$/;
/** Beside the script, for those pages that use them. */
const BESIDE = ["inspector.js", "loader.js"];

export const sri = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

/** Files of a folder and of those in it, with `/` between names. */
export function filesIn(folder, under = "") {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const name = under ? `${under}/${entry.name}` : entry.name;
    return entry.isDirectory() ? filesIn(folder, name) : [name];
  });
}

/** What of `dist/` is in the package: package.json leaves out the demo and the dashboard too. */
export function shipped() {
  return filesIn(dist)
    .filter((name) => !/^(shop|dashboard)\//.test(name) && name !== MANIFEST)
    .sort();
}

const described = (folder, names) =>
  Object.fromEntries(
    names.map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, { integrity: sri(bytes), bytes: bytes.length }];
    }),
  );

/** Maps stay in the package, so nothing here names one. */
const MAP = "\n//# sourceMappingURL=";
const withoutMap = (bytes) => {
  const at = bytes.lastIndexOf(MAP);
  return at < 0 ? bytes : bytes.subarray(0, at + 1);
};

/** Builds the immutable folder; answers its name. */
async function makeImmutable() {
  const all = join(dist, "immutable");
  rmSync(all, { recursive: true, force: true });
  const making = join(all, "making");
  mkdirSync(making, { recursive: true });
  const top = readdirSync(dist);
  const cores = top.filter((name) => isCore(name) && !NOT_FOR_TAGS.test(name));
  for (const name of [...cores, ...BESIDE.filter((each) => top.includes(each))])
    writeFileSync(join(making, name), withoutMap(readFileSync(join(dist, name))));
  // A module that is imported cannot be held to a hash by who imports it.
  const hashes = cores
    .filter((name) => name.endsWith(".wasm"))
    .map((name) => [name, sri(readFileSync(join(making, name)))]);
  await bundleSealed(join(making, "unspoken.js"), Object.fromEntries(hashes));
  const hash = createHash("sha256")
    .update(JSON.stringify(described(making, readdirSync(making).sort())))
    .digest("hex")
    .slice(0, 16);
  renameSync(making, join(all, hash));
  return `immutable/${hash}`;
}

/** The script tag for a page, where `folder` is served under `base`. */
export const tagFor = (base, integrity) =>
  `<script async src="${base}/unspoken.js" integrity="${integrity}" crossorigin="anonymous" data-config="/unspoken.json"></script>`;

/** Makes the immutable folder and writes the manifest. The last step of a build: it hashes all others. */
export async function seal() {
  const immutable = await makeImmutable();
  const files = described(dist, shipped());
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const tag = tagFor(`/${immutable}`, files[`${immutable}/unspoken.js`].integrity);
  writeFileSync(join(dist, MANIFEST), `${JSON.stringify({ version, immutable, tag, files }, null, 2)}\n`);
}
