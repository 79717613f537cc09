/** The browser's side: starts Unspoken and mounts the app, or takes over what a server rendered. */
import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { init } from "unspoken";
import { type Initial, UnspokenProvider } from "unspoken/react";
import { App } from "./App";
import "./style.css";

void init({ config: "/unspoken.json" });

// What a server decided (`visit.script()` of unspoken/node): both sides have to render the same.
const state = document.querySelector("script[data-unspoken-state]")?.textContent;
const initial: Initial | undefined = state ? JSON.parse(state).shown : undefined;

const app = (
  <StrictMode>
    <UnspokenProvider initial={initial}>
      <App />
    </UnspokenProvider>
  </StrictMode>
);
const root = document.getElementById("root") as HTMLElement;
if (root.firstElementChild) {
  hydrateRoot(root, app, { onRecoverableError: (error) => console.error("recovered from", error) });
} else {
  createRoot(root).render(app);
}
