/** The browser's side: starts Unspoken and mounts the app, or takes over what a server rendered. */
import { init } from "unspoken";
import type { Initial } from "unspoken/vue";
import { make } from "./make";
import "./style.css";

void init({ config: "/unspoken.json" });

// What the server decided, if one did: both sides have to render the same.
const told = document.getElementById("decided")?.textContent;
const initial: Initial | undefined = told ? JSON.parse(told) : undefined;

const root = document.getElementById("app") as HTMLElement;
const isRendered = root.firstElementChild !== null;
make(isRendered, initial).mount(root);
