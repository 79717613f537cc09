/** The browser's side: starts Unspoken and mounts the app, or takes over what a server rendered. */
import { init } from "unspoken";
import type { Initial } from "unspoken/vue";
import { make } from "./make";
import "./style.css";

void init({ config: "/unspoken.json" });

// What a server decided (`visit.script()` of unspoken/node): both sides have to render the same.
const state = document.querySelector("script[data-unspoken-state]")?.textContent;
const initial: Initial | undefined = state ? JSON.parse(state).shown : undefined;

const root = document.getElementById("app") as HTMLElement;
const isRendered = root.firstElementChild !== null;
make(isRendered, initial).mount(root);
