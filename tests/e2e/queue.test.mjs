/**
 * Batches that were not acknowledged wait in IndexedDB, within bounds, and reach a real collector once,
 * whatever becomes of page, network and database in between.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { launch, ready, visit } from "./support/browser.mjs";
import { startGate } from "./support/gate.mjs";

const DOWN = () => ({ status: 0 });
const CONFIG = { machines: "serve", flushSeconds: 60, slots: {} };
const PAGE = (endpoint) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>queue</title>
<script async src="/unspoken.js" data-config="/unspoken.json" data-endpoint="${endpoint}" data-key="pk_gate"></script>
<body><p>plain`;

let gate;
let browser;

before(async () => {
  gate = await startGate(PAGE("/v1"));
  gate.site.config = CONFIG;
  browser = await launch();
});

beforeEach(() => {
  gate.way = () => undefined;
  gate.asked.length = 0;
});

after(async () => {
  await browser?.close();
  await gate?.close();
});

async function open({ newPage }) {
  const page = await newPage();
  await page.goto(gate.site.origin);
  await ready(page);
  return page;
}

/** Reaches goals, each in a batch of its own. */
const goals = (page, ...names) =>
  page.evaluate((names) => {
    for (const name of names) {
      window.unspoken.goal(name);
      window.unspoken.flush();
    }
  }, names);

/** The keys in the queue, without making a database where there is none. */
const kept = (page) =>
  page.evaluate(async () => {
    const all = await indexedDB.databases();
    if (!all.some(({ name }) => name === "unspoken")) return [];
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open("unspoken"));
    try {
      return await done(database.transaction("batches").objectStore("batches").getAllKeys());
    } finally {
      database.close();
    }
  });

