/** The code in a page of docs/: what is indented by four spaces. */
import { readFileSync } from "node:fs";
import { at } from "../../../scripts/lib/paths.mjs";

/** The blocks of a page, without their indentation. */
export function blocks(page) {
  const text = readFileSync(at("docs", page), "utf8");
  const found = text.match(/(?:^ {4}.*\n|^\n(?= {4}))+/gm) ?? [];
  return found.map((block) => block.replace(/^ {4}/gm, "").trim());
}

/** The lines of these blocks that do not stand in a file, as far as the words go. */
export function absent(lines, file) {
  const words = (text) => text.replace(/[\s;]+/g, " ").trim();
  const all = words(readFileSync(file, "utf8"));
  return lines.filter((line) => !all.includes(words(line)));
}
