/** The browser's side: starts Unspoken and mounts the app, or takes over what a server rendered. */
import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { init } from "unspoken";
import { type Initial, UnspokenProvider } from "unspoken/react";
import { App } from "./App";
import "./style.css";

void init({ config: "/unspoken.json" });

// What the server decided, if one did: both sides have to render the same.
const told = document.getElementById("decided")?.textContent;
const initial: Initial | undefined = told ? JSON.parse(told) : undefined;

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
