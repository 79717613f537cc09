/**
 * The content of `unspoken.json`, as types, and nothing that runs.
 *
 * Why a file of its own: it is a language of its own, and its words are those of docs/deciding.md.
 * schema/unspoken.schema.json says the same to editors of JSON; js/test/config holds both to the same
 * configs.
 */

/** A value that a condition can read. */
export type AttributeValue = string | number | boolean | null | readonly string[];

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A number and its unit, such as `"90s"`, `"1.5h"` or `"7d"`; at most `"520w"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}`;

/**
 * A goal by its name; `page:<kind>`, `item:<item>`, `visit`, `exposure:<slot>`,
 * `exposure:<slot>/<variant>`, `dismiss:<slot>`, `click:<slot>` or `fact:<name>`.
 */
export type EventName = string;

/** What has to happen for a forecast to come true. */
export type Outcome =
  | { goal: string }
  /** A click in that slot. */
  | { click: string }
  /** A page of that kind. */
  | { page: string }
  /** Any click; a rage burst, dead click or refused form; the page hidden or left; another item's page. */
  | "click"
  | "trouble"
  | "hidden"
  | "item";

/** A head of the site's own, or what changes one that is built in. */
export interface IntentConfig {
  /** A head of the site's own needs one. */
  outcome?: Outcome;
  /** The horizon: `"session"`, or seconds from 0.25 to 1800. A head of the site's own needs one. */
  within?: "session" | number;
  /** Where a head without a model begins, 0.001 to 0.999. Default 0.05. */
  base?: number;
  /** A model file of this head, in base64. */
  model?: string;
  /** Slope (0.1 to 10) and shift (-10 to 10) of the log-odds. Default `[1, 0]`. */
  calibration?: readonly [slope: number, shift: number];
  /** Whether outcomes on the device move its forecasts. Default true. */
  learn?: boolean;
}

/** The types that `$type` knows. */
export type TypeName = "string" | "number" | "boolean" | "array" | "object" | "null" | "undefined";

/** What a value may be held against; several operators in one object must all hold. */
export interface Operators {
  /** Equal, of the same type. */
  $eq?: Json;
  $ne?: Json;
  /** Numbers by size, texts by their characters. */
  $gt?: number | string;
  $gte?: number | string;
  $lt?: number | string;
  $lte?: number | string;
  /** One of these; a list, where any of its elements is one. */
  $in?: readonly Json[];
  $nin?: readonly Json[];
  /** The same, upper and lower case alike. */
  $ini?: readonly Json[];
  $nini?: readonly Json[];
  /** A list that has all of these. */
  $all?: readonly Json[];
  $alli?: readonly Json[];
  /** A list with an element that passes this: operators, or a condition on its fields. */
  $elemMatch?: Operators | Condition;
  /** The length of a list. */
  $size?: number | Operators;
  $type?: TypeName;
  /** Known, or not. */
  $exists?: boolean;
  /** A regular expression, at most 256 characters. */
  $regex?: string;
  $regexi?: string;
  $notRegex?: string;
  $notRegexi?: string;
  /** Versions, such as `"1.2.3"`. */
  $veq?: string;
  $vne?: string;
  $vgt?: string;
  $vgte?: string;
  $vlt?: string;
  $vlte?: string;
  /** Saved groups, by name. */
  $inGroup?: string;
  $notInGroup?: string;
  $not?: Operators | Json;
}

/** Numbers that a count is held against. */
export interface CountOperators {
  $eq?: number;
  $ne?: number;
  $gt?: number;
  $gte?: number;
  $lt?: number;
  $lte?: number;
}

/** Over what stretch of the past. */
interface Past {
  /** Of events not older than this. */
  within?: Duration;
  /** Of events after the last one of this name; all, where there was none. */
  since?: EventName;
}

/** What happened on this device: how often, or in which order. */
export type History =
  | (Past & { event: EventName /** Default `{ "$gte": 1 }`. */; count?: number | CountOperators; sequence?: never })
  | (Past & { sequence: readonly EventName[]; event?: never; count?: never });

/**
 * When a rule holds.
 * @example { "intent.struggle": { "$gte": 0.6 }, "device.type": "phone" }
 */
export type Condition = {
  $and?: readonly Condition[];
  $or?: readonly Condition[];
  $nor?: readonly Condition[];
  $not?: Condition;
  $savedGroup?: Json;
  $history?: History;
} & { [attribute: string]: Json | Operators | readonly Condition[] | Condition | History | undefined };

