/** `node scripts/exports.mjs`: writes `exports`, `sideEffects` and `bin` into package.json, from the table of entries. */
import { readFileSync, writeFileSync } from "node:fs";
import { declared } from "./lib/exports.mjs";
import { at } from "./lib/paths.mjs";
import { main, say } from "./lib/say.mjs";

/** package.json with what the table says; keys keep their places, and a new one comes before `files`. */
export function written(text, wanted) {
  const before = JSON.parse(text);
  const { bin, ...rest } = wanted;
  const after = {};
  for (const [key, value] of Object.entries(before)) {
    if (key === "bin") continue;
    if (key === "files" && bin) after.bin = bin;
    after[key] = rest[key] ?? value;
  }
  return `${JSON.stringify(after, null, 2)}\n`;
}

await main(import.meta.url, () => {
  const path = at("package.json");
  const before = readFileSync(path, "utf8");
  const after = written(before, declared());
  writeFileSync(path, after);
  say(
    after === before ? "package.json names every entry already." : "package.json names every entry of the table now.",
  );
});
