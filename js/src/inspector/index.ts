/**
 * `import "unspoken/inspector"`: defines `<unspoken-inspector>` and, on a page that has none in its
 * markup, adds one. Importing it twice, or on a server, does nothing more.
 */
import { UnspokenInspector } from "./element.js";

export { UnspokenInspector };

const NAME = "unspoken-inspector";

function addOne(): void {
  if (!document.querySelector(NAME)) document.body.append(document.createElement(NAME));
}

if (typeof document !== "undefined" && !customElements.get(NAME)) {
  customElements.define(NAME, UnspokenInspector);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addOne);
  else addOne();
}
