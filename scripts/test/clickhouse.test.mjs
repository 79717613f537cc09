/** Setting up clickhouse-server never fails a run. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { installClickhouse } from "../lib/clickhouse.mjs";
import { Fault } from "../lib/say.mjs";
import { steps } from "../setup.mjs";

describe("clickhouse-server", () => {
  test("is asked of apt-get", async () => {
    const asked = [];
    assert.equal(await installClickhouse(async (...args) => asked.push(args)), "clickhouse-server");
    assert.deepEqual(asked, [[["clickhouse-server"], "Testing the ClickHouse store"]]);
  });

  test("is skipped in one line where it cannot be had", async () => {
    const sentence = await installClickhouse(async () => {
      throw new Fault("This machine has no apt-get:\ninstall it yourself.");
    });
    assert.match(sentence, /^skipped: This machine has no apt-get: [^\n]+ is not tested$/);
  });

  test("a mistake of ours is not taken for a machine's fault", async () => {
    const install = async () => {
      throw new TypeError("ours");
    };
    await assert.rejects(installClickhouse(install), TypeError);
  });

  test("is a step of set-up that may fail", () => {
    assert.equal(steps.find(({ clickhouse }) => clickhouse).mayFail, true);
  });
});
