/**
 * Keeps a trap inside the core from becoming an error of the page.
 *
 * Rust here is built with `panic = "abort"`, so a panic is a trap, and memory after a trap is not to
 * be trusted. The page calls into the core on its own (listeners, timers, promises), where nobody
 * could catch it. So the glue never sees the real exports, only this copy: the first trap ends the
 * instance, is told once, and from then on every function returns undefined.
 *
 * Not a trap, and passed on to the caller: what the glue throws on purpose, such as a constructor's
 * "this config is wrong". Below a listener of the page there is no caller of ours, so an error that
 * gets there has cut through Rust frames, and counts as a fault too.
 */

/** The guarded exports, and what is known about the calls through them. */
export interface Guard {
  /** For the glue: every function wrapped; memory and tables as they are. */
  exports: WebAssembly.Exports;
  /** Whether core work is on the stack, so that calling in again would meet it half done. */
  busy(): boolean;
  dead(): boolean;
  /** Runs `work` as ours: errors other than traps reach the caller. */
  call<T>(work: () => T): T;
}

/** `InternalError` is Firefox for a stack overflow. */
const isTrap = (error: unknown) =>
  error instanceof WebAssembly.RuntimeError ||
  error instanceof RangeError ||
  (error as Error | null)?.name === "InternalError";

/** wasm-bindgen refuses a listener that is already running or just removed, before it touches any state. */
const isRefusal = (error: unknown) => /closure invoked recursively/.test(String(error));

/** Wraps `exports`; `onFault` is called once, with the error that ended the instance. */
export function guarded(exports: WebAssembly.Exports, onFault: (error: unknown) => void): Guard {
  let dead = false;
  let depth = 0;
  let ours = 0;
  const copy: WebAssembly.Exports = {};
  for (const name of Object.keys(exports)) {
    const value = exports[name]!;
    copy[name] =
      typeof value !== "function"
        ? value
        : (...args: unknown[]) => {
            if (dead) return;
            depth++;
            try {
              return value(...args);
            } catch (error) {
              if (!isTrap(error)) {
                if (ours) throw error;
                if (isRefusal(error)) return;
              }
              // A trap further in has already been told of.
              if (!dead) {
                dead = true;
                onFault(error);
              }
            } finally {
              depth--;
            }
          };
  }
  return {
    exports: copy,
    busy: () => depth > 0,
    dead: () => dead,
    call(work) {
      ours++;
      try {
        return work();
      } finally {
        ours--;
      }
    },
  };
}
