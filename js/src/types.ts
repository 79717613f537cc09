/**
 * The public vocabulary of the package, and nothing that runs.
 *
 * Why a file of its own: it is what editors show. Every number states its unit and range here, once.
 */

import type { AttributeValue, Config, Json, Level } from "./config.js";

export type * from "./config.js";

/** A probability from 0 to 1 for each intent. */
export interface Intents {
  /** A click within 2 s. */
  commit: number;
  /** A rage click, dead click or form error within 15 s. */
  struggle: number;
  /** Another item's page in this session. */
  compare: number;
  /** The page hidden or left within 10 s. */
  leave: number;
  /** The goal `purchase` in this session. */
  buy: number;
  /** Heads that the config declares. */
  [own: string]: number;
}

/** Named values that conditions can read, for example `{ plan: "pro", seats: 4 }`. */
export type Attributes = Record<string, AttributeValue>;

/**
 * A part of the core that a page loads when it needs it: `experiment` for `run()`, `tools` for `explain()`
 * and `record()`; all others by what the config says.
 */
export type Part = "experiment" | "learn" | "collect" | "past" | "more" | "tools";

/** Where the profile lives: across visits, for this tab, for this page view, or nowhere. */
export type StorageMode = "persistent" | "session" | "memory" | "off";

/** What {@link init} takes. */
export interface InitOptions {
  /** The address of `unspoken.json`, or its content. */
  config: string | URL | Config;
  /**
   * The collector's address, such as `https://example.com/v1`. Left out: no network after load, but for a
   * part of the core that a call asks for and `parts` did not name.
   */
  endpoint?: string;
  /** The site's public key (`pk_…`). */
  key?: string;
  /** The core: an address or its bytes. Default: `unspoken.wasm` beside the module. */
  wasm?: string | URL | BufferSource;
  /**
   * The core as JavaScript, taken where the page's Content-Security-Policy or the browser lets no
   * WebAssembly run. Default: `unspoken-core.js` beside the module.
   */
  javascript?: string | URL;
  /** Parts of the core to load at the start, besides those that config and storage ask for. */
  parts?: readonly Part[];
  /** Default `"persistent"`. */
  storage?: StorageMode;
  /** Overrides the config's level. */
  level?: Level;
  /** What {@link Unspoken.set} would set, known from the start. */
  attributes?: Attributes;
  /** What a tester forces on a GrowthBook payload's features and on experiments. */
  overrides?: Overrides;
  /**
   * What a server decided for this page view (`unspoken/node`). Default: that of
   * `<script type="application/json" data-unspoken-state>`, where the page has one.
   */
  state?: State;
  /**
   * Makes the HTML of the config's `templates` harmless. Default: the browser's Sanitizer API; where it
   * has none, such templates are not used. Returns a fragment or `TrustedHTML`, never a text.
   * @example (html) => DOMPurify.sanitize(html, { RETURN_DOM_FRAGMENT: true })
   */
  sanitize?: ((html: string) => unknown) | undefined;
  /**
   * Whether a swap in view is a View Transition, in which it comes some frames later. Default: in all
   * slots but those with `"swap": "now"`; `true`: in those too. Never where reduced motion is preferred.
   */
  transitions?: boolean | undefined;
  /**
   * Page views of a single-page app: `"auto"` (default) counts each new path, until the site calls
   * {@link Unspoken.page} itself; `"manual"` leaves them to the site.
   */
  routes?: "auto" | "manual";
  /**
   * When a framework has hydrated the page: no slot is touched before the promise settles, or the
   * function, asked ten times a second, says true. Left out: docs/page.md, Hydration.
   */
  hydrated?: PromiseLike<unknown> | (() => boolean) | undefined;
  /** Say on the console why the SDK stood down. Default false: it is silent. */
  debug?: boolean;
}

/** What a server hands to the browser, so that both decide the same. It is JSON. */
export interface State {
  v: 1;
  /** When it was made, ms since 1970. It is good for ten minutes. */
  at: number;
  /** The profile to begin with, where the browser keeps none. */
  profile: object | null;
  /** What the server told; what `init({ attributes })` names again wins. */
  attributes: Attributes;
  /** The variant of each slot that the server rendered, the default's left out. */
  shown: Record<string, string>;
}

