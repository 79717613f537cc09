/** `import { init } from "unspoken"`: the core lies beside this module, where bundlers find it too. */
import { start } from "../client.js";
import type { InitOptions, Unspoken } from "../types.js";

export type * from "../types.js";

/** Starts the SDK, once for the page, and resolves when it runs or knows that it will not. */
export const init = (options: InitOptions): Promise<Unspoken> =>
  start(options, {
    wasm: new URL("./unspoken.wasm", import.meta.url),
    javascript: new URL("./unspoken-core.js", import.meta.url),
  }).ready;
