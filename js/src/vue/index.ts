/**
 * Vue 3: slots that Vue renders by itself, and composables for what the instance knows.
 *
 * The SDK never touches a document that Vue owns: a slot is handed over by `attach`, and what it is told
 * to show is a ref like any other. On a server and while its markup is taken over, all of this answers
 * with `initial` or the default; the instance is asked once a component is mounted.
 */
import {
  defineComponent,
  Fragment,
  getCurrentInstance,
  h,
  hasInjectionContext,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onActivated,
  onBeforeUnmount,
  onDeactivated,
  onMounted,
  onUpdated,
  type Plugin,
  type ShallowRef,
  type SlotsType,
  shallowRef,
  toValue,
  type VNode,
  watch,
  watchEffect,
} from "vue";
import {
  type Answer,
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

/** What `app.use(unspokenPlugin, …)` takes. */
export interface UnspokenPluginOptions {
  /** The instance, or the promise that `init()` returns. Left out: the page's own. `null`: none. */
  instance?: Instance;
  /** What a server decided: it is rendered until there is an instance. The same on both sides. */
  initial?: Initial | undefined;
}

interface Host {
  source: Source;
  initial: Initial | undefined;
}

const KEY: InjectionKey<Host> = Symbol("unspoken");
const PAGE: Host = { source: pageSource, initial: undefined };

/** Says which instance an app uses. Without the plugin it is the page's. */
export const unspokenPlugin: Plugin<[options?: UnspokenPluginOptions]> = {
  install(app, { instance, initial } = {}) {
    app.provide(KEY, { source: sourceOf(instance), initial });
  },
};

const hostHere = (): Host => (hasInjectionContext() ? inject(KEY, PAGE) : PAGE);

/**
 * A slot: shows its default slot, or the named one of the variant that was decided.
 *
 * Each variant is a subtree of its own: it is mounted when it is shown, and its state goes when
 * another takes its place.
 * @example <UnspokenSlot name="hero" as="section">Welcome<template #help><Help /></template></UnspokenSlot>
 */
export const UnspokenSlot = defineComponent({
  name: "UnspokenSlot",
  props: {
    /** The slot's name, as in the config. */
    name: { type: String, required: true },
    /** The element that is rendered. */
    as: { type: String, default: "div" },
  },
  slots: Object as SlotsType<{ [variant: string]: Record<string, never> }>,
  setup(props, { slots }) {
    const { source, initial } = hostHere();
    const element = shallowRef<Element | null>(null);
    const shown = shallowRef(standing(initial, props.name));
    // Vue keeps marks of its own among the slots.
    const names = () => Object.keys(slots).filter((name) => name !== "default" && typeof slots[name] === "function");
    let attached: unknown[] = [];
    let release: (() => void) | undefined;

    function leave() {
      release?.();
      release = undefined;
      attached = [];
    }
    function settle() {
      const variants = names();
      const now = [element.value, props.name, ...variants];
      if (!element.value || (now.length === attached.length && now.every((part, at) => part === attached[at]))) return;
      leave();
      attached = now;
      release = attach(source, element.value, {
        name: props.name,
        variants,
        standing: () => shown.value,
        show: (variant) => {
          shown.value = variant;
        },
      });
    }
    watch(
      () => props.name,
      (name) => {
        leave();
        shown.value = standing(initial, name);
      },
      { flush: "sync" },
    );
    onMounted(settle);
    onUpdated(settle);
    onActivated(settle);
    onDeactivated(leave);
    onBeforeUnmount(leave);

    return (): VNode => {
      const variant = slots[shown.value] ? shown.value : "default";
      const content = h(Fragment, { key: variant }, slots[variant]?.({}));
      return h(props.as, { ...attributesOf(props.name, variant), ref: element }, [content]);
    };
  },
});

function useAnswer<T>(make: () => Question<T>): Readonly<ShallowRef<T>> {
  const { source } = hostHere();
  const value = shallowRef(make().first) as ShallowRef<T>;
  const start = () => {
    watchEffect((onCleanup) => {
      const store: Answer<T> = answer(source, make());
      value.value = store.get();
      onCleanup(store.subscribe(() => void (value.value = store.get())));
    });
  };
  // Not before the markup of a server has been taken over.
  if (getCurrentInstance()) onMounted(start);
  else start();
  return value;
}

/** The instance; null on a server, before the component is mounted, and where there is none yet. */
export function useUnspoken(): Readonly<ShallowRef<Unspoken | null>> {
  const { source } = hostHere();
  const value = shallowRef<Unspoken | null>(null);
  const start = () => {
    watchEffect((onCleanup) => {
      value.value = source.current();
      onCleanup(source.subscribe(() => void (value.value = source.current())));
    });
  };
  if (getCurrentInstance()) onMounted(start);
  else start();
  return value;
}

/** What a slot shows, and why. Changes when anything but the decision's time has changed. */
export function useDecision(slot: MaybeRefOrGetter<string>): Readonly<ShallowRef<Decision>> {
  const { initial } = hostHere();
  return useAnswer(() => decisionOf(toValue(slot), initial));
}

/**
 * The forecast of an intent, 0 to 1. Changes when the rounded number is another one, not at each
 * forecast; with `above`, only when the forecast has crossed that threshold, and says whether it is at
 * least as high.
 * @example const stuck = useIntent("struggle", { above: 0.6 });
 */
export function useIntent(
  name: MaybeRefOrGetter<string>,
  options: { above: MaybeRefOrGetter<number> },
): Readonly<ShallowRef<boolean>>;
export function useIntent(name: MaybeRefOrGetter<string>, options?: IntentOptions): Readonly<ShallowRef<number>>;
export function useIntent(
  name: MaybeRefOrGetter<string>,
  { above, precision = 2 }: IntentOptions & { above?: MaybeRefOrGetter<number> } = {},
): Readonly<ShallowRef<unknown>> {
  return above === undefined
    ? useAnswer(() => intentOf(toValue(name), { precision }))
    : useAnswer(() => aboveOf(toValue(name), toValue(above)));
}

/** All forecasts. Changes when one of the rounded numbers is another one. */
export function useIntents({ precision = 2 }: IntentOptions = {}): Readonly<ShallowRef<Intents>> {
  return useAnswer(() => intentsOf({ precision }));
}

/** A feature of the config. It is asked anew at each forecast, decision and goal. */
export function useFeature<Value = Json>(key: MaybeRefOrGetter<string>): Readonly<ShallowRef<FeatureResult<Value>>> {
  return useAnswer(() => featureOf<Value>(toValue(key)));
}
