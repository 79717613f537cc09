/** How many test cases a runner says it ran, read from what it printed. */
import { stripVTControlCharacters as plain } from "node:util";

const NONE = { passed: 0, failed: 0, skipped: 0 };
const total = (output, pattern) => [...output.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number), 0);

/** cargo test, one line for each binary: `test result: ok. 3 passed; 0 failed; 1 ignored; …`. */
export function countCargo(output) {
  const text = plain(output);
  return {
    passed: total(text, /^test result: .*?(\d+) passed/gm),
    failed: total(text, /^test result: .*?(\d+) failed/gm),
    skipped: total(text, /^test result: .*?(\d+) ignored/gm),
  };
}

/** node --test, spec or TAP: `ℹ pass 3` or `# pass 3`. */
export function countNode(output) {
  const text = plain(output);
  const of = (word) => total(text, new RegExp(`^[ℹ#] ${word} (\\d+)$`, "gm"));
  return { passed: of("pass"), failed: of("fail") + of("cancelled"), skipped: of("skipped") + of("todo") };
}

/** The files of the tests that failed, as `node --test` names them at its end, and the lines that name the tests. */
export function failedTests(output) {
  const lines = plain(output).split("\n");
  const found = lines.flatMap((line, index) => {
    const file = /^test at (\S+?\.test\.mjs):\d+:\d+$/.exec(line)?.[1];
    return file ? [{ file, name: (lines[index + 1] ?? "").replace(/^✖ | \([\d.]+ms\)$/g, "") }] : [];
  });
  return { files: [...new Set(found.map(({ file }) => file))], names: found.map(({ name }) => name) };
}

/** A step that is itself one check. */
export const countOne = () => ({ ...NONE, passed: 1 });

export function add(left, right = NONE) {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** `3 passed, 0 failed`, and the skipped ones where there are any. */
export const inWords = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
