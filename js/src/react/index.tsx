/**
 * React: slots that React renders by itself, and hooks for what the instance knows.
 *
 * The SDK never touches a document that React owns: a slot is handed over by `attach`, and what it is
 * told to show is state like any other. So there is nothing to fight over and nothing to mismatch. On a
 * server and while its markup is taken over, all of this answers with `initial` or the default.
 *
 * Written without JSX, so that it needs nothing of the page's build but `react` itself, 18 or newer.
 */
"use client";

import {
  type ComponentProps,
  createContext,
  createElement,
  type ElementType,
  Fragment,
  type ReactNode,
  type Ref,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
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

interface Host {
  source: Source;
  initial: Initial | undefined;
}

const Context = createContext<Host>({ source: pageSource, initial: undefined });
Context.displayName = "Unspoken";

/** What {@link UnspokenProvider} takes. */
export interface UnspokenProviderProps {
  /** The instance, or the promise that `init()` returns. Left out: the page's own. `null`: none yet. */
  instance?: Instance;
  /** What a server decided: it is rendered until there is an instance. The same on both sides. */
  initial?: Initial | undefined;
  children?: ReactNode;
}

/** Says which instance the slots and hooks below use. Without one they use the page's. */
export function UnspokenProvider({ instance, initial, children }: UnspokenProviderProps): ReactNode {
  const source = useMemo(() => sourceOf(instance), [instance]);
  const host = useMemo(() => ({ source, initial }), [source, initial]);
  return createElement(Context.Provider, { value: host }, children);
}

/** A layout effect, so that a subtree that suspends or is hidden gives its slots back; React 18 warns of one on a server. */
const useAttachment = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** What {@link Slot} takes; everything else goes to the element. */
export type SlotProps<Tag extends ElementType = "div"> = {
  /** The slot's name, as in the config. */
  name: string;
  /** What it can show besides its children, by the variants' names. */
  variants?: Readonly<Record<string, ReactNode>>;
  /** The element that is rendered, or a component that passes its props and `ref` to one. Default `div`. */
  as?: Tag;
  /** The default. */
  children?: ReactNode;
  ref?: Ref<Element>;
} & Omit<ComponentProps<Tag>, "name" | "variants" | "as" | "children" | "ref">;

const NONE: Readonly<Record<string, ReactNode>> = {};

/** What a slot shows: kept outside of React, whose other updates may wait longer than a frame. */
function shelf(first: string) {
  let shown = first;
  const listeners = new Set<() => void>();
  return {
    get: () => shown,
    first: () => first,
    show(variant: string) {
      shown = variant;
      for (const changed of [...listeners]) changed();
    },
    subscribe(changed: () => void) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
  };
}

/**
 * A slot: shows its children, or the variant that was decided.
 *
 * Each variant is a subtree of its own: it is mounted when it is shown, and its state goes when
 * another takes its place.
 * @example <Slot name="hero" as="section" variants={{ help: <Help /> }}><Welcome /></Slot>
 */
export function Slot<Tag extends ElementType = "div">(props: SlotProps<Tag>): ReactNode {
  const { name, variants = NONE, as = "div", children, ref, ...rest } = props as SlotProps;
  const { source, initial } = useContext(Context);
  const first = standing(initial, name);
  const state = useMemo(() => shelf(first), [name, first]);
  const shown = useSyncExternalStore(state.subscribe, state.get, state.first);
  const element = useRef<Element>(null);
  const hold = useCallback(
    (node: Element | null) => {
      element.current = node;
      if (typeof ref === "function") return ref(node);
      if (ref) ref.current = node;
      return undefined;
    },
    [ref],
  );
  const names = Object.keys(variants).sort();
  useAttachment(() => {
    const parts = { name, variants: names, standing: state.get, show: state.show };
    if (element.current) return attach(source, element.current, parts);
    console.warn(
      `unspoken: <Slot name="${name}"> has no element: let the component given as \`as\` pass on its \`ref\`.`,
    );
    return undefined;
    // The list by what it holds: it is made anew at each render.
  }, [source, state, name, as, JSON.stringify(names)]);
  const known = names.includes(shown);
  const content = createElement(Fragment, { key: known ? shown : "default" }, known ? variants[shown] : children);
  return createElement(as, { ...rest, ...attributesOf(name, known ? shown : "default"), ref: hold as never }, content);
}

// A bundle has no names for the tools of developers.
Slot.displayName = "Slot";
UnspokenProvider.displayName = "UnspokenProvider";

function useAnswer<T>(make: () => Question<T>, ...by: unknown[]): T {
  const { source } = useContext(Context);
  const store = useMemo(() => answer(source, make()), [source, ...by]);
  return useSyncExternalStore(store.subscribe, store.get, store.first);
}

/** The instance; null on a server and where there is none yet. */
export function useUnspoken(): Unspoken | null {
  const { source } = useContext(Context);
  return useSyncExternalStore(source.subscribe, source.current, () => null);
}

/** What a slot shows, and why. Renders anew when anything but the decision's time has changed. */
export function useDecision(slot: string): Decision {
  const { initial } = useContext(Context);
  return useAnswer(() => decisionOf(slot, initial), slot, initial);
}

/**
 * The forecast of an intent, 0 to 1. Renders anew when the rounded number is another one, not at each
 * forecast; with `above`, only when the forecast has crossed that threshold, and answers whether it is
 * at least as high. Where a component needs a yes or no, ask for that: it renders twice, not forty times.
 * @example const stuck = useIntent("struggle", { above: 0.6 });
 */
export function useIntent(name: string, options: { above: number }): boolean;
export function useIntent(name: string, options?: IntentOptions): number;
export function useIntent(name: string, { above, precision }: IntentOptions & { above?: number } = {}): unknown {
  return useAnswer<unknown>(
    () => (above === undefined ? intentOf(name, { precision: precision ?? 2 }) : aboveOf(name, above)) as never,
    name,
    above,
    precision,
  );
}

/** All forecasts. Renders anew when one of the rounded numbers is another one. */
export function useIntents({ precision = 2 }: IntentOptions = {}): Intents {
  return useAnswer(() => intentsOf({ precision }), precision);
}

/** A feature of the config. It is asked anew at each render, forecast, decision and goal. */
export function useFeature<Value = Json>(key: string): FeatureResult<Value> {
  return useAnswer(() => featureOf<Value>(key), key);
}
