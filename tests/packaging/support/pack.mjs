/**
 * The package as its users get it: `npm pack`, then `npm install` of the tarball, without a network; and
 * a copy of a fixture that has it in its `node_modules`.
 *
 * Fixtures lie under `target/packaging`, below the repository, so that Node finds the tools and the
 * frameworks in the repository's `node_modules`, as in a workspace. `unspoken` itself it finds first
 * where it was installed.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shipped } from "../../../scripts/lib/integrity.mjs";
import { at, dist } from "../../../scripts/lib/paths.mjs";
import { run } from "../../../scripts/lib/run.mjs";
import { hashOf } from "../../../scripts/lib/stamp.mjs";

const folder = at("target/packaging");
const NPM = { npm_config_update_notifier: "false", npm_config_loglevel: "error" };

/** Packs and installs once for what `dist/` holds. Resolves to `{ tarball, installed }`, two paths. */
async function prepared() {
  const paths = [at("package.json"), at("README.md"), ...shipped().map((name) => join(dist, name))];
  const key = hashOf(paths).slice(0, 12);
  const home = join(folder, `package-${key}`);
  if (!existsSync(home)) {
    // What is left of earlier builds is of no use to anybody.
    rmSync(folder, { recursive: true, force: true });
    const making = join(folder, `making-${process.pid}`);
    mkdirSync(making, { recursive: true });
    await run("npm", ["pack", "--ignore-scripts", "--pack-destination", making, at()], { cwd: making, env: NPM });
    const [name] = readdirSync(making).filter((each) => each.endsWith(".tgz"));
    renameSync(join(making, name), join(making, "unspoken.tgz"));
    writeFileSync(join(making, "package.json"), '{ "name": "site", "private": true, "type": "module" }\n');
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", "./unspoken.tgz"], {
      cwd: making,
      env: NPM,
      sentence: "The packed package cannot be installed without a network: what npm says stands above.",
    });
    renameSync(making, home);
  }
  return { tarball: join(home, "unspoken.tgz"), installed: join(home, "node_modules/unspoken") };
}

const ready = prepared();

/** Path of the tarball. */
export const tarball = async () => (await ready).tarball;
/** Folder of the installed package. */
export const installed = async () => (await ready).installed;
/** package.json of the installed package. */
export const manifest = async () => JSON.parse(readFileSync(join(await installed(), "package.json"), "utf8"));

/** A fresh copy of a fixture with the package installed. Resolves to its folder. */
export async function site(fixture, name = fixture) {
  const from = await installed();
  const to = join(folder, "sites", name);
  rmSync(to, { recursive: true, force: true });
  cpSync(at("tests/packaging/fixtures", fixture), to, { recursive: true });
  cpSync(from, join(to, "node_modules/unspoken"), { recursive: true });
  return to;
}

/** Runs a tool of the repository in a site, by the path of its script. */
export const tool = (cwd, script, ...args) => run(process.execPath, [at("node_modules", script), ...args], { cwd });
