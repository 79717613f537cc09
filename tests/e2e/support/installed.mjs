/** An example as its reader has it: a copy, with the package as this checkout built it among its modules. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../../../scripts/lib/paths.mjs";

/** Copies `examples/<name>`; the others of `packages` are those of this checkout. `{ folder, remove }`. */
export function installed(name, packages = []) {
  const made = emptySite(packages);
  cpSync(at("examples", name), made.folder, { recursive: true });
  return made;
}

/** The same without an example: a folder with nothing but its modules. */
export function emptySite(packages = []) {
  const folder = mkdtempSync(join(tmpdir(), "unspoken-site-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "unspoken"), { recursive: true });
  for (const part of ["dist", "package.json"]) symlinkSync(at(part), join(modules, "unspoken", part));
  for (const each of packages) {
    const scope = each.startsWith("@") ? each.split("/")[0] : "";
    if (scope) mkdirSync(join(modules, scope), { recursive: true });
    symlinkSync(at("node_modules", each), join(modules, each));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
