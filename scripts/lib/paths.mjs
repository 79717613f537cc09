/** Where things lie. Every path is absolute, so that a script works from any folder. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const at = (...parts) => join(root, ...parts);

export const dist = at("dist");
export const pkg = at("pkg");
/** What belongs to this checkout and is no output: tools, database, token. */
export const state = at(".unspoken");
export const tools = at(".unspoken/tools");
/** The collector, as `npm start` and the end-to-end tests run it. */
export const collectorBinary = at("target/release/unspoken");
