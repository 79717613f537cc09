/**
 * `npx unspoken init`: looks at the slots of pages and writes a first `unspoken.json`, and says for each
 * rule why it stands there. It never overwrites a file unless it is told to.
 */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { look } from "./look.mjs";
import { Mistake, pages } from "./pages.mjs";
import { propose } from "./propose.mjs";

const HELP = `npx unspoken init [URL | FILE | FOLDER …] [--out unspoken.json] [--force] [--json]

Looks at the slots of your pages (data-unspoken, <unspoken-slot>, their templates), at
data-unspoken-page, -item and -tags, and at buttons that may be goals, and writes a first config.
Without a name it looks at the HTML files below this folder.

  --out FILE   where to write (default: unspoken.json)
  --force      overwrite the file if it is there
  --json       print one JSON object instead of sentences:
               { file, config, pages, slots, goals, problems }
  --help       this text

Example: npx unspoken init http://localhost:3000/ http://localhost:3000/cart
Afterwards: unspoken check unspoken.json (the collector's command line) finds what is wrong with it.
`;

/** Commands of the collector, a program of its own. */
const COLLECTOR = /^(check|serve|replay|eval|train|import|export|drift|publish|calibrate|simulate|ope|pool)$/;

const SLOT = '<section data-unspoken="hero"> … <template data-variant="help"> … </template></section>';

/** Where the schema lies for an editor that opens `file`: in the installed package, or on the web. */
function schemaFor(file) {
  const folder = dirname(resolve(file));
  for (let at = folder; ; at = dirname(at)) {
    const schema = join(at, "node_modules/unspoken/dist/unspoken.schema.json");
    if (existsSync(schema)) {
      const path = relative(folder, schema).replaceAll("\\", "/");
      return path.startsWith(".") ? path : `./${path}`;
    }
    if (at === dirname(at)) break;
  }
  const own = join(dirname(fileURLToPath(import.meta.url)), "../package.json");
  const version = existsSync(own) ? JSON.parse(readFileSync(own, "utf8")).version : undefined;
  return `https://unpkg.com/unspoken${version ? `@${version}` : ""}/dist/unspoken.schema.json`;
}

/** JSON as one would write it: on one line what fits there. */
function pretty(value, indent = "") {
  const line = JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
  if (typeof value !== "object" || value === null || (indent.length + line.length <= 100 && indent.length >= 4))
    return line;
  const inner = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((item) => inner + pretty(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pretty(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return entries.length ? `${open}\n${entries.join(",\n")}\n${indent}${close}` : open + close;
}

const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** What was found and written, in sentences. */
function told({ file, pages, slots, goals, problems }) {
  const lines = [
    `${file} is written: ${counted(slots.length, "slot")}, ${counted(goals.length, "goal")}, from ${counted(pages.length, "page")}.`,
    "",
  ];
  for (const { name, why, notes } of slots) {
    lines.push(`slot ${name}`, `  ${why}`);
    for (const note of notes) lines.push(`  note: ${note}`);
  }
  if (goals.length) lines.push("");
  for (const { name, click, labels } of goals)
    lines.push(`goal ${name}`, `  a click on ${click}: “${labels.slice(0, 3).join("”, “")}”`);
  if (!goals.length)
    lines.push("", 'No button looked like a goal. Add what counts: "goals": { "purchase": { "click": "#order" } }');
  if (problems.length) lines.push("", "Look at:");
  for (const { place, line, message } of problems) lines.push(`  ${place}${line ? `:${line}` : ""}: ${message}`);
  lines.push(
    "",
    "These are first guesses from names. Read them, change them, and look at what they do with ?unspoken in a page with data-debug.",
  );
  return lines.join("\n");
}

function options(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: "string", default: "unspoken.json" },
        force: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Mistake(`${error.message.split(". ")[0]}. \`npx unspoken init --help\` has the flags.`);
  }
}

async function init(sources, { out, force, json }) {
  const isThere = existsSync(out);
  if (isThere && !force)
    throw new Mistake(
      `${out} is there already, and stays as it is. Overwrite it with --force, or name another file with --out.`,
    );
  const read = await pages(sources.length ? sources : ["."]);
  const found = propose(
    read.map(({ html, place }) => look(html, place)),
    schemaFor(out),
  );
  const { slots, problems } = found;
  if (slots.length === 0) {
    const why = problems.map(({ place, line, message }) => `\n  ${place}:${line}: ${message}`).join("");
    throw new Mistake(
      `No slot in ${counted(read.length, "page")} (${read
        .slice(0, 3)
        .map(({ place }) => place)
        .join(", ")}${read.length > 3 ? " …" : ""}). Mark one: ${SLOT}${why}`,
    );
  }
  try {
    // `wx` refuses a file that has come since it was looked for.
    await writeFile(out, `${pretty(found.config)}\n`, { flag: force ? "w" : "wx" });
  } catch (error) {
    throw new Mistake(`${out} cannot be written: ${error.message}. Name another place with --out.`);
  }
  const answer = { file: out, ...found, pages: read.map(({ place }) => place) };
  process.stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : `${told(answer)}\n`);
}

async function main() {
  const [command, ...args] = process.argv.slice(2);
  if (command === undefined || /^(--help|-h|help)$/.test(command)) return process.stdout.write(HELP);
  if (command !== "init") {
    const mend = COLLECTOR.test(command)
      ? `${command} is a command of the collector, \`cargo install unspoken-collector\`; this package has \`init\`.`
      : `there is no command ${command}; there is \`init\`.`;
    throw new Mistake(mend);
  }
  const { values, positionals } = options(args);
  if (values.help) return process.stdout.write(HELP);
  return init(positionals, values);
}

main().catch((error) => {
  // A mistake has its words; anything else is ours, and is shown whole.
  process.stderr.write(error instanceof Mistake ? `unspoken: ${error.message}\n` : `${error.stack}\n`);
  process.exitCode = 1;
});