/** Resolves with what `look` answers once `enough` says so of it, at the latest after a minute. */
async function until(look, enough, what) {
  let seen;
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    seen = await look();
    if (enough(seen)) return seen;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: not after a minute; there is ${JSON.stringify(seen)}`);
}
const keeps = (page, count) =>
  until(
    () => kept(page),
    (keys) => keys.length >= count,
    `${count} batches in the queue`,
  );
const isEmpty = (page) =>
  until(
    () => kept(page),
    (keys) => keys.length === 0,
    "an empty queue",
  );
const inStorage = (page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("unspoken.batch.")));
const close = async (page) => {
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
};
const has =
  (...names) =>
  (found) =>
    names.every((name) => found[name]);
const once = (names) => Object.fromEntries(names.map((name) => [name, 1]));

test("a collector that is away: batches wait in IndexedDB, and the next page brings each once", async () => {
  gate.way = DOWN;
  const visitor = await visit(browser);
  const page = await open(visitor);
  const names = Array.from({ length: 12 }, (_, at) => `away-${at}`);
  await goals(page, ...names);
  await keeps(page, names.length);
  assert.ok((await page.evaluate(() => window.unspoken.stats().queued)) >= names.length, "stats() counts them");
  for (const key of await kept(page)) assert.match(key, /^\d{13}\.[0-9a-f]{32}\.\d+\.\d+$/);
  await close(page);
  assert.deepEqual(await gate.events(), []);

  gate.way = () => undefined;
  const next = await open(visitor);
  assert.deepEqual(await gate.goals("away-", has(...names)), once(names));
  await isEmpty(next);
  await until(
    () => inStorage(next),
    (keys) => keys.length === 0,
    "nothing in storage",
  );
  await until(
    () => next.evaluate(() => window.unspoken.stats().queued),
    (queued) => queued === 0,
    "nothing queued",
  );
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test("the network is back: the page itself sends what waited", async () => {
  const visitor = await visit(browser);
  const page = await open(visitor);
  await visitor.context.setOffline(true);
  await goals(page, "offline-0", "offline-1", "offline-2");
  await keeps(page, 3);
  await visitor.context.setOffline(false);
  const names = ["offline-0", "offline-1", "offline-2"];
  assert.deepEqual(await gate.goals("offline-", has(...names)), once(names));
  await isEmpty(page);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test("a collector that recovers gets everything after the pause, on the same page", async () => {
  let isWell = false;
  gate.way = () => (isWell ? undefined : { status: 500 });
  const visitor = await visit(browser);
  const page = await open(visitor);
  await goals(page, "recovers-0", "recovers-1");
  await keeps(page, 2);
  isWell = true;
  // Nobody touches the page: the pause ends by itself.
  assert.deepEqual(await gate.goals("recovers-", has("recovers-0", "recovers-1")), {
    "recovers-0": 1,
    "recovers-1": 1,
  });
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test("what was written to storage as the page went moves into the queue", async () => {
  gate.way = DOWN;
  const visitor = await visit(browser);
  const page = await open(visitor);
  await page.evaluate(() => window.unspoken.goal("moved"));
  await close(page);
  const next = await open(visitor);
  await keeps(next, 1);
  await until(
    () => inStorage(next),
    (keys) => keys.length === 0,
    "nothing in storage",
  );
  gate.way = () => undefined;
  await next.reload();
  await ready(next);
  assert.deepEqual(await gate.goals("moved", has("moved")), { moved: 1 });
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

/** Of a batch: its id, and how many events it says were dropped (`unspoken::wire`: the 2nd and 8th of a list). */
function read(bytes) {
  let at = 1;
  const number = () => {
    const kind = bytes[at++];
    if (kind < 0x80) return kind;
    const size = { 204: 1, 205: 2, 206: 4, 207: 8 }[kind];
    assert.ok(size, `a number, not ${kind}`);
    at += size;
    return Number(BigInt(`0x${bytes.subarray(at - size, at).toString("hex")}`));
  };
  const id = () => {
    assert.deepEqual([...bytes.subarray(at, at + 2)], [0xc4, 16]);
    at += 18;
    return bytes.subarray(at - 16, at).toString("hex");
  };
  number();
  const own = id();
  id();
  id();
  for (let skip = 0; skip < 3; skip++) number();
  return { id: own, dropped: number() };
}

test("a full queue drops the oldest, and the next batches say how many events that were", async () => {
  gate.way = DOWN;
  const visitor = await visit(browser);
  const page = await open(visitor);
  const seen = new Set();
  // Some 6 KB each, and few at a time: memory holds 128 KiB until they are in the queue.
  const [rounds, each] = [16, 13];
  let last = 0;
  for (let round = 0; round < rounds; round++) {
    await page.evaluate(
      ([round, each]) => {
        for (let at = 0; at < each; at++) {
          for (let goal = 0; goal < 23; goal++) {
            const name = goal ? `filler-${round}-${at}-${goal}-` : `full-${round * each + at}`;
            window.unspoken.goal(goal ? name.padEnd(250, "x") : name);
          }
          window.unspoken.flush();
        }
      },
      [round, each],
    );
    last = (round + 1) * each - 1;
    await until(
      () => kept(page),
      (keys) => keys.filter((key) => !seen.has(key)).length >= each,
      `round ${round}`,
    );
    for (const key of await kept(page)) seen.add(key);
  }
  const left = await kept(page);
  const size = left.reduce((sum, key) => sum + Number(key.split(".")[2]), 0);
  assert.ok(size <= 1024 * 1024 && size > 1024 * 1024 - 20_000, `${size} bytes are kept`);
  const gone = [...seen].filter((key) => !left.includes(key));
  assert.ok(gone.length > 3 && gone.every((key) => key < left[0]), "the oldest went");
  const lost = gone.reduce((sum, key) => sum + Number(key.split(".")[3]), 0);
  assert.ok(lost >= gone.length * 23);
  assert.ok((await page.evaluate(() => window.unspoken.stats().dropped)) >= gone.length);
  await close(page);

  gate.way = () => undefined;
  gate.asked.length = 0;
  const next = await open(visitor);
  await isEmpty(next);
  await goals(next, "full-end");
  const found = await gate.goals("full-", has("full-end", `full-${last}`));
  assert.ok(Object.values(found).every((count) => count === 1));
  const first = Object.keys(found).map((name) => Number(name.slice(5)));
  assert.ok(!first.includes(0) && !first.includes(1), "the oldest are gone");
  const told = new Map();
  for (const { bytes, status } of gate.asked) {
    const { id, dropped } = read(bytes);
    if (status === 204) told.set(id, dropped);
  }
  const sum = [...told.values()].reduce((sum, dropped) => sum + dropped, 0);
  assert.equal(sum, lost, "every event that was dropped is told, once");
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

const REFUSALS = {
  "there is none": () => Object.defineProperty(window, "indexedDB", { value: undefined }),
  "it may not be asked for": () =>
    Object.defineProperty(window, "indexedDB", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    }),
  "it does not open": () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("private", "InvalidStateError");
    };
  },
  "it never answers": () => {
    IDBFactory.prototype.open = () => new EventTarget();
  },
  "it is of a later release": () => {
    try {
      indexedDB.open("unspoken", 7);
    } catch {
      // The empty page before the first has no database.
    }
  },
  "it has no such store": () => {
    IDBFactory.prototype.open = ((open) =>
      function (name, version) {
        return open.call(this, `${name}-other`, version);
      })(IDBFactory.prototype.open);
    IDBDatabase.prototype.createObjectStore = () => undefined;
  },
  "nothing may be put into it": () => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  },
  "it has no room, as it finds too late": () => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...args) {
      const request = put.apply(this, args);
      queueMicrotask(() => this.transaction.abort());
      return request;
    };
  },
  "it calls back in the middle": () => {
    for (const name of ["put", "getAllKeys", "get", "delete"]) {
      const own = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...args) {
        window.unspoken?.stats?.();
        window.unspoken?.flush?.();
        return own.apply(this, args);
      };
    }
  },
};
for (const [why, refuse] of Object.entries(REFUSALS)) {
  test(`IndexedDB, and ${why}: storage carries the batches to the next page`, async () => {
    gate.way = DOWN;
    const visitor = await visit(browser);
    await visitor.context.addInitScript(refuse);
    const page = await open(visitor);
    const name = `refused-${Object.keys(REFUSALS).indexOf(why)}`;
    await goals(page, name);
    await until(
      () => gate.asked.length,
      (asked) => asked > 0,
      "a try",
    );
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => window.unspoken.stats().fault), null);
    assert.ok((await page.evaluate(() => window.unspoken.stats().queued)) > 0, "it waits");
    await close(page);
    gate.way = () => undefined;
    const next = await open(visitor);
    assert.deepEqual(await gate.goals(name, has(name)), { [name]: 1 });
    await until(
      () => inStorage(next),
      (keys) => keys.length === 0,
      "nothing in storage",
    );
    assert.deepEqual(visitor.errors, []);
    await visitor.context.close();
  });
}

test("erase() empties the queue too, and says so", async () => {
  gate.way = DOWN;
  const visitor = await visit(browser);
  const page = await open(visitor);
  const other = await open(visitor);
  await goals(page, "erased-0", "erased-1");
  await goals(other, "erased-2");
  await keeps(page, 3);
  const { erased } = await page.evaluate(() => window.unspoken.erase());
  assert.ok(erased.includes("IndexedDB unspoken"), `${erased}`);
  const names = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  await until(names, (names) => names.length === 0, "no database");
  // Whatever either page does until it is left, nothing comes back.
  await goals(page, "later");
  await page.waitForTimeout(500);
  assert.deepEqual(await names(), []);
  await close(other);
  await close(page);
  gate.way = () => undefined;
  const next = await open(visitor);
  await goals(next, "erase-end");
  await gate.goals("erase-", has("erase-end"));
  assert.deepEqual(await gate.goals("erased-", () => true), {});
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

for (const storage of ["session", "memory", "off"]) {
  test(`storage ${storage}: no database is opened`, async () => {
    gate.way = DOWN;
    const visitor = await visit(browser);
    await visitor.context.addInitScript((storage) => {
      document.addEventListener("DOMContentLoaded", () => {});
      new MutationObserver(() => {
        const script = document.querySelector("script[data-config]");
        if (script) script.dataset.storage = storage;
      }).observe(document, { childList: true, subtree: true });
      window.opened = [];
      const { open } = IDBFactory.prototype;
      IDBFactory.prototype.open = function (...args) {
        window.opened.push(args[0]);
        return open.apply(this, args);
      };
    }, storage);
    const page = await open(visitor);
    assert.equal(await page.evaluate(() => window.unspoken.stats().storage), storage);
    await goals(page, "nowhere");
    await until(
      () => gate.asked.length,
      (asked) => asked > 0,
      "a try",
    );
    await page.waitForTimeout(300);
    assert.deepEqual(await page.evaluate(() => window.opened), []);
    assert.deepEqual(visitor.errors, []);
    await visitor.context.close();
  });
}

test("two tabs at once send each batch of the queue once", async () => {
  gate.way = DOWN;
  const visitor = await visit(browser);
  const page = await open(visitor);
  const names = Array.from({ length: 15 }, (_, at) => `tabs-${at}`);
  await goals(page, ...names);
  const keys = await keeps(page, names.length);
  // What is in storage too, each tab would take over.
  await until(
    () => inStorage(page),
    (keys) => keys.length === 0,
    "nothing in storage",
  );
  await close(page);
  gate.way = () => undefined;
  gate.asked.length = 0;
  const pages = await Promise.all([open(visitor), open(visitor), open(visitor)]);
  assert.deepEqual(await gate.goals("tabs-", has(...names)), once(names));
  await isEmpty(pages[0]);
  const ids = gate.asked.map(({ bytes }) => read(bytes).id);
  for (const key of keys) {
    const id = key.split(".")[1];
    assert.equal(ids.filter((each) => each === id).length, 1, `${id} was sent once`);
  }
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test("without locks every batch arrives all the same", async () => {
  gate.way = DOWN;
  const visitor = await visit(browser);
  await visitor.context.addInitScript(() => delete Navigator.prototype.locks);
  const page = await open(visitor);
  await goals(page, "unlocked-0", "unlocked-1");
  await keeps(page, 2);
  await close(page);
  gate.way = () => undefined;
  const next = await open(visitor);
  const names = ["unlocked-0", "unlocked-1"];
  assert.deepEqual(await gate.goals("unlocked-", has(...names)), once(names));
  await isEmpty(next);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

for (const [status, told] of [
  [503, () => "10"],
  [429, () => new Date(Date.now() + 11_000).toUTCString()],
]) {
  test(`${status} with Retry-After: no page asks again before`, async () => {
    let refused;
    gate.way = (asked) => {
      // Before the first answer that a page reads, and by beacon, nobody knows better.
      if (refused) return undefined;
      if (!asked.isBeacon) refused = asked;
      return { status, headers: { "Retry-After": told() } };
    };
    const visitor = await visit(browser);
    const page = await open(visitor);
    const name = `later-${status}`;
    await goals(page, name);
    await keeps(page, 1);
    // Neither this page, nor as it goes, nor the next.
    await goals(page, `${name}-more`);
    await page.reload();
    await ready(page);
    assert.deepEqual(await gate.goals(name, has(name, `${name}-more`)), once([name, `${name}-more`]));
    const next = gate.asked[gate.asked.indexOf(refused) + 1];
    // A date has whole seconds, so up to one of the eleven may be missing.
    assert.ok(next.at - refused.at >= 9_900, `asked again after ${next.at - refused.at} ms`);
    assert.deepEqual(visitor.errors, []);
    await visitor.context.close();
  });
}

test("an answer that says never takes a batch out of the queue", async () => {
  let status = 0;
  gate.way = () => ({ status });
  const visitor = await visit(browser);
  const page = await open(visitor);
  await goals(page, "never");
  await keeps(page, 1);
  status = 400;
  await isEmpty(page);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});
