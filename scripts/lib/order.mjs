/**
 * Functions of the module put in the order of their bytes.
 *
 * Brotli finds what is alike the cheaper the nearer it stands; functions that begin alike (with the
 * same locals) often go on alike. No tool sorts so, but wasm-opt sorts by name: this gives every
 * function its place as its name. It saved 1 % of the module against their own names.
 */
import { number, passImport, Reader, sized, text } from "./shorten.mjs";

const [CUSTOM, IMPORTS, CODE] = [0, 2, 10];

/** The module, as wasm-opt wrote it, with names that `--reorder-functions-by-name` sorts by. */
export function nameByBytes(bytes) {
  const reader = new Reader(bytes);
  const parts = [reader.take(8)];
  let imported = 0;
  let bodies = [];
  while (!reader.done) {
    const id = reader.byte();
    const section = reader.take(reader.number());
    const inner = new Reader(section);
    if (id === IMPORTS) {
      for (let left = inner.number(); left > 0; left--) {
        inner.text();
        inner.text();
        if (passImport(inner) === 0) imported++;
      }
    }
    if (id === CODE) bodies = Array.from({ length: inner.number() }, () => inner.take(inner.number()));
    if (id !== CUSTOM || inner.text() !== "name") parts.push(Buffer.from([id]), sized(section));
  }
  const order = bodies.map((_, at) => at).sort((a, b) => Buffer.compare(bodies[a], bodies[b]) || a - b);
  const places = [];
  order.forEach((at, place) => {
    places[at] = String(place).padStart(6, "0");
  });
  const names = places.flatMap((place, at) => [number(imported + at), text(place)]);
  const functions = Buffer.concat([number(places.length), ...names]);
  const section = Buffer.concat([text("name"), Buffer.from([1]), sized(functions)]);
  return Buffer.concat([...parts, Buffer.from([CUSTOM]), sized(section)]);
}
