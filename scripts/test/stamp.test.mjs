/** Staleness: what makes an output stale, and what does not. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { forget, hashOf, isFresh, remember } from "../lib/stamp.mjs";

describe("stamp", () => {
  let folder, at, hash;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unspoken-stamp-"));
    at = (name) => join(folder, name);
    mkdirSync(at("src/deep"), { recursive: true });
    writeFileSync(at("src/deep/a.rs"), "a");
    writeFileSync(at("src/b.rs"), "b");
    writeFileSync(at("out"), "");
    hash = () => hashOf([at("src"), at("absent")], ["1.0"]);
    remember(at("stamp"), hash());
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const fresh = () => isFresh(at("stamp"), hash(), [at("out")]);

  test("unchanged is fresh, whatever the clock says", () => {
    utimesSync(at("src/b.rs"), 1, 1);
    assert.equal(fresh(), true);
  });
  test("a changed, a new, a renamed and a removed file each make it stale", () => {
    writeFileSync(at("src/deep/a.rs"), "A");
    assert.equal(fresh(), false);
    writeFileSync(at("src/deep/a.rs"), "a");
    assert.equal(fresh(), true);
    writeFileSync(at("src/c.rs"), "");
    assert.equal(fresh(), false);
    rmSync(at("src/c.rs"));
    rmSync(at("src/b.rs"));
    assert.equal(fresh(), false);
    writeFileSync(at("src/z.rs"), "b");
    assert.equal(fresh(), false);
  });
  test("content cannot move from one file to the next unseen", () => {
    writeFileSync(at("src/deep/a.rs"), "");
    writeFileSync(at("src/b.rs"), "ab");
    assert.equal(fresh(), false);
  });
  test("another word, such as a version, makes it stale", () => {
    assert.equal(isFresh(at("stamp"), hashOf([at("src")], ["1.1"])), false);
  });
  test("a missing output or stamp makes it stale", () => {
    rmSync(at("out"));
    assert.equal(fresh(), false);
    writeFileSync(at("out"), "");
    forget(at("stamp"));
    assert.equal(fresh(), false);
  });
});
