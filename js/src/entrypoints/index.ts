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
      parts: {
        experiment: new URL("./unspoken-experiment.wasm", import.meta.url),
        learn: new URL("./unspoken-learn.wasm", import.meta.url),
        collect: new URL("./unspoken-collect.wasm", import.meta.url),
        past: new URL("./unspoken-past.wasm", import.meta.url),
        more: new URL("./unspoken-more.wasm", import.meta.url),
        tools: new URL("./unspoken-tools.wasm", import.meta.url),
      },
    };
  } catch {
    return {};
  }
}
