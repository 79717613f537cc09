/**
 * A thousand features for `npm run bench`: GrowthBook's SDK, and our client over the module that
 * ships, both in one page. `scripts/bench.mjs` bundles it, and `benches/web.rs` runs it beside the
 * core, round by round.
 *
 * Of the features 70 % have conditions, 15 % are rollouts by coverage, 15 % experiments; attributes
 * are those of a shop. Neither side keeps sticky buckets, which GrowthBook's SDK does with a service
 * of its own only.
 */
import { GrowthBook } from "@growthbook/growthbook";
import { init } from "../dist/index.js";
import wasm from "../dist/unspoken-full.wasm";

const COUNT = 1_000;

const attributes = {
  id: "8f14e45f-ceea-467f-ab4c-1f0c9d2e7a55",
  deviceId: "d-52014",
  loggedIn: true,
  plan: "pro",
  country: "AT",
  language: "de-AT",
  browser: "firefox",
  deviceType: "desktop",
  appVersion: "3.12.4",
  age: 34,
  orders: 7,
  cart: { total: 129.9, items: 3 },
  tags: ["hiking", "boots", "winter"],
  email: "ada@example.com",
  url: "https://shop.example/p/fell-runner",
};

/** Conditions of many kinds: some hold, some do not. */
const CONDITIONS = [
  (at) => ({ country: { $in: ["DE", "AT", "CH", at % 2 ? "LI" : "IT"] } }),
  (at) => ({ plan: at % 2 ? "pro" : "free" }),
  (at) => ({ age: { $gte: 18 + (at % 40) }, orders: { $gt: 2 } }),
  (at) => ({ $or: [{ deviceType: "phone" }, { "cart.total": { $gt: 50 + (at % 100) } }] }),
  (at) => ({ appVersion: { $vgte: `3.${at % 20}.0` } }),
  (at) => ({ email: { $regex: at % 2 ? "@example\\.com$" : "@shop\\.example$" } }),
  () => ({ tags: { $elemMatch: { $eq: "boots" } }, loggedIn: true }),
  (at) => ({ $not: { browser: { $in: ["safari", "chrome"] } }, language: { $ne: at % 2 ? "en-GB" : "de-AT" } }),
  (at) => ({ id: { $inGroup: at % 2 ? "staff" : "beta" } }),
  () => ({ tags: { $all: ["winter", "hiking"] }, "cart.items": { $lte: 5 } }),
];

function feature(at) {
  const share = at % 20;
  if (share < 14) {
    const condition = CONDITIONS[at % CONDITIONS.length];
    const rules = [
      { id: `a${at}`, condition: condition(at), force: `first ${at}` },
      { id: `b${at}`, condition: condition(at + 1), force: `second ${at}` },
    ];
    return { defaultValue: "default", rules };
  }
  if (share < 17)
    return { defaultValue: false, rules: [{ id: `c${at}`, force: true, coverage: (at % 100) / 100, hashVersion: 2 }] };
  const variations = ["control", "short", "long"].slice(0, 2 + (at % 2));
  return { defaultValue: "control", rules: [{ id: `d${at}`, variations, coverage: 1, hashVersion: 2 }] };
}

const features = Object.fromEntries(Array.from({ length: COUNT }, (_, at) => [`feature-${at}`, feature(at)]));
const savedGroups = { staff: ["u1", "u2", attributes.id], beta: Array.from({ length: 50 }, (_, at) => `u${at}`) };
const keys = Object.keys(features);
const payload = { features, savedGroups };

const growthbook = new GrowthBook({ features, savedGroups, attributes });
let unspoken;

globalThis.unspokenBench = {
  json: JSON.stringify({ payload, attributes }),
  async start() {
    unspoken = await init({ config: payload, attributes, wasm, storage: "off", overrides: { stickyBuckets: false } });
    const { fault } = unspoken.stats();
    if (fault !== null) throw new Error(fault);
    for (const key of keys) {
      const [theirs, ours] = [growthbook.evalFeature(key), unspoken.feature(key)];
      const told = ({ value, source, ruleId, experimentResult }) =>
        JSON.stringify([value, source, ruleId, experimentResult?.key, experimentResult?.bucket]);
      if (told(theirs) !== told(ours)) throw new Error(`${key}: ${told(theirs)} is not ${told(ours)}`);
    }
  },
  /** All features once, by GrowthBook's SDK; returns how many are on, so that nothing is left out. */
  growthbook() {
    let on = 0;
    for (const key of keys) if (growthbook.evalFeature(key).on) on++;
    return on;
  },
  /** The same through our client. */
  client() {
    let on = 0;
    for (const key of keys) if (unspoken.feature(key).on) on++;
    return on;
  },
};
