/** Setting up a Python with LightGBM and XGBoost never fails a run, on machines that these tests make up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CHECKS, installChecks, installPython, PACKAGES } from "../lib/python.mjs";
import { Fault } from "../lib/say.mjs";
import { steps } from "../setup.mjs";

/** A machine where everything works, but for what is said; `did` lists what was done. */
function machine(but = {}) {
  const did = [];
  return {
    did,
    ask: () => "",
    run: async (command, args) => void did.push([command, ...args].join(" ")),
    remove: () => void did.push("remove"),
    isFresh: () => false,
    forget: () => void did.push("forget"),
    remember: () => void did.push("remember"),
    ...but,
  };
}

/** A machine whose command with this word fails, with this output. */
function failing(word, output) {
  const system = machine();
  system.run = async (command, args) => {
    system.did.push(command);
    if (args.includes(word)) throw new Fault("`it` failed (exit code 1).", output);
  };
  return system;
}

const oneLine = (sentence, part) => {
  assert.match(sentence, /^skipped: [^\n]+$/);
  assert.ok(sentence.includes(part), sentence);
};

describe("a Python with LightGBM and XGBoost", () => {
  test("is made of pinned packages without compiling, and remembered last", async () => {
    const system = machine();
    assert.equal(await installPython(system), PACKAGES.join(", "));
    assert.match(system.did[2], /^python3 -m venv .*\.unspoken\/tools\/python$/);
    assert.match(system.did[3], / -m pip install .*--only-binary=:all: .* lightgbm==[\d.]+ xgboost-cpu==[\d.]+ /);
    assert.equal(system.did.at(-1), "remember");
    for (const name of PACKAGES) assert.match(name, /^[a-z-]+==\d+\.\d+\.\d+$/);
  });

  test("is skipped where there is no python3 with venv", async () => {
    const system = machine({ ask: () => null });
    oneLine(await installPython(system), "python3-venv");
    assert.deepEqual(system.did, []);
  });

  test("is skipped with pip's reason, and leaves nothing half made", async () => {
    const output = "Collecting\nERROR: No matching distribution found for lightgbm==4.7.0\n\n[notice] A new release\n";
    const system = failing("install", output);
    oneLine(await installPython(system), "No matching distribution");
    assert.equal(system.did.at(-1), "remove");
    assert.ok(!system.did.includes("remember"));
  });

  test("is skipped where venv itself fails", async () => {
    oneLine(await installPython(failing("venv", "")), "exit code 1");
  });

  test("is kept, and said to be skipped, where a library does not load", async () => {
    const ask = (_, args) => (args.at(-1) === "import lightgbm" ? null : "");
    const system = machine({ ask });
    oneLine(await installPython(system), "lightgbm does not load (LightGBM needs libgomp.so.1");
    assert.equal(system.did.at(-1), "remember");
  });

  test("a mistake of ours is not taken for a machine's fault", async () => {
    const run = async () => {
      throw new TypeError("ours");
    };
    await assert.rejects(installPython(machine({ run })), TypeError);
  });

  test("is a step of set-up that may fail, as is the other one", () => {
    const found = steps.filter(({ python }) => python);
    assert.deepEqual([found.length, ...found.map(({ mayFail }) => mayFail)], [2, true, true]);
  });

  test("the other one stands in a folder of its own, and says what is missing", async () => {
    const system = machine();
    assert.equal(await installChecks(system), CHECKS.join(", "));
    assert.match(system.did[2], /\.unspoken\/tools\/python-checks$/);
    for (const name of CHECKS) assert.match(name, /^[a-z-]+==\d+\.\d+\.\d+$/);
    oneLine(await installChecks(failing("install", "ERROR: none")), "held against chdb");
  });
});
