/** The element, for the tests. */
import { UnspokenSlotElement } from "unspoken/element";

window.UnspokenSlotElement = UnspokenSlotElement;
window.told = [];
for (const event of ["unspoken-decision", "unspoken-exposure"])
  document.addEventListener(event, ({ type, target, detail, composed }) =>
    window.told.push(`${type} ${target.localName} ${detail.slot} ${detail.variant} ${composed}`),
  );
window.started = true;
