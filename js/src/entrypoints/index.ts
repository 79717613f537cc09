/** `import { init } from "unspoken"`: the core lies beside this module, where bundlers find it too. */
import { start } from "../client.js";
import type { InitOptions, Unspoken } from "../types.js";

export type * from "../types.js";

/** Each address in full: this is what bundlers look for, and what they copy. */
const files = {
  experiment: new URL("./unspoken-experiment.wasm", import.meta.url),
  learn: new URL("./unspoken-learn.wasm", import.meta.url),
  collect: new URL("./unspoken-collect.wasm", import.meta.url),
  past: new URL("./unspoken-past.wasm", import.meta.url),
  more: new URL("./unspoken-more.wasm", import.meta.url),
  tools: new URL("./unspoken-tools.wasm", import.meta.url),
};

/** Starts the SDK, once for the page, and resolves when it runs or knows that it will not. */
export const init = (options: InitOptions): Promise<Unspoken> =>
  start(options, new URL("./unspoken.wasm", import.meta.url), files).ready;
