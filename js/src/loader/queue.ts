/**
 * `window.unspoken` until the instance is there: its methods keep what they are told, and those that
 * are asked answer what there is to say without a core. Whoever holds on to it goes on being heard.
 */
import { defaultDecision, eraseKeys, noFeature, noIntents } from "../inert.js";

/** A call that waits: the method, its arguments, and once it was made what came of it. */
type Call = unknown[] & { result?: (() => unknown) & { stop?(): unknown } };
type Methods = Record<string, (...args: never[]) => unknown>;

/** What stands in for the instance. */
interface StandIn {
  q: Call[];
  ready: Promise<unknown>;
}

const host = window as unknown as { unspoken?: StandIn | Call[] };
/** The most calls kept, as in the client. */
const MAX_WAITING = 500;

/**
 * Makes the stand-in, and takes over what the page has queued by itself. The function it returns ends
 * the waiting where there will be no instance.
 */
export function makeQueue(): () => void {
  const before = host.unspoken;
  const q = Array.isArray(before) ? before : (before?.q ?? []);
  let give: () => void;
  const ready = new Promise((resolve) => {
    give = () => resolve(standIn);
    document.addEventListener("unspoken:ready", (event) => resolve((event as CustomEvent).detail));
  });
  const answers: Methods = {
    decide: (slot: string) => defaultDecision(slot, "Unspoken has yet to start."),
    slots: () => [],
    feature: noFeature,
    run: (experiment?: { variations?: readonly unknown[] }) => ({
      value: experiment?.variations?.[0],
      variationId: 0,
      inExperiment: false,
    }),
    intents: noIntents,
    focus: () => null,
    erase() {
      // The keys at once; the database and the cookie when the instance is there.
      q.splice(0, q.length, ["erase"]);
      return { erased: eraseKeys() };
    },
    push(...calls: Call[]) {
      for (const [name, ...args] of calls) (standIn as unknown as Methods)[name as string]?.(...(args as never[]));
    },
  };
  const call = (name: string, args: never[]) => {
    const one: Call = [name, ...args];
    if (q.length < MAX_WAITING) q.push(one);
    // What `on` and `attach` return ends them; a recording has it as a method.
    const end = () => {
      if (one.result) return (one.result.stop ?? one.result)();
      one.length = 0;
      return "";
    };
    return Object.assign(end, { stop: end });
  };
  const standIn = new Proxy({ q, ready } as StandIn & Methods, {
    get: (own, name) =>
      // A stand-in that could be waited for would be waited for.
      own[name as string] ??
      (name === "then"
        ? undefined
        : (...args: never[]) => {
            const by = (host.unspoken === standIn ? answers : host.unspoken) as Methods;
            return by[name as string] ? by[name as string]!(...args) : call(name as string, args);
          }),
  });
  host.unspoken = standIn;
  return () => give();
}
