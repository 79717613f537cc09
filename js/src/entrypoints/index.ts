/** `import { init } from "unspoken"`: the core lies beside this module, where bundlers find it too. */
import { type Addresses, start } from "../client.js";
import type { InitOptions, Unspoken } from "../types.js";

export type * from "../types.js";

/** Starts the SDK, once for the page, and resolves when it runs or knows that it will not. */
export const init = (options: InitOptions): Promise<Unspoken> => start(options, beside()).ready;

/** Bundlers look for these very forms. One that makes a plain script of them leaves no address, so it has to be named. */
function beside(): Addresses {
  try {
    return {
      wasm: new URL("./unspoken.wasm", import.meta.url),
      javascript: new URL("./unspoken-core.js", import.meta.url),
    };
  } catch {
    return {};
  }
}