/** What features and experiments are evaluated with, in place of what the page says. */
export interface Overrides {
  /** The address that targets and a query such as `?experiment=1` are looked for in. Default: the page's. */
  url?: string;
  /** Default true; false lets nobody into an experiment. */
  enabled?: boolean;
  /** Only what is forced is assigned. Default false. */
  qaMode?: boolean;
  /** Values of features, by key. */
  features?: Record<string, Json>;
  /** Positions of variations, from 0, by the experiment's key. */
  variations?: Record<string, number>;
  /** Assignments known from elsewhere, in GrowthBook's form; `false`: none are kept. */
  stickyBuckets?: readonly StickyBuckets[] | false;
}

/** Assignments of one identifier: `experiment__bucketVersion` and the key of its variation. */
export interface StickyBuckets {
  attributeName: string;
  attributeValue: string;
  assignments: Record<string, string>;
}

/** Where a feature's value comes from. */
export type FeatureSource =
  | "unknownFeature"
  | "defaultValue"
  | "force"
  | "experiment"
  | "override"
  | "cyclicPrerequisite"
  | "prerequisite";

/** The value of a feature, in the form of GrowthBook's SDK. What it holds is shared: do not change it. */
export interface FeatureResult<Value = Json> {
  value: Value | null;
  on: boolean;
  off: boolean;
  source: FeatureSource;
  /** Empty where the rule has none. */
  ruleId: string;
  experiment?: Experiment<Value>;
  experimentResult?: ExperimentResult<Value>;
}

/** An experiment, in the form of GrowthBook's SDK, with all of its fields. */
export interface Experiment<Value = Json> {
  key: string;
  /** At least two, the control first. */
  variations: readonly Value[];
  [field: string]: unknown;
}

/** A visitor in an experiment, in the form of GrowthBook's SDK. */
export interface ExperimentResult<Value = Json> {
  value: Value;
  /** Position of the variation, from 0. */
  variationId: number;
  /** The variation's key, by default its position. */
  key: string;
  inExperiment: boolean;
  /** Whether the variation follows from the hash: only then does it count. */
  hashUsed: boolean;
  hashAttribute: string;
  hashValue: Json;
  stickyBucketUsed: boolean;
  featureId: string | null;
  name?: string;
  /** The place of the hash, 0 to below 1. */
  bucket?: number;
  passthrough?: boolean;
  leafId?: string;
  variationWeights?: readonly number[];
  banditVersion?: string | number;
}

/** How a rule chooses among its variants. */
export type RuleKind = "show" | "test" | "learn" | "feature";

/** What one slot shows, and why. */
export interface Decision {
  slot: string;
  /** `"default"` where nothing matched. */
  variant: string;
  /** The id of the rule that decided, or null. */
  rule: string | null;
  /** How that rule chose: it shows one variant, tests or learns, or is a feature of the payload. */
  by: RuleKind | null;
  /** One English sentence. */
  reason: string;
  /** When it was decided, in ms of `performance.now()`. */
  at: number;
  /** The variant that stands in the page; another one while the slot waits for its moment to swap. */
  shown: string;
  /** Whether the slot is on this page. */
  present: boolean;
  /** Whether the visitor has really seen what is shown. */
  seen: boolean;
  /**
   * What the slot waits for before it shows what was decided: a gate (`typing`, `form-error` …),
   * `swap`, `hold`, `another slot`, `an interruption`, `a template` or `the page`; null for nothing.
   */
  waits: string | null;
}

/** One test of a rule's condition. */
export interface RuleTest {
  /** Empty for a test of what happened on this device. */
  attribute: string;
  /** As in the config, such as `$gte`. */
  operator: string;
  /** The operand; in words where it is longer than a few values. */
  asked: unknown;
  /** The value that stands against it now. */
  saw: unknown;
  held: boolean;
}

