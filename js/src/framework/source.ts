/**
 * Where a binding gets the instance from, and how it follows it: the page's own, or one it was given.
 *
 * Why not `import { init }`: a second copy of the client must never get into a bundle, and the script
 * tag's instance shall do as well. So bindings know the client by its types, and take the instance from
 * the symbol under which the page has it (client.ts).
 *
 * Limit: `dispose()` is told to slots only. What else shows a forecast or a decision shows the last one
 * until it renders again.
 */
import type { Unspoken } from "../types.js";

const page = globalThis as { [key: symbol]: Unspoken | undefined };
const KEY = Symbol.for("unspoken");

/** An instance that may not be there yet, and may be followed by another. */
export interface Source {
  current(): Unspoken | null;
  /** Calls back when `current` may have become another; the function it returns stops. */
  subscribe(told: () => void): () => void;
}

/** What a binding may be given: nothing means the page's instance, `null` means none. */
export type Instance = Unspoken | PromiseLike<Unspoken> | null | undefined;

/** The instance of the page, also one that starts later, or anew after `dispose()`. */
export const pageSource: Source = {
  current: () => page[KEY] ?? null,
  subscribe(told) {
    if (typeof document === "undefined") return () => {};
    document.addEventListener("unspoken:ready", told);
    return () => document.removeEventListener("unspoken:ready", told);
  },
};

/** The source of what a binding was given. */
export function sourceOf(instance: Instance): Source {
  if (instance === undefined) return pageSource;
  if (instance === null || !("then" in instance)) return { current: () => instance, subscribe: () => () => {} };
  let current: Unspoken | null = null;
  const listeners = new Set<() => void>();
  instance.then(
    (unspoken) => {
      current = unspoken;
      for (const told of [...listeners]) told();
    },
    // Whoever made the promise hears of it; here it means that the defaults stay.
    () => {},
  );
  return {
    current: () => current,
    subscribe(told) {
      listeners.add(told);
      return () => void listeners.delete(told);
    },
  };
}

/** Runs `start` with the instance, once there is one, and anew with each that follows. */
export function follow(source: Source, start: (unspoken: Unspoken) => () => void): () => void {
  let now: Unspoken | null = null;
  let stop: (() => void) | undefined;
  const look = () => {
    const next = source.current();
    if (next === now) return;
    stop?.();
    now = next;
    stop = next ? start(next) : undefined;
  };
  const leave = source.subscribe(look);
  look();
  return () => {
    leave();
    stop?.();
  };
}
