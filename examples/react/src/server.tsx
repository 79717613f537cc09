/** The server's side: the app as markup, with the variants that were decided, such as `visit.shown` of unspoken/node. */
import { StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { type Initial, UnspokenProvider } from "unspoken/react";
import { App } from "./App";

export const render = (initial?: Initial): string =>
  renderToString(
    <StrictMode>
      <UnspokenProvider initial={initial}>
        <App />
      </UnspokenProvider>
    </StrictMode>,
  );
