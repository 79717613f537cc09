/**
 * Names between the module and its glue, made short.
 *
 * wasm-bindgen names each of a hundred-odd functions twice, like `__wbg_getAttribute_c7b80d4010284561`:
 * in the module and in the glue. The hashes keep crates apart while linking, mean nothing afterwards,
 * and do not compress; no other tool renames on both sides. So this does, after wasm-opt: every import
 * and every export gets one or two letters, and the glue's functions for the module move into one
 * object, `imports`. What the client calls by name stays.
 *
 * The glue is text that a tool wrote: wherever it does not look as expected, this throws.
 */
import { Fault } from "./say.mjs";

/** What the imports come from: the glue, as wasm-bindgen names it. */
const GLUE = "./unspoken_bg.js";
/** What they come from afterwards (js/src/raw.ts): it stands beside each of a hundred-odd. */
const FROM = "g";
/** What a part's other imports come from (parts.mjs). */
export const FIRST = "p";
/** Exports that the client calls (js/src/raw.ts). */
const KEPT = ["__wbindgen_start"];

/** 0 → a, 25 → z, 26 → A, 52 → aa … */
export function shortName(number) {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const { length } = letters;
  return (number < length ? "" : shortName(Math.floor(number / length) - 1)) + letters[number % length];
}

const strange = (what) =>
  new Fault(`The glue cannot be shortened: ${what}. See to it that scripts/lib/shorten.mjs knows this wasm-bindgen.`);

/** Reads a module's bytes, front to back. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  get done() {
    return this.at >= this.bytes.length;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /** An unsigned LEB128 number. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  text() {
    return Buffer.from(this.take(this.number())).toString();
  }
}

export function number(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}
export const sized = (bytes) => Buffer.concat([number(bytes.length), bytes]);
export const text = (string) => sized(Buffer.from(string));

/** Reads past what an import is: a function's type, or a table, a memory, a global. */
export function passImport(reader) {
  const kind = reader.byte();
  const limits = () => {
    const flags = reader.number();
    reader.number();
    if (flags & 1) reader.number();
  };
  if (kind === 0) reader.number();
  else if (kind === 3) reader.take(2);
  else {
    if (kind === 1) reader.byte();
    limits();
  }
  return kind;
}

/** The entries of an import or export section, each by `rename`: an array of names in, another out. */
function renamed(section, names, rename) {
  const reader = new Reader(section);
  const count = reader.number();
  const parts = [number(count)];
  for (let i = 0; i < count; i++) {
    const old = Array.from({ length: names }, () => reader.text());
    const from = reader.at;
    // An export is a kind and an index.
    if (names === 2) passImport(reader);
    else {
      reader.byte();
      reader.number();
    }
    parts.push(...rename(old).map(text), section.subarray(from, reader.at));
  }
  return Buffer.concat(parts);
}

/**
 * Renames in the module; answers the new bytes and, for imports and exports, a Map from old to new. The
 * Maps of the whole module serve for its parts: what they have in common is called alike.
 */
export function shortenModule(bytes, { imports = new Map(), exports = new Map() } = {}) {
  const reader = new Reader(bytes);
  const parts = [reader.take(8)];
  while (!reader.done) {
    const id = reader.byte();
    let section = reader.take(reader.number());
    if (id === 2)
      section = renamed(section, 2, ([from, name]) => {
        if (from === FIRST) {
          if (!exports.has(name)) throw strange(`a part imports ${name}, which the first module does not export`);
          return [FIRST, exports.get(name)];
        }
        if (from !== GLUE) throw strange(`the module imports ${name} from ${from}, and not from the glue`);
        if (!imports.has(name)) imports.set(name, shortName(imports.size));
        return [FROM, imports.get(name)];
      });
    if (id === 7)
      section = renamed(section, 1, ([name]) => {
        if (!exports.has(name)) exports.set(name, KEPT.includes(name) ? name : shortName(exports.size));
        return [exports.get(name)];
      });
    parts.push(Buffer.from([id]), sized(section));
  }
  return { bytes: Buffer.concat(parts), imports, exports };
}

/** The glue with the module's new names; its functions for the module as one object. */
export function shortenGlue(glue, imports, exports) {
  const functions = [];
  const rest = glue.replace(
    /^export function (\w+)(\([^)]*\) \{.*?^\}(?:, arguments\); \})?)$/gms,
    (all, name, body) => {
      if (!imports.has(name)) return all;
      functions.push({ name: imports.get(name), body });
      return "";
    },
  );
  if (functions.length !== imports.size)
    throw strange(`of ${imports.size} functions that the module imports it has ${functions.length}`);
  // Like beside like compresses better.
  functions.sort((a, b) => (a.body < b.body ? -1 : 1));
  const members = functions.map(({ name, body }) => `${name}${body},\n`).join("");
  const used = (code) =>
    code.replace(/\bwasm\.(\w+)/g, (_, name) => {
      if (!exports.has(name)) throw strange(`it calls ${name}, which the module does not export`);
      return `wasm.${exports.get(name)}`;
    });
  return used(`${rest}\nexport const imports = {\n${members}};\n`);
}

/** `{ module, glue }` with short names in both, and the `names` for what else goes with the glue. */
export function shorten({ module, glue }) {
  const { bytes, imports, exports } = shortenModule(module);
  return { module: bytes, glue: shortenGlue(glue, imports, exports), names: { imports, exports } };
}
