/**
 * Finds the instance of this page, however it came here: by the script tag or by `init`.
 *
 * The inspector is a module of its own and does not import the client: a page that never opens it
 * must not pay for it, and a page that does must not get a second client.
 */
import type { Unspoken } from "../types.js";

/** The instance, or undefined while there is none (a queue stub has no `stats`). */
export function find(): Unspoken | undefined {
  const scope = globalThis as { unspoken?: Partial<Unspoken> } & Record<symbol, Partial<Unspoken> | undefined>;
  return [scope[Symbol.for("unspoken")], scope.unspoken].find(
    (candidate): candidate is Unspoken => typeof candidate?.stats === "function",
  );
}
