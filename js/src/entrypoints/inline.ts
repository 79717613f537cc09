/**
 * `import { init } from "unspoken/inline"`: the client with the whole core inside, as text. For pages
 * of one file, and where nothing can be fetched. It is a third larger than client and core apart, and
 * a browser cannot compile the core while it arrives.
 */
import base64 from "core.wasm";
import { start } from "../client.js";
import type { InitOptions, Unspoken } from "../types.js";

export type * from "../types.js";

/** Starts the SDK, once for the page, and resolves when it runs or knows that it will not. */
export const init = (options: InitOptions): Promise<Unspoken> =>
  // A server has no use for the bytes.
  start(options, typeof document === "undefined" ? {} : { wasm: bytesOf(base64) }).ready;

const bytesOf = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
