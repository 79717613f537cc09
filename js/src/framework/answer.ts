/**
 * What components ask the instance for, as a store: `get` for what holds now, `subscribe` for when it
 * has become another.
 *
 * A forecast comes up to four times a second. A component renders anew only where the answer it asked
 * for is another one: `get` returns the very same object until then.
 */
import { defaultDecision, noFeature, noIntents } from "../inert.js";
import type { Decision, EventMap, FeatureResult, Intents, Json, Unspoken } from "../types.js";
import { follow, type Source } from "./source.js";

/** An answer that can be watched. */
export interface Answer<T> {
  /** What stands before there is an instance to ask: on a server, and where its markup is taken over. */
  first(): T;
  get(): T;
  subscribe(changed: () => void): () => void;
}

/** How a component asks. */
export interface Question<T> {
  first: T;
  ask(unspoken: Unspoken): T;
  same(a: T, b: T): boolean;
}

/** After these an answer may be another. Not all that moves one has an event; a forecast comes soon. */
const EVENTS: (keyof EventMap)[] = ["decision", "exposure", "forecast", "goal", "fault"];

/** The store of a question. */
export function answer<T>(source: Source, { first, ask, same }: Question<T>): Answer<T> {
  let last = first;
  const get = () => {
    const unspoken = source.current();
    const now = unspoken ? ask(unspoken) : first;
    return same(now, last) ? last : (last = now);
  };
  return {
    first: () => first,
    get,
    subscribe(changed) {
      let on = true;
      const look = () => {
        const before = last;
        if (on && get() !== before) changed();
      };
      const leave = follow(source, (unspoken) => {
        const stops = EVENTS.map((event) => unspoken.on(event, look));
        void unspoken.ready.then(look);
        look();
        return () => {
          for (const stop of stops) stop();
        };
      });
      return () => {
        on = false;
        leave();
      };
    },
  };
}

/** What is rendered before there is a core: decisions of a server, or variants by their slots' names. */
export type Initial =
  | readonly ({ slot: string; variant: string } & Partial<Decision>)[]
  | Readonly<Record<string, string | Partial<Decision>>>;

function given(initial: Initial | undefined, slot: string): Partial<Decision> {
  if (Array.isArray(initial)) return initial.find((decision) => decision.slot === slot) ?? {};
  const told = (initial as Record<string, string | Partial<Decision>> | undefined)?.[slot];
  return typeof told === "string" ? { variant: told } : (told ?? {});
}

const shownOf = ({ shown, variant }: Partial<Decision>) => shown ?? variant ?? "default";

/** The variant that a slot begins with: what may stand there, where that is another than was decided. */
export const standing = (initial: Initial | undefined, slot: string): string => shownOf(given(initial, slot));

const alike = <T extends object>(but?: keyof T) => {
  return (a: T, b: T) => (Object.keys({ ...a, ...b }) as (keyof T)[]).every((key) => key === but || a[key] === b[key]);
};

/** What a slot shows. Two decisions that differ in their time alone are the same. */
export function decisionOf(slot: string, initial?: Initial): Question<Decision> {
  const told = given(initial, slot);
  const none = defaultDecision(slot, "The default stands: Unspoken is not running.");
  return {
    first: { ...none, at: 0, ...told, shown: shownOf(told) },
    ask: (unspoken) => unspoken.decide(slot),
    same: alike("at"),
  };
}

/** How a forecast is to be read. */
export interface IntentOptions {
  /** Decimals that are kept. Default 2: a component renders anew when the forecast moved by .01 or so. */
  precision?: number;
}

const rounded = (value: number | undefined, { precision = 2 }: IntentOptions = {}) =>
  Math.round((value ?? 0) * 10 ** precision) / 10 ** precision;

/** One forecast, rounded. A head that there is not forecasts 0. */
export const intentOf = (name: string, options?: IntentOptions): Question<number> => ({
  first: 0,
  ask: (unspoken) => rounded(unspoken.intents()[name], options),
  same: Object.is,
});

/** Whether a forecast is at least `threshold`, by its full precision, as `$gte` in a rule. */
export const aboveOf = (name: string, threshold: number): Question<boolean> => ({
  first: false,
  ask: (unspoken) => (unspoken.intents()[name] ?? 0) >= threshold,
  same: Object.is,
});

/** All forecasts, rounded. */
export const intentsOf = (options?: IntentOptions): Question<Intents> => ({
  first: noIntents(),
  ask: (unspoken) => {
    const all = Object.entries(unspoken.intents()).map(([name, value]) => [name, rounded(value, options)]);
    return Object.fromEntries(all) as Intents;
  },
  same: alike(),
});

/** A feature of the config. What its result holds is the same object until it changes. */
export const featureOf = <Value = Json>(key: string): Question<FeatureResult<Value>> => ({
  first: noFeature(),
  ask: (unspoken) => unspoken.feature<Value>(key),
  same: alike(),
});
