/**
 * Is an output still fresh? A stamp beside the output holds the hash of all that went into it, so a
 * checkout, a touch or a clock cannot deceive it, and removing the output removes the stamp.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./paths.mjs";

function* files(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) return yield path;
  for (const name of readdirSync(path).sort()) yield* files(join(path, name));
}

/** Hash of names and contents of files and folders, and of plain words such as flags and versions. */
export function hashOf(paths, words = []) {
  const hash = createHash("sha256");
  for (const word of words) hash.update(`word ${word.length} ${word}\n`);
  for (const path of paths) {
    for (const file of files(path)) {
      const content = readFileSync(file);
      // Relative: a checkout that was moved or copied is still the same.
      hash.update(`file ${relative(root, file)} ${content.length}\n`).update(content);
    }
  }
  return hash.digest("hex");
}

/** True where `stamp` holds `hash` and every output is there. */
export function isFresh(stamp, hash, outputs = []) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash && outputs.every((path) => existsSync(path));
}

/** To be called before the work, so that a broken run is not taken for a finished one. */
export const forget = (stamp) => rmSync(stamp, { force: true });

export function remember(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}
