/**
 * Keeps a trap inside the core from becoming an error of the page.
 *
 * Rust here is built with `panic = "abort"`, so a panic is a trap, and memory after a trap is not to
 * be trusted. The page calls into the core on its own (listeners, timers, promises), where nobody
 * could catch it. So the glue never sees the real exports, only this copy: the first error that comes
 * out of one ends the instance, is told once, and from then on every function returns undefined.
 *
 * That holds for any error, not only for traps: an exception of JavaScript that gets here has cut
 * through Rust frames without unwinding them, and left borrows and locks behind. What the core throws
 * on purpose (a constructor's "this config is wrong") is a returned value here, which the glue throws
 * outside of the exports, so it reaches the caller untouched.
 *
 * Limit: no export may return a promise; a rejection would pass by. Futures inside the core are fine,
 * they are polled through an export.
 */

/** The guarded exports, and what is known about the calls through them. */
export interface Guard {
  /** For the glue: every function wrapped; memory and tables as they are. */
  exports: WebAssembly.Exports;
  /** Whether core work is on the stack, so that a command would meet it half done. */
  busy(): boolean;
  dead(): boolean;
  /** Main-thread ms spent in calls of the core, with what they did to the document. */
  spent(): number;
  /**
   * When what the core is at work on began: the event's own time where a listener called, as the
   * browser took it; else that of the call. In ms of `performance.now()`.
   */
  since(): number;
}

/** wasm-bindgen refuses a listener that is already running or just removed, before it touches any state. */
const isRefusal = (error: unknown) => /closure invoked recursively/.test(String(error));

/** Wraps `exports`; `onFault` is called once, with the error that ended the instance. */
export function guarded(exports: WebAssembly.Exports, onFault: (error: unknown) => void): Guard {
  let dead = false;
  let depth = 0;
  let spent = 0;
  let began = 0;
  let since = 0;
  const copy: WebAssembly.Exports = {};
  for (const name of Object.keys(exports)) {
    const value = exports[name];
    copy[name] =
      typeof value !== "function"
        ? (value as WebAssembly.ExportValue)
        : (...args: unknown[]) => {
            if (dead) return;
            if (!depth++) {
              began = performance.now();
              since = globalThis.event?.timeStamp || began;
            }
            try {
              return value(...args);
            } catch (error) {
              // An error further in has already been told of.
              if (!dead && !isRefusal(error)) {
                dead = true;
                onFault(error);
              }
            } finally {
              if (!--depth) spent += performance.now() - began;
            }
          };
  }
  return { exports: copy, busy: () => depth > 0, dead: () => dead, spent: () => spent, since: () => since };
}
