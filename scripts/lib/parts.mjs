/**
 * One compiled module taken apart: what every page needs, and parts that only some pages load.
 *
 * It works on the text form, as wasm-bindgen left the module, with the compiler's names. A part begins
 * at its seams, functions by name (seams.mjs); to it goes also what nothing but its seams reaches. In
 * the first module a seam leaves a step of its own name, which calls through the shared table at a slot
 * that the part fills when it is instantiated; so a part that is not there traps, and guard.ts ends the
 * instance. A part imports memory, table, stack pointer and the functions that it calls.
 *
 * The text is a tool's, in which a function is the lines from ` (func` to ` )`: where it does not look
 * so, this throws.
 */
import { Fault } from "./say.mjs";
import { FIRST } from "./shorten.mjs";

const NAME = String.raw`\$("[^"]*"|[^\s()]+)`;
const all = (text, pattern) => [...text.matchAll(new RegExp(pattern, "g"))].map((match) => match[1]);
const quoted = (name) => JSON.stringify(name);

/** `"<unspoken[2464bd]::engine::Engine>::send"` → `engine::Engine::send`. */
export const plain = (name) =>
  name
    .replace(/^"|"$/g, "")
    .replace(/\[[0-9a-f]{16}\]/g, "")
    .replace(/\bunspoken::/g, "")
    .replace(/^<([^<> ]*)>::/, "$1::");

const strange = (what) => new Fault(`The module cannot be taken apart: ${what} (scripts/lib/parts.mjs).`);

