/** The last line of `npm test` must be true, so what it is counted from is tested. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { countCargo, countNode, failedTests, inWords } from "../lib/count.mjs";
import { Fault } from "../lib/say.mjs";
import { runStep } from "../lib/test-steps.mjs";
import { chosen, tally } from "../test.mjs";

describe("counting", () => {
  test("cargo: every binary's line is added up", () => {
    const line = (result, p, f, i) =>
      `test result: ${result}. ${p} passed; ${f} failed; ${i} ignored; 0 measured; 0 filtered out; finished in 0.01s\n`;
    assert.deepEqual(countCargo(`${line("ok", 12, 0, 1)}noise: 99 passed\n${line("FAILED", 3, 2, 0)}`), {
      passed: 15,
      failed: 2,
      skipped: 1,
    });
  });
  test("node: spec and TAP, with and without colours", () => {
    const counts = { passed: 7, failed: 2, skipped: 2 };
    const report = (mark) =>
      ["tests 11", "pass 7", "fail 1", "cancelled 1", "skipped 1", "todo 1"]
        .map((line) => `${mark} ${line}`)
        .join("\n");
    assert.deepEqual(countNode(report("ℹ")), counts);
    assert.deepEqual(countNode(report("#")), counts);
    assert.deepEqual(countNode("\x1b[34mℹ pass 7\x1b[39m\n\x1b[34mℹ fail 0\x1b[39m"), {
      passed: 7,
      failed: 0,
      skipped: 0,
    });
  });
  test("the closing line has the form that CI reads", () => {
    assert.equal(inWords({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
    assert.equal(inWords({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
  });
  test("a step that fails without a failed case counts as one failure", () => {
    const results = [
      { outcome: "passed", counts: { passed: 4, failed: 0, skipped: 1 } },
      { outcome: "skipped" },
      { outcome: "failed", counts: undefined },
    ];
    assert.deepEqual(tally(results), {
      cases: { passed: 4, failed: 1, skipped: 2 },
      steps: { passed: 1, failed: 1, skipped: 1 },
    });
    assert.equal(tally([{ outcome: "failed", counts: { passed: 5, failed: 3, skipped: 0 } }]).cases.failed, 3);
  });
  test("--only takes a step that there is", () => {
    assert.deepEqual(
      chosen(["--only", "size"]).steps.map(({ name }) => name),
      ["size"],
    );
    assert.ok(chosen([]).steps.length > 5);
    assert.equal(chosen(["--verbose"]).verbose, true);
    assert.throws(() => chosen(["--only", "sizes"]), Fault);
    assert.throws(() => chosen(["--olny", "size"]), Fault);
  });
});

describe("a second try", () => {
  test("the files of failed tests are read from the end of the output", () => {
    const end = [
      "✖ failing tests:",
      "",
      "test at tests/e2e/a.test.mjs:3:1",
      "✖ one (12.5ms)",
      "test at tests/e2e/a.test.mjs:9:3",
      "✖ two, (of it) (1ms)",
    ];
    assert.deepEqual(failedTests(end.join("\n")), { files: ["tests/e2e/a.test.mjs"], names: ["one", "two, (of it)"] });
  });

  const moody = (folder, passesAt) => {
    const file = join(folder, "moody.test.mjs");
    const tries = join(folder, "tries");
    writeFileSync(
      file,
      `import { test } from "node:test";
       import { appendFileSync, readFileSync } from "node:fs";
       test("sound", () => {});
       test("moody", () => {
         appendFileSync(${JSON.stringify(tries)}, "x");
         if (readFileSync(${JSON.stringify(tries)}).length < ${passesAt}) throw new Error("not yet");
       });`,
    );
    // A runner inside a runner would report to it instead of printing.
    const make = (files) => ({
      command: "env",
      args: ["-u", "NODE_TEST_CONTEXT", process.execPath, "--test", "--test-reporter=spec", ...files],
    });
    return { file, step: { name: "moody", make, count: countNode, again: 3 } };
  };

  test("a test that passes when it is run again has passed; one that does not has failed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unspoken-again-"));
    try {
      const second = moody(folder, 2);
      await runStep(second.step, [second.file]).then((counts) =>
        assert.deepEqual(counts, { passed: 2, failed: 0, skipped: 0 }),
      );
      rmSync(join(folder, "tries"));
      const never = moody(folder, 9);
      await assert.rejects(runStep(never.step, [never.file]), Fault);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
