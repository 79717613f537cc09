/**
 * On every page: the counts in the header, the compare buttons, and the notes a
 * visitor can close. All by delegation, so it holds for content that a slot shows later.
 */
import { catalogue } from "./catalogue.js";
import { cart, compared } from "./store.js";

/** Tells a screen reader what just happened. */
export function say(text) {
  const place = document.querySelector("[data-say]");
  if (place) place.textContent = text;
}

function refresh() {
  for (const place of document.querySelectorAll('[data-count="cart"]')) {
    const n = cart.count();
    place.textContent = n;
    place.classList.toggle("some", n > 0);
  }
  const list = compared.list();
  for (const place of document.querySelectorAll('[data-count="compare"]')) {
    place.textContent = list.length;
    place.hidden = list.length === 0;
  }
  for (const add of document.querySelectorAll("[data-compare-add]")) {
    const on = list.includes(add.dataset.compareAdd);
    add.hidden = on;
    const drop = add.parentElement.querySelector("[data-compare-drop]");
    if (drop) drop.hidden = !on;
  }
}

function toggleCompare(button) {
  const slug = button.dataset.compareAdd ?? button.dataset.compareDrop;
  const adding = "compareAdd" in button.dataset;
  const list = compared.list().filter((s) => s !== slug);
  compared.save(adding ? [...list, slug] : list);
  button.parentElement.querySelector("button:not([hidden])")?.focus();
  say(`${catalogue[slug].name} ${adding ? "is in the comparison" : "is out of the comparison"}.`);
}

/** Closes a note, keeps focus on the page, and says so to Unspoken: it will not come back. */
function dismiss(button) {
  const name = button.dataset.dismiss;
  const pop = button.closest(".pop");
  const focused = pop?.contains(document.activeElement);
  if (pop) pop.hidden = true;
  if (focused) document.getElementById("main")?.focus({ preventScroll: true });
  window.unspoken?.fact?.(name, "dismissed");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-compare-add], [data-compare-drop], [data-dismiss]");
  if (!button) return;
  if ("dismiss" in button.dataset) dismiss(button);
  else toggleCompare(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const button = event.target.closest?.(".pop")?.querySelector("[data-dismiss]");
  if (button) dismiss(button);
});

document.addEventListener("shop:change", refresh);
window.addEventListener("storage", refresh);
window.addEventListener("pageshow", refresh);
refresh();
