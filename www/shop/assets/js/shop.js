/**
 * On every page: the counts in the header, the compare buttons, the focus
 * after a note was closed, and how full the cart is. All by delegation, so it holds for content that a slot shows later.
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

/** Where what Unspoken takes away had the focus, the page gets it, not nothing at all. */
function keepFocus() {
  setTimeout(() => {
    if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-compare-add], [data-compare-drop], [data-unspoken-dismiss]");
  if (!button) return;
  if ("unspokenDismiss" in button.dataset) keepFocus();
  else toggleCompare(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.target.closest?.(".slot")?.querySelector("[data-unspoken-dismiss]")?.click();
});

/** How much waits in the cart, for the reminder on a later visit: it must not speak of an empty one. */
document.addEventListener("shop:change", ({ detail }) => {
  if (detail !== "shop.cart") return;
  window.unspoken ||= [];
  window.unspoken.push(["fact", "cart", cart.count()]);
});

document.addEventListener("shop:change", refresh);
window.addEventListener("storage", refresh);
window.addEventListener("pageshow", refresh);
refresh();
