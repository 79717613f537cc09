/** The server's side: the app as markup, with the variants that were decided. */
import type { Initial } from "unspoken/vue";
import { renderToString } from "vue/server-renderer";
import { make } from "./make";

export const render = (initial?: Initial): Promise<string> => renderToString(make(true, initial));