/** A rule as it stands now, and why it is passed over where it is. */
export interface RuleTrial {
  id: string;
  show: string;
  /** Whether its condition holds. */
  held: boolean;
  /** One English phrase: why it does not decide although its turn may come; null where it may. */
  refused: string | null;
  /** One English phrase, such as `intent.struggle is 0.18 (asked: at least 0.6)`. */
  because: string;
  tests: RuleTest[];
  /** What it chooses from; only of a rule with `test` or `learn`. */
  variants?: string[];
  /** With what probability, 0 to 1, chance chose what it shows; null where it was passed over. */
  chance?: number | null;
}

/** A forecast that a rule of the slot reads, and the features that moved it most. */
export interface ForecastExplanation {
  intent: string;
  /** 0 to 1. */
  forecast: number;
  /** At most 3; `logOdds` is what the forecast's log-odds lose without the feature. */
  because: { feature: string; value: number; logOdds: number }[];
}

/** A decision with everything it was made from: docs/deciding.md has the order. */
export interface Explanation extends Decision {
  /** What was heard in this page view, by kind. */
  signals: { type: string; count: number; secondsAgo: number }[];
  forecasts: ForecastExplanation[];
  /** Every rule of the slot, in order. */
  rules: RuleTrial[];
  /** How many rules had their turn. */
  tried: number;
  attributes: Record<string, AttributeValue>;
  /** The reason, and what the forecasts it rests on were moved by. */
  sentence: string;
}

/** Counters since the page view began, and the state of the SDK. */
export interface Stats {
  /** Signals read in this page view. */
  signals: number;
  /** Signals over the last second. */
  perSecond: number;
  /** Forecasts made in this page view. */
  forecasts: number;
  /** Events waiting for the next batch. */
  events: number;
  /** Batches waiting for the collector. */
  queued: number;
  /** Batches handed to the network. */
  batches: number;
  bytesSent: number;
  /** Events lost to a bound or a refusal. */
  dropped: number;
  /** Main-thread time of the SDK since the start, in ms: its calls, and what they did to the document. */
  milliseconds: number;
  /** From the dispatch of the signal that decided to the document that has changed, in ms, of the last 64 swaps. */
  swaps: { count: number; p50: number; p95: number };
  /** Why the SDK shows the defaults only, and the mend; null while all is well. */
  fault: string | null;
  level: Level;
  /** Where the profile really lies: `"memory"` also where the browser forbids storage. */
  storage: StorageMode;
  /** The browser's pseudonym; a new one on each page where nothing is stored. */
  visitor: string;
  session: string;
  automation: Automation;
  /** The state of each journey by its name. */
  journeys: Record<string, string>;
  /** Why no slot may interrupt any more that has not yet; null while the budget has room. */
  budget: string | null;
}

/** Human or machine: what speaks for a script behind this session. docs/automation.md has the signs. */
export interface Automation {
  /** The session's highest score so far, 0 to 1. From 0.9 on it counts as a machine's. */
  score: number;
  /** Signs of this page view: `webdriver`, `untrusted`, `kinematics`, `timing`. */
  reasons: string[];
  /** Whether it is kept out: the default content, and no part in learning and statistics. */
  excluded: boolean;
}

/** The events of {@link Unspoken.on} and what their listeners get. */
export interface EventMap {
  decision: Decision;
  /** Up to 4 a second. `at` is in ms of `performance.now()`. */
  forecast: { at: number; intents: Intents; focus: string | null };
  exposure: { slot: string; variant: string; rule: string | null; by: RuleKind | null };
  goal: { name: string; value?: number };
  /** `status` is the answer of a collector that will never take the batch. */
  batch: { id: string; bytes: number; via: "beacon" | "fetch"; ok: boolean; status: number | null };
  fault: { message: string };
}

/** Where the visitor is, for pages that change without a load. */
export interface PageInfo {
  path?: string;
  /** The kind of page: `product`, `cart` … */
  kind?: string;
  /** The item it shows. */
  item?: string;
  tags?: readonly string[];
}

