/** The compare page: ticks the boxes by what was chosen, and remembers changes. */
import { compared } from "./store.js";

const boxes = [...document.querySelectorAll(".chooser input")];
const asked = new URLSearchParams(location.search)
  .getAll("items")
  .filter((slug) => boxes.some((b) => b.value === slug));

if (asked.length > 0) {
  compared.save(asked);
  history.replaceState(history.state, "", location.pathname);
}

function show() {
  const list = compared.list();
  for (const box of boxes) box.checked = list.includes(box.value);
}

show();
window.addEventListener("storage", show);
window.addEventListener("pageshow", show);
document.querySelector(".chooser").addEventListener("change", () => {
  compared.save(boxes.filter((b) => b.checked).map((b) => b.value));
});
