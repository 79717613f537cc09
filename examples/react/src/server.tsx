/** The server's side: the app as markup, with the variants that were decided. */
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
