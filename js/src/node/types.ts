/** The vocabulary of `unspoken/node`, beside that of the page; nothing that runs. */
import type { Config } from "../config.js";
import type {
  Attributes,
  Decision,
  Experiment,
  ExperimentResult,
  Explanation,
  FeatureResult,
  Json,
  Overrides,
  PageInfo,
  State,
} from "../types.js";
import type { Rewriter } from "./html.js";

/** What {@link createCore} takes. */
export interface CoreOptions {
  /** The content of `unspoken.json`. */
  config: Config;
  /** The core: compiled, or its bytes. Default in Node: `unspoken-node.wasm` beside this module. */
  wasm?: WebAssembly.Module | BufferSource;
}

/** The page that is asked for. */
export interface ServerPage extends PageInfo {
  /** The whole address, for targeting; `path` follows from it where it is not given. */
  url?: string | URL;
  title?: string;
  /** The address that led here, as the request says; only another site's host is looked at. */
  referrer?: string | null;
}

/** One page view, as far as a server knows it. All of it is optional. */
export interface VisitInit {
  /**
   * Who it is, for experiments (the attribute `id`). 32 hex digits are the visitor's pseudonym (that of
   * `stats().visitor`); any other text, a user's number say, is the attribute alone.
   */
  id?: string;
  /** What `init({ attributes })` would tell in the page; it travels there. */
  attributes?: Attributes;
  page?: ServerPage;
  device?: { type?: "phone" | "tablet" | "desktop"; width?: number; touch?: boolean; reducedMotion?: boolean };
  /** The visitor's language, such as `de-AT`. */
  language?: string;
  /** The visitor's time zone, such as `Europe/Vienna`, for hours of the day. Default UTC. */
  timeZone?: string;
  /** What the visitor said of themselves, into a profile that has just begun. */
  facts?: Record<string, string | number | boolean | null>;
  /** What the visitor's browser keeps (`unspoken.profile`), where the site has it: an object or its JSON. */
  profile?: object | string | null;
  /** ms since 1970, or a date. Default: now. */
  now?: number | Date;
  /** All chance follows from it. Default: drawn. */
  seed?: number | bigint;
  /** What a tester forces, as in the page. */
  overrides?: Overrides;
}

/** A page view on the server. Nothing of it throws but `slot`, for a name that no element can have. */
export interface Visit {
  /** The decision of each slot of the config. `shown` is what may stand in the document from the start. */
  readonly decisions: Record<string, Decision>;
  /** The variant of each slot that is to stand in the document, the default's left out. */
  readonly shown: Record<string, string>;
  /** The visitor's pseudonym: the given one, the profile's, or a new one. */
  readonly visitor: string;
  decide(slot: string): Decision;
  slots(): Decision[];
  explain(slot: string): Explanation;
  feature<Value = Json>(key: string): FeatureResult<Value>;
  /** The result of every feature of the config. */
  features(): Record<string, FeatureResult>;
  run<Value = Json>(experiment: Experiment<Value>): ExperimentResult<Value>;
  /** What the browser needs to agree: `init({ state })`, or {@link Visit.script} in the page. */
  state(): State;
  /** The state as an element for the page's head, from where `init` takes it by itself. */
  script(): string;
  /**
   * The markup of a slot with its variants, as HTML that the site vouches for.
   * @example visit.slot("hero", { default: "<p>Hello", help: "<p>Ask us" }, { as: "section" })
   */
  slot(name: string, variants: Record<string, string>, options?: SlotOptions): string;
  /**
   * Has a streaming rewriter (Cloudflare's `HTMLRewriter`) put the decided variants into the page that
   * passes, and the state into its head.
   */
  rewrite<R extends Rewriter>(rewriter: R, variants: Record<string, Record<string, string>>): R;
}

/** How a slot's element is written. */
export interface SlotOptions {
  /** Its name. Default `div`. */
  as?: string;
  /** Its other attributes; they are escaped. */
  attributes?: Record<string, string>;
}

/** A compiled config, for many visitors. */
export interface Core {
  /** Where the config has a mistake; `unspoken check` says which. */
  readonly mistakes: readonly string[];
  /** Begins a page view. */
  visit(init?: VisitInit): Visit;
  /** The short way: the decision of each slot. */
  decide(init?: VisitInit): Record<string, Decision>;
  /** Gives the memory of this config back, where another takes its place. */
  dispose(): void;
}
