/** The app, for both sides. */
import { type Initial, unspokenPlugin } from "unspoken/vue";
import { createApp, createSSRApp } from "vue";
import App from "./App.vue";

/** `rendered`: on a server, and where its markup is taken over. */
export function make(rendered: boolean, initial?: Initial) {
  const app = rendered ? createSSRApp(App) : createApp(App);
  return app.use(unspokenPlugin, { initial });
}
