/**
 * What the methods answer when there is no core to ask: on a server, before the start, after a fault.
 *
 * Kept apart so that the promise "whatever fails, the default stays" can be read in one place.
 */
import type {
  Config,
  Decision,
  Experiment,
  ExperimentResult,
  Explanation,
  FeatureResult,
  Intents,
  Level,
  Stats,
} from "./types.js";

/** The default, decided by nobody. */
export const defaultDecision = (slot: string, reason: string): Decision => ({
  slot,
  variant: "default",
  rule: null,
  by: null,
  reason,
  at: performance.now(),
  shown: "default",
  present: false,
  seen: false,
  waits: null,
});

/** One default for each slot of the config, as far as the config is known. */
export const defaultSlots = (config: Config | undefined, reason: string): Decision[] =>
  Object.keys(config?.slots ?? {}).map((slot) => defaultDecision(slot, reason));

/** What GrowthBook's SDK answers for a feature that it does not know. */
export const noFeature = (): FeatureResult<never> => ({
  value: null,
  on: false,
  off: true,
  source: "unknownFeature",
  ruleId: "",
});

/** The control, for somebody who takes no part. */
export const noRun = <Value>(experiment: Experiment<Value> | undefined): ExperimentResult<Value> => ({
  key: "0",
  featureId: null,
  inExperiment: false,
  hashUsed: false,
  variationId: 0,
  value: experiment?.variations?.[0] as Value,
  hashAttribute: "id",
  hashValue: "",
  stickyBucketUsed: false,
});

/** Nothing is forecast. */
export const noIntents = (): Intents => ({ commit: 0, struggle: 0, compare: 0, leave: 0, buy: 0 });

/** No rule was tried. */
export const noExplanation = (slot: string, reason: string): Explanation => ({
  ...defaultDecision(slot, reason),
  signals: [],
  forecasts: [],
  rules: [],
  tried: 0,
  attributes: {},
  sentence: reason,
});

/** Nothing was counted. */
export const noStats = (level: Level = "events"): Stats => ({
  signals: 0,
  perSecond: 0,
  forecasts: 0,
  events: 0,
  queued: 0,
  batches: 0,
  bytesSent: 0,
  dropped: 0,
  milliseconds: 0,
  swaps: { count: 0, p50: 0, p95: 0 },
  fault: null,
  level,
  storage: "off",
  visitor: "",
  session: "",
  automation: { score: 0, reasons: [], excluded: false },
  journeys: {},
  budget: null,
});

/** The name of the database in which src/web/transport/queue.rs keeps batches, and of the cookie. */
const NAME = "unspoken";
const COOKIE = /(?:^|; )unspoken=([0-9a-f]{32})(?:;|$)/;

/** The visitor whose id the site's server keeps in a cookie, as a profile to begin with. */
export function profileOfCookie(): { visitor: string } | undefined {
  try {
    const visitor = COOKIE.exec(document.cookie)?.[1];
    if (visitor) return { visitor };
  } catch {
    // A page without an origin of its own has no cookies.
  }
  return;
}

/** Removes that cookie from every domain that it may have been set for; says whether there was one. */
export function eraseCookie(): boolean {
  const was = profileOfCookie();
  if (!was) return false;
  const gone = `${NAME}=;Path=/;Max-Age=0`;
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore answers later, and a receipt is due now.
  document.cookie = gone;
  for (let host = location.hostname; host; host = host.replace(/^[^.]*\.?/, ""))
    // biome-ignore lint/suspicious/noDocumentCookie: as above.
    document.cookie = `${gone};Domain=${host}`;
  return true;
}

/** Removes the SDK's keys from both storages; says which there were. */
export function eraseKeys(): string[] {
  const erased: string[] = [];
  for (const area of ["localStorage", "sessionStorage"] as const) {
    try {
      const storage = globalThis[area];
      for (const key of Object.keys(storage)) {
        // The prefix of src/web/storage.rs.
        if (!key.startsWith("unspoken.")) continue;
        storage.removeItem(key);
        erased.push(key);
      }
    } catch {
      // The browser forbids storage to this page, so nothing of ours is in it.
    }
  }
  return erased;
}

/**
 * Removes what the SDK has stored in this browser, for the case that the core cannot do it: a
 * visitor's wish to be forgotten must not depend on the core being well. The database and the cookie
 * are removed here alone.
 */
export function eraseStorage(): string[] {
  const erased = eraseKeys();
  try {
    // Whether it is there cannot be known at once, so it is named in any case.
    indexedDB.deleteDatabase(NAME);
    erased.push(`IndexedDB ${NAME}`);
  } catch {
    // Nor is there one here.
  }
  if (eraseCookie()) erased.push(`cookie ${NAME}`);
  return erased;
}
