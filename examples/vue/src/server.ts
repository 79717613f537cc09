/** The server's side: the app as markup, with the variants that were decided, such as `visit.shown` of unspoken/node. */
import type { Initial } from "unspoken/vue";
import { renderToString } from "vue/server-renderer";
import { make } from "./make";

export const render = (initial?: Initial): Promise<string> => renderToString(make(true, initial));
