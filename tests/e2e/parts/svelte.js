/** Mounts or hydrates the parts of Svelte apps for the tests. */
import { flushSync, hydrate, mount, unmount } from "svelte";
import Parts from "./Parts.svelte";
import { turned } from "./turned.svelte.js";

let app;
const target = () => document.getElementById("app");
window.mount = (props) => {
  app = mount(Parts, { target: target(), props });
  flushSync();
};
window.hydrate = (props) => {
  app = hydrate(Parts, { target: target(), props });
  flushSync();
};
window.unmount = () => unmount(app);
window.turn = (more) => {
  Object.assign(turned, more);
  flushSync();
};
window.started = true;
