/** The last line of `npm test` must be true, so what it is counted from is tested. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { countCargo, countNode, inWords } from "../lib/count.mjs";
import { Fault } from "../lib/say.mjs";
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
