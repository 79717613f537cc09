/**
 * `import { init } from "unspoken/slim"`: the client alone. It does not know where the core lies, so
 * the site says: for bundlers that do not follow `new URL("…", import.meta.url)`, and for those who
 * serve the core from elsewhere.
 */
import { start } from "../client.js";
import type { InitOptions, Unspoken } from "../types.js";

export type * from "../types.js";

/** What {@link init} takes here: the core has to be named. */
export interface SlimOptions extends InitOptions {
  /** The core: the address of `unspoken.wasm` or its bytes. */
  wasm: NonNullable<InitOptions["wasm"]>;
}

/** Starts the SDK, once for the page, and resolves when it runs or knows that it will not. */
export const init = (options: SlimOptions): Promise<Unspoken> => start(options).ready;
