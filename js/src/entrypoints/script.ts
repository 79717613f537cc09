/**
 * The script tag: reads its own attributes, makes `window.unspoken`, and makes the calls that were
 * queued before it arrived.
 *
 * A page may queue in either of two ways, `(window.unspoken ||= []).push(["goal", "purchase"])` or a
 * stub with a list `q`; `push` goes on working afterwards, so a page need not ask which it has.
 */
import { start } from "../client.js";
import type { InitOptions, Unspoken } from "../types.js";

/** A call; what came of it is put there for the loader, which has answered it before. */
type Call = ArrayLike<unknown> & { result?: unknown };
/** The instance with `push`, which makes a call at once: `push(["goal", "purchase"])`. */
export type ScriptUnspoken = Unspoken & { push(...calls: Call[]): void };

const host = window as unknown as { unspoken?: Unspoken | Call[] | { q?: Call[] } };
const script = (document.currentScript ?? document.querySelector("script[data-config]")) as HTMLScriptElement | null;

// An attribute written wrong is the core's to refuse, with a message: hence the cast.
const { config, endpoint, key, level, storage, parts, debug } = (script?.dataset ?? {}) as Record<string, string>;
const options = {
  config,
  endpoint,
  key,
  level,
  storage,
  parts: parts?.split(" "),
  debug: debug !== undefined && debug !== "false",
} as InitOptions;

const before = host.unspoken;
const beside = (file: string) => new URL(file, script?.src || location.href);
const addresses = { wasm: beside("unspoken.wasm"), javascript: beside("unspoken-core.js") };
const instance = start(options, addresses) as ScriptUnspoken;
instance.push ??= (...calls) => {
  for (const call of calls) {
    try {
      const [method, ...args] = Array.from(call) as [keyof Unspoken, ...unknown[]];
      // The loader's stand-in empties a call that was taken back.
      if (!method) continue;
      call.result = (instance[method] as (...args: unknown[]) => unknown)(...args);
    } catch (error) {
      if (options.debug) console.warn("unspoken:", call, error);
    }
  }
};
host.unspoken = instance;
// Whatever else stands there (an element with the id "unspoken", ours if loaded twice) has no calls.
instance.push(...(Array.isArray(before) ? before : ((before as { q?: Call[] } | undefined)?.q ?? [])));