/** A slot whose content is not the SDK's to change; see docs/page.md. */
export interface ManagedSlot {
  name: string;
  /** What it can show besides the default. */
  variants: readonly string[];
  /** What it shows now. Default: the default. */
  standing?: string;
  /** Has it show another. What it throws is told as a fault, and the slot is given up. */
  show(variant: string): void;
}

/** A recording under way. */
export interface Recording {
  /** Ends it and returns `unspoken-trace/1` (JSON Lines). Called again, it returns the same text. */
  stop(): string;
}

/** What {@link Unspoken.erase} removed. */
export interface Receipt {
  erased: string[];
}

/**
 * The SDK on this page. Every method may be called at any time, before it is ready, after a fault,
 * after {@link Unspoken.dispose}, and never throws.
 */
export interface Unspoken {
  /** Resolves to this instance once it runs, or once it knows that it will not; never rejects. */
  readonly ready: Promise<Unspoken>;
  /**
   * What a slot shows.
   * @example if (unspoken.decide("hero").variant === "help") openChat();
   */
  decide(slot: string): Decision;
  /** What a slot shows, the rules that were tried and the attributes they read. */
  explain(slot: string): Explanation;
  /** The decision of every slot in the config. */
  slots(): Decision[];
  /**
   * The value of a feature of the config, as GrowthBook's SDK has it.
   * @example if (unspoken.feature("new-checkout").on) openCheckout();
   */
  feature<Value = Json>(key: string): FeatureResult<Value>;
  /**
   * Runs an experiment that is not in the config, as GrowthBook's SDK does.
   * @example const { value } = unspoken.run({ key: "headline", variations: ["short", "long"] });
   */
  run<Value = Json>(experiment: Experiment<Value>): ExperimentResult<Value>;
  /** The forecasts of this moment. */
  intents(): Intents;
  /** The name of the slot nearest the cursor, or null. */
  focus(): string | null;
  /**
   * A goal was reached.
   * @example unspoken.goal("purchase", { value: 80 });
   */
  goal(name: string, options?: { value?: number }): void;
  /**
   * The visitor said something about themselves; kept in the profile as `profile.fact.<name>`.
   * @example unspoken.fact("activity", "hiking");
   */
  fact(name: string, value: string | number | boolean | null): void;
  /**
   * The visitor sends a slot's content away: its default is put back at once, on every page and in
   * every tab, and it does not come again. A click on `[data-unspoken-dismiss]` in a slot does the same.
   * @example unspoken.dismiss("popup");
   */
  dismiss(slot: string): void;
  /**
   * Shows a variant in a slot at once, whatever the rules say, until `null` lets it go or the page is
   * left: for testers. It is no exposure, spends no budget and teaches nothing.
   * @example unspoken.force("hero", "help");
   */
  force(slot: string, variant: string | null): void;
  /** Sets attributes that conditions can read. */
  set(attributes: Attributes): void;
  /**
   * Hands over a slot that somebody else renders, such as a framework: the SDK decides, observes and
   * counts it, and `slot.show` shows. The function it returns ends that, without a word to `show`.
   * @example const release = unspoken.attach(element, { name: "hero", variants: ["help"], show: setVariant });
   */
  attach(element: Element, slot: ManagedSlot): () => void;
  /** A page view began without a load, in a single-page app. From then on the site counts them itself. */
  page(info?: PageInfo): void;
  /** A framework has hydrated what is in `root`, or the whole page: its slots need not wait any more. */
  hydrated(root?: Node): void;
  stats(): Stats;
  /** Listens; the function it returns stops. Listeners run after the SDK's own work, in order. */
  on<Name extends keyof EventMap>(event: Name, listener: (detail: EventMap[Name]) => void): () => void;
  /** Starts a recording, and with it a new page view. */
  record(): Recording;
  /** Sends what is queued now. */
  flush(): void;
  /** Forgets the visitor: profile, queue and every stored item. */
  erase(): Receipt;
  /** Puts the page back as it was and leaves nothing behind. */
  dispose(): void;
}