/** The module's text as its forms: functions by name, the table's content, and all other lines. */
export function read(text) {
  const lines = text.split("\n");
  const module = { head: [], types: [], imports: [], exports: [], globals: [], data: [], functions: new Map() };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const kind = /^ \((\w+)/.exec(line)?.[1];
    if (kind === "func") {
      const from = at;
      const unnamed = line.replace(/"[^"]*"/g, "");
      if (unnamed.split("(").length !== unnamed.split(")").length) while (lines[at] !== " )") at++;
      const body = lines.slice(from, at + 1).join("\n");
      const name = new RegExp(`^ \\(func ${NAME}`).exec(line)?.[1];
      if (!name) throw strange(`a function without a name: ${line.slice(0, 80)}`);
      module.functions.set(name, {
        name,
        body,
        type: all(line, String.raw`(\((?:param|result)[^()]*\))`).map((each) => each.replace(/\$\S+ /, "")),
        calls: new Set(all(body, String.raw`\((?:return_)?call ${NAME}`)),
        globals: new Set(all(body, String.raw`\(global\.[gs]et ${NAME}`)),
      });
      if (/\(ref\.func|\(table\.|\(memory\.init/.test(body))
        throw strange(`${plain(name)} has what this does not know`);
    } else if (kind === "table") module.table = line;
    else if (kind === "memory") module.memory = line;
    else if (kind === "elem") {
      if (module.elements || !/^ \(elem \$\S+ \(i32\.const 1\) \$/.test(line))
        throw strange("its table is filled otherwise");
      module.elements = all(line.slice(line.indexOf("1)")), NAME);
    } else if (kind === "type") module.types.push(line);
    else if (kind === "import") module.imports.push(line);
    else if (kind === "export") module.exports.push(line);
    else if (kind === "global") module.globals.push(line);
    else if (kind === "data") module.data.push(line);
    else if (/^\(module|^\)|^$|^ ;;/.test(line)) continue;
    else throw strange(`it has the line ${line.slice(0, 80)}`);
  }
  return module;
}

/** The owner of what is never called, and goes nowhere. */
const NOBODY = Symbol("nobody");

/** From each function to its part; those of the first module are not in it. */
export function assign({ functions, elements, exports }, parts, unused = []) {
  const seamOf = new Map();
  for (const { name, seams } of parts) {
    for (const seam of seams) {
      const found = [...functions.keys()].filter(
        (each) => plain(each) === seam || plain(each).startsWith(`${seam}::{`),
      );
      if (found.length === 0)
        throw new Fault(
          `The part ${name} has the seam ${seam}, and the module no such function: give it #[inline(never)], or mend scripts/lib/seams.mjs.`,
        );
      for (const each of found) seamOf.set(each, name);
    }
  }
  const exported = exports.flatMap((line) => all(line, String.raw`\(func ${NAME}`));
  const called = elements.filter((each) => !unused.some((begin) => plain(each).startsWith(begin)));
  // What is called through the table only has no caller to follow: its room says whose it is.
  for (const each of called) {
    const of = parts.find(({ room }) => room.some((begin) => plain(each).replace(/^</, "").startsWith(begin)));
    if (of && !seamOf.has(each)) seamOf.set(each, of.name);
  }
  /** What is reached from `roots` without passing a seam of another part than `of`. */
  const reach = (roots, of) => {
    const seen = new Set();
    const next = [...roots];
    while (next.length > 0) {
      const name = next.pop();
      if (seen.has(name) || !functions.has(name) || (seamOf.has(name) && seamOf.get(name) !== of)) continue;
      seen.add(name);
      next.push(...functions.get(name).calls);
    }
    return seen;
  };
  const first = reach([...exported, ...called], undefined);
  const byPart = new Map();
  for (const { name } of parts) {
    const seams = [...seamOf].filter(([, of]) => of === name).map(([each]) => each);
    for (const each of reach(seams, name)) if (!first.has(each)) byPart.set(each, [...(byPart.get(each) ?? []), name]);
  }
  const result = new Map();
  for (const each of elements) if (!called.includes(each) && !first.has(each)) result.set(each, NOBODY);
  for (const [each, of] of byPart) {
    // What two parts share goes to the one that the others need, and else to the first module.
    const owner =
      of.length === 1
        ? of[0]
        : of.find((one) =>
            of.every((other) => other === one || parts.find(({ name }) => name === other).needs?.includes(one)),
          );
    if (owner) result.set(each, owner);
  }
  return result;
}

const signature = (type) => type.join(" ");

/** A function that goes on at a slot of the table. */
function step({ name, type }, slot) {
  const params = type.filter((each) => each.startsWith("(param")).flatMap((each) => each.slice(7, -1).split(" "));
  const header = [
    ...params.map((each, at) => `(param $${at} ${each})`),
    ...type.filter((each) => each.startsWith("(result")),
  ];
  const gets = params.map((_, at) => `(local.get $${at})`).join(" ");
  return ` (func $${name} ${header.join(" ")}\n  (call_indirect $0 ${signature(type)} ${gets} (i32.const ${slot}))\n )`;
}

/** Element segments for what stands in some slots: a Map from slot to function. */
function segments(filled) {
  const lines = [];
  let open = null;
  for (const [slot, name] of [...filled].sort(([a], [b]) => a - b)) {
    if (open && open.next === slot) open.names.push(name);
    else {
      open = { slot, names: [name], next: slot };
      lines.push(open);
    }
    open.next = slot + 1;
  }
  return lines.map(
    ({ slot, names }) => ` (elem (table $0) (i32.const ${slot}) func ${names.map((name) => `$${name}`).join(" ")})`,
  );
}

/**
 * Takes the module's text apart. Answers `{ first, parts }`, texts again, the parts by name; and
 * `crossings`, for each seam who calls it. The table goes by a name of the build's own, so that a part
 * of another build is refused when it is linked, rather than called at wrong slots.
 */
export function takeApart(text, parts, { table = "table", unused = [] } = {}) {
  const module = read(text);
  const owner = assign(module, parts, unused);
  const { functions, elements } = module;
  const size = Number(/^ \(table \$0 (\d+) (\d+) funcref\)$/.exec(module.table)?.[1]);
  if (!size) throw strange("its table is another");

  // Whoever calls into another module but the first one goes by a slot.
  const slots = new Map();
  const shared = new Set();
  const globals = new Set();
  const crossings = [];
  for (const { name, calls } of functions.values()) {
    const from = owner.get(name);
    if (from === NOBODY) continue;
    for (const callee of calls) {
      const to = owner.get(callee);
      if (to === from) continue;
      if (to) {
        slots.set(callee, slots.get(callee) ?? size + slots.size);
        crossings.push({ part: to, seam: plain(callee), from: plain(name) });
      } else if (functions.has(callee)) shared.add(callee);
    }
    if (from) for (const each of functions.get(name).globals) globals.add(each);
  }
  const exported = new Map(
    module.exports.flatMap((line) => {
      const name = all(line, String.raw`\(func ${NAME}`)[0];
      return name ? [[name, line]] : [];
    }),
  );
  for (const name of exported.keys()) {
    if (owner.has(name)) slots.set(name, slots.get(name) ?? size + slots.size);
  }
  const where = new Map(elements.map((name, at) => [at + 1, name]));
  const stackPointer = [...globals];
  if (stackPointer.some((name) => !module.globals.some((line) => line.includes(`$${name} (mut i32)`))))
    throw strange("its parts use a global that is no i32");

  const build = (of) => {
    const own = [...functions.values()].filter(({ name }) => owner.get(name) === of);
    const called = new Set(own.flatMap(({ calls }) => [...calls]));
    const filled = new Map([...where].filter(([, name]) => owner.get(name) === of));
    const steps = [...slots]
      .filter(([name]) => owner.get(name) !== of && (called.has(name) || (!of && exported.has(name))))
      .map(([name, slot]) => step(functions.get(name), slot));
    const bodies = own.map(({ body }) => body);
    const total = size + slots.size;
    if (!of) {
      return [
        "(module",
        ...module.types,
        ...module.imports,
        ...module.globals,
        module.memory,
        ...module.data,
        ` (table $0 ${total} ${total} funcref)`,
        ...segments(filled),
        ...module.exports,
        ` (export ${quoted(table)} (table $0))`,
        ...stackPointer.map((name) => ` (export ${quoted(name)} (global $${name}))`),
        ...[...shared].map(
          (name) =>
            ` (export ${quoted(`first ${plain(name)} ${[...functions.keys()].indexOf(name)}`)} (func $${name}))`,
        ),
        ...steps,
        ...bodies,
        ")",
      ].join("\n");
    }
    for (const [name, slot] of slots) if (owner.get(name) === of) filled.set(slot, name);
    return [
      "(module",
      ...module.types,
      ...module.imports.filter((line) => called.has(new RegExp(`\\(func ${NAME}`).exec(line)?.[1])),
      ` (import "${FIRST}" "memory" ${module.memory.trim()})`,
      ` (import "${FIRST}" ${quoted(table)} (table $0 ${total} ${total} funcref))`,
      ...stackPointer.map((name) => ` (import "${FIRST}" ${quoted(name)} (global $${name} (mut i32)))`),
      ...[...shared]
        .filter((name) => called.has(name))
        .map(
          (name) =>
            ` (import "${FIRST}" ${quoted(`first ${plain(name)} ${[...functions.keys()].indexOf(name)}`)} (func $${name} ${signature(functions.get(name).type)}))`,
        ),
      ...segments(filled),
      ...steps,
      ...bodies,
      ")",
    ].join("\n");
  };
  return {
    first: build(undefined),
    parts: Object.fromEntries(parts.map(({ name }) => [name, build(name)])),
    crossings,
  };
}
