/**
 * `import()` of an address that is known only in the page: bundlers have to leave it as it is, which a
 * comment tells webpack and Vite. esbuild drops comments when it makes a bundle small, so they are put
 * back here, and the source map is moved by their length.
 */
import { readFileSync, writeFileSync } from "node:fs";

export const COMMENT = "/*webpackIgnore:true*//*@vite-ignore*/";
/** An import of something that is no text: those a bundler has to follow. */
const COMPUTED = /\bimport\((?!["'`/])/g;

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The first number of a segment of a source map, and how many letters it takes. */
export function first(segment) {
  let value = 0;
  for (let i = 0; i < segment.length; i++) {
    const digit = DIGITS.indexOf(segment[i]);
    value += (digit & 31) * 2 ** (5 * i);
    if (digit < 32) return { value: value % 2 ? -((value - 1) / 2) : value / 2, length: i + 1 };
  }
  throw new Error(`${segment} is no segment of a source map`);
}

/** A number in the letters of a source map. */
export function letters(number) {
  let rest = number < 0 ? -number * 2 + 1 : number * 2;
  let text = "";
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += DIGITS[rest > 0 ? digit + 32 : digit];
  } while (rest > 0);
  return text;
}

/** One line of a map's `mappings`, where `by` columns were put in at `column`. Columns follow from the ones before. */
export function moved(line, column, by) {
  const segments = line.split(",");
  let at = 0;
  for (const [i, segment] of segments.entries()) {
    if (segment === "") continue;
    const { value, length } = first(segment);
    at += value;
    if (at < column) continue;
    segments[i] = letters(value + by) + segment.slice(length);
    break;
  }
  return segments.join(",");
}

/** `{ code, map }` with the comment in each such import. */
export function asWritten({ code, map }) {
  const mappings = map.mappings.split(";");
  const lines = code.split("\n").map((line, i) => {
    // From the end, so that what is still to come stays where it is.
    for (const { index } of [...line.matchAll(COMPUTED)].reverse()) {
      const column = index + "import(".length;
      line = line.slice(0, column) + COMMENT + line.slice(column);
      mappings[i] = moved(mappings[i] ?? "", column, COMMENT.length);
    }
    return line;
  });
  return { code: lines.join("\n"), map: { ...map, mappings: mappings.join(";") } };
}

/** Does so in a file and in the map beside it. */
export function leaveAsWritten(file) {
  const map = JSON.parse(readFileSync(`${file}.map`, "utf8"));
  const done = asWritten({ code: readFileSync(file, "utf8"), map });
  writeFileSync(file, done.code);
  writeFileSync(`${file}.map`, JSON.stringify(done.map));
}
