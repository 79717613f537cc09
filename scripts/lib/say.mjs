/**
 * What the scripts print: steps with their time, and failures in one sentence.
 *
 * A `Fault` is a failure somebody can mend; its message says how, and it is shown without a stack.
 * Anything else that is thrown is a bug of ours and keeps its stack.
 */

/** A failure with a sentence for the reader, and at will the output it was read from. */
export class Fault extends Error {
  constructor(sentence, output = "") {
    super(sentence);
    this.output = output;
  }
}

const fancy = Boolean(process.stdout.isTTY) && !process.env.CI && !process.env.NO_COLOR;
const painted = (code) => (text) => (fancy ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = painted("1");
export const faint = painted("2");
export const green = painted("32");
export const red = painted("31");

export const say = (line = "") => process.stdout.write(`${line}\n`);

/** `850 ms`, `12.3 s`, `2 min 05 s`. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Does `work`, saying before what it is and how long it usually takes, and after how long it took. */
export async function step(what, usually, work) {
  const line = `${what}${usually ? ` (usually ${usually})` : ""}`;
  const begun = performance.now();
  const elapsed = () => duration(performance.now() - begun);
  const wipe = fancy ? "\r\x1b[2K" : "";
  let spinner;
  if (fancy) {
    const turn = () => process.stdout.write(`${wipe}… ${line} ${faint(elapsed())}`);
    turn();
    spinner = setInterval(turn, 1000);
  } else say(`… ${line}`);
  try {
    const result = await work();
    say(`${wipe}${green("✓")} ${what}${typeof result === "string" ? `: ${result}` : ""} ${faint(elapsed())}`);
    return result;
  } catch (error) {
    say(`${wipe}${red("✗")} ${what} ${faint(elapsed())}`);
    throw error;
  } finally {
    clearInterval(spinner);
  }
}

/** Prints a failure: what the command said, then the sentence that matters last. */
export function complain(error) {
  if (!(error instanceof Fault)) console.error(error);
  else {
    if (error.output) console.error(error.output.trimEnd());
    console.error(`${red("error:")} ${error.message}`);
  }
}

/** Runs the main function of a script where that script was started by name, not imported. */
export async function main(url, work) {
  if (!process.argv[1]) return;
  const { realpathSync } = await import("node:fs");
  const { pathToFileURL } = await import("node:url");
  if (url !== pathToFileURL(realpathSync(process.argv[1])).href) return;
  try {
    await work(process.argv.slice(2));
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
}