/** A moment at which what a slot shows does not change. */
export type Gate = "typing" | "form-error" | "checkout" | "reading" | "reduced-motion" | "screen-reader";

/** How often, at most; whole numbers from 1. */
export interface Bounds {
  /** In one page view. */
  perPage?: number;
  /** In one session. */
  perSession?: number;
  /** Ever, on this device. */
  perVisitor?: number;
  /** So often (1 to 64) in any stretch of that length. */
  per?: { count: number; period: Duration };
  /** For so long after it was last seen it does not begin again. */
  cooldown?: Duration;
}

/** What ends the showing; any one suffices. */
export interface Until {
  goal?: string | readonly string[];
  fact?: string | readonly string[];
  /** The slot was dismissed. Default true for a slot. */
  dismissed?: boolean;
  /** How long that lasts. Default: as long as the device remembers. */
  for?: Duration;
}

/** Bounds on everything but the default. */
export interface Limits extends Bounds {
  until?: Until;
}

/** Interruptions, one budget for all slots that interrupt and for all tabs. */
export interface Budget extends Bounds {
  /** Another name for `perSession`. */
  interruptionsPerSession?: number;
}

/** When a rule may decide. */
export interface Schedule {
  /** The first moment, as the zone's clocks show it: `"2026-11-27T00:00"`. */
  from?: string;
  /** The moment after the last. */
  to?: string;
  /** A name of the IANA database, `"visitor"` (default) or `"UTC"`. */
  zone?: string;
  days?: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  /** A stretch of the day; it may pass midnight: `["22:00", "02:00"]`. */
  hours?: readonly [from: string, to: string];
}

/** Fields of GrowthBook's experiments. */
export interface Sharing {
  /** Share of visitors who take part, 0 to 1. Default 1. */
  coverage?: number;
  /** What the draw is made from. Default: the key. */
  seed?: string;
  /** The attribute that is drawn by. Default `"id"`. */
  hashAttribute?: string;
  fallbackAttribute?: string;
  /** Default 2. */
  hashVersion?: 1 | 2;
  /** Experiments in disjoint stretches of one namespace never share a visitor. */
  namespace?: readonly [name: string, from: number, to: number];
  filters?: readonly {
    seed?: string;
    ranges: readonly (readonly [number, number])[];
    hashVersion?: 1 | 2;
    attribute?: string;
  }[];
  bucketVersion?: number;
  minBucketVersion?: number;
  disableStickyBucketing?: boolean;
  name?: string;
}

/** An experiment on what to show: variants of its own, or a factor of one of {@link Config.experiments}. */
export type Test =
  | (Sharing & {
      /** Names of variants. */
      variants: readonly string[];
      /** A share for each; they add up to 1. Default: equal shares. */
      weights?: readonly number[];
      /** A stretch for each, in place of weights and coverage. */
      ranges?: readonly (readonly [number, number])[];
      /** What the experiment is called. Default: `slot.rule`. */
      key?: string;
      meta?: readonly { key?: string; name?: string; passthrough?: boolean }[];
      phase?: string;
      experiment?: never;
      factor?: never;
    })
  | { experiment: string; factor: string; variants?: never };

/** An experiment with several factors, each drawn independently. */
export interface Factorial extends Sharing {
  /** Each factor with its variants. */
  factors: Record<string, readonly string[]>;
  /** Weights of a factor's variants. */
  weights?: Record<string, readonly number[]>;
}

/** A bandit that learns on the device which variant brings its goal. */
export interface Learn {
  /** 2 to 8 names. */
  variants: readonly string[];
  /** The reward: this goal, reached after the exposure. */
  goal: string;
  /** The window, 1 s to 7 d. Default `"30m"`. */
  within?: Duration;
  /** The reward is the goal's value / most, cut to 1, instead of 1. */
  value?: { most: number };
  /** Up to 7 numbers that the choice may depend on. */
  context?: readonly (string | { attribute: string; values?: readonly string[]; scale?: number })[];
  /** Default `"thompson"`. */
  method?: "thompson" | "linucb";
  /** The least probability of each variant, above 0, at most 1 / variants. Default 0.05. */
  explore?: number;
  /** A posterior that `unspoken pool` wrote. */
  prior?: string;
}

interface AnyRule {
  /** Names the rule in decisions, reports and the inspector. */
  id: string;
  /** When it holds; left out, it always holds. */
  when?: Condition;
  limits?: Limits;
  /** In place of the slot's. */
  notNow?: readonly Gate[];
  schedule?: Schedule;
}

