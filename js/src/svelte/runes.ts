/**
 * Svelte 5: what the instance knows, as values with a reactive `current`, and what Slot.svelte stands on.
 *
 * Like Svelte's own `MediaQuery`: nothing is listened to until an effect or a template reads `current`,
 * and no longer than one does. A template that takes over a server's markup reads `initial` or the
 * default first, and what the instance says right after.
 *
 * Written without runes, so that it needs no compiler: `createSubscriber` is Svelte's door for that.
 */
import { getContext, hasContext, setContext } from "svelte";
import { createSubscriber } from "svelte/reactivity";
import {
  aboveOf,
  answer,
  decisionOf,
  featureOf,
  type Initial,
  type IntentOptions,
  intentOf,
  intentsOf,
  type Question,
  standing,
} from "../framework/answer.js";
import { attach, attributesOf } from "../framework/slot.js";
import { type Instance, pageSource, type Source, sourceOf } from "../framework/source.js";
import type { Decision, FeatureResult, Intents, Json, Unspoken } from "../types.js";

export type { Initial, Instance, IntentOptions };

/** A value that a template or an effect can watch. */
export interface Current<T> {
  readonly current: T;
}

interface Host {
  source: Source;
  initial: Initial | undefined;
}

const KEY = Symbol("unspoken");
const PAGE: Host = { source: pageSource, initial: undefined };

function hostHere(): Host {
  try {
    return hasContext(KEY) ? getContext<Host>(KEY) : PAGE;
  } catch {
    // Not in a component, for example in a module: contexts are not to be had there.
    return PAGE;
  }
}

/**
 * Says which instance a component and those in it use; call it while the component is set up.
 * `instance`: an instance, or the promise that `init()` returns; left out: the page's own; `null`: none.
 * `initial`: what a server decided, rendered until there is an instance; the same on both sides.
 */
export function setUnspoken({ instance, initial }: { instance?: Instance; initial?: Initial | undefined }): void {
  setContext(KEY, { source: sourceOf(instance), initial });
}

/** A store that tells no sooner than the markup at hand has been taken over. */
function watched<T>(first: T, get: () => T, subscribe: (changed: () => void) => () => void): Current<T> {
  let value = first;
  let active = false;
  const watch = createSubscriber((update) => {
    let on = true;
    const look = () => {
      const now = get();
      if (!on || Object.is(now, value)) return;
      value = now;
      update();
    };
    active = true;
    queueMicrotask(look);
    const leave = subscribe(look);
    return () => {
      on = active = false;
      leave();
    };
  });
  return {
    get current() {
      watch();
      return active ? value : typeof document === "undefined" ? first : get();
    },
  };
}

function asked<T>(question: Question<T>): Current<T> {
  const store = answer(hostHere().source, question);
  return watched(question.first, store.get, (changed) => {
    // The first look is `watched`'s own.
    let early = true;
    queueMicrotask(() => (early = false));
    return store.subscribe(() => (early ? undefined : changed()));
  });
}

/** The instance; null on a server and where there is none yet. */
export function unspoken(): Current<Unspoken | null> {
  const { source } = hostHere();
  return watched<Unspoken | null>(null, source.current, source.subscribe);
}

/** What a slot shows, and why. Changes when anything but the decision's time has changed. */
export const decision = (slot: string): Current<Decision> => asked(decisionOf(slot, hostHere().initial));

/**
 * The forecast of an intent, 0 to 1. Changes when the rounded number is another one, not at each
 * forecast; with `above`, only when the forecast has crossed that threshold, and says whether it is at
 * least as high.
 * @example const stuck = intent("struggle", { above: 0.6 });  // {#if stuck.current} … {/if}
 */
export function intent(name: string, options: { above: number }): Current<boolean>;
export function intent(name: string, options?: IntentOptions): Current<number>;
export function intent(
  name: string,
  { above, precision = 2 }: IntentOptions & { above?: number } = {},
): Current<unknown> {
  return above === undefined ? asked(intentOf(name, { precision })) : asked(aboveOf(name, above));
}

/** All forecasts. Changes when one of the rounded numbers is another one. */
export const intents = ({ precision = 2 }: IntentOptions = {}): Current<Intents> => asked(intentsOf({ precision }));

/** A feature of the config. It is asked anew at each forecast, decision and goal. */
export const feature = <Value = Json>(key: string): Current<FeatureResult<Value>> => asked(featureOf<Value>(key));

/**
 * A slot with markup of your own: the attachment and the attributes of its element, and what it shows.
 * Slot.svelte is made of it.
 * @example const hero = slot("hero", ["help"]);
 * <section {...hero.attributes} {@attach hero.attach}>{#if hero.current === "help"} … {/if}</section>
 */
export function slot(name: string, variants: readonly string[] | (() => readonly string[])) {
  const { source, initial } = hostHere();
  const names = () => (typeof variants === "function" ? variants() : variants);
  let shown = standing(initial, name);
  const listeners = new Set<() => void>();
  const watch = createSubscriber((update) => {
    listeners.add(update);
    return () => void listeners.delete(update);
  });
  return {
    /** The name of the variant to show, or `"default"`. */
    get current(): string {
      watch();
      return names().includes(shown) ? shown : "default";
    },
    get attributes() {
      return attributesOf(name, this.current);
    },
    attach: (element: Element): (() => void) =>
      attach(source, element, {
        name,
        variants: [...names()],
        standing: () => shown,
        show(variant) {
          shown = variant;
          for (const update of [...listeners]) update();
        },
      }),
  };
}