/** A rule that shows one variant. */
export interface ShowRule extends AnyRule {
  /** A `<template data-variant>` of the slot, or `"default"`. */
  show: string;
  test?: never;
  learn?: never;
}

/** A rule that tests variants against each other. */
export interface TestRule extends AnyRule {
  test: Test;
  show?: never;
  learn?: never;
}

/** A rule that learns which variant to show. */
export interface LearnRule extends AnyRule {
  learn: Learn;
  show?: never;
  test?: never;
}

/** One rule of a slot. */
export type Rule = ShowRule | TestRule | LearnRule;

/** When a slot may change: while out of view (the default), at once, when the visitor pauses, or only at the start of a page view. */
export type Swap = "before-seen" | "now" | "idle" | "next-page";

/** What a slot shows. */
export interface SlotConfig {
  swap?: Swap;
  /** Tried in order; the first that holds decides. Without any: the feature of the slot's name, or the default. */
  rules?: readonly Rule[];
  /**
   * HTML of variants, by their names, for pages that have no `<template>` of that name. It is
   * sanitised; scripts, styles, frames and handlers are taken out.
   */
  templates?: { readonly [variant: string]: string };
  limits?: Limits;
  /** It takes the visitor's attention, and so an interruption of the budget. Default false. */
  interrupts?: boolean;
  /** Default `["typing", "form-error", "checkout"]`, and all six for a slot that interrupts. */
  notNow?: readonly Gate[];
  /** -100 to 100, default 0: who wins a conflict or the last interruption. */
  priority?: number;
  /** How much of the slot (0.1 to 1, default 0.5) for how long (0 to 60 s, default 1) counts as seen. */
  exposure?: { share?: number; seconds?: number };
  /** 0 to 0.5, default 0.05: how far forecasts must be past a rule in force before it gives way. */
  hysteresis?: number;
  /** For so long after a change it does not change again; at most 1 h, default `"0s"`. */
  hold?: Duration;
}

/** A way from one state of a journey to another. */
export type Transition = { to: string; when?: Condition } & (
  | { on: EventName /** The event, but not sooner. */; after?: Duration }
  | { on?: never; after: Duration }
);

/** A state machine across pages and visits; rules read `journey.<name>`. */
export interface Journey {
  /** Up to 16 states with up to 16 transitions each; the first is the start. */
  states: Record<string, readonly Transition[]>;
}

/** A feature in GrowthBook's form. */
export interface FeatureConfig {
  defaultValue?: Json;
  rules?: readonly { [key: string]: unknown }[];
}

/** How much a batch carries: `events`, or also the pointer and scroll stream. */
export type Level = "events" | "trace";

/**
 * The content of `unspoken.json`. `unspoken check` explains every mistake in it, and
 * `unspoken/schema.json` completes it in an editor.
 */
export interface Config {
  /** For editors; not read. */
  $schema?: string;
  /** The site's own; not read. */
  version?: string | number;
  slots?: Record<string, SlotConfig>;
  /** Goals; `click` is a CSS selector whose clicks reach the goal. */
  goals?: Record<string, { click?: string }>;
  intents?: Record<string, IntentConfig>;
  journeys?: Record<string, Journey>;
  budget?: Budget;
  /** Of each group at most one is shown at a time: a slot, `slot/variant`, or the id of a rule. */
  exclusive?: readonly (readonly string[])[];
  /** Experiments with factors; a list is GrowthBook's, and not read. */
  experiments?: Record<string, Factorial> | readonly unknown[];
  /** This share of visitors (0 to 1) gets no `test` and no `learn`. */
  holdout?: { share: number; seed?: string };
  level?: Level;
  /** The share of sessions that send their trace, 0 to 1. Default 1. */
  traceSample?: number;
  /** Seconds between two batches, 1 to 60. Default 5. */
  flushSeconds?: number;
  /** What a session gets that looks automated: the defaults (`"default"`), or what a person gets. */
  machines?: "default" | "serve";
  /**
   * Whether a visitor who lost what the browser stored goes on as the one whose id the collector keeps in
   * the site's cookie `unspoken`. Default false.
   */
  cookie?: boolean;
  /** A GrowthBook payload's. */
  features?: Record<string, FeatureConfig>;
  savedGroups?: Record<string, Json>;
  contextualBandits?: Record<string, Json>;
}
