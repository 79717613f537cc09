/** A product page: adding to the cart, with the size asked for in words. */
import { catalogue } from "./catalogue.js";
import { say } from "./shop.js";
import { cart } from "./store.js";

const form = document.querySelector(".buy");
const error = document.getElementById("size-error");
const added = document.querySelector("[data-added]");

form.addEventListener(
  "invalid",
  (event) => {
    event.preventDefault();
    error.textContent = "Choose a size first.";
    form.querySelector(".pick input")?.focus();
  },
  true,
);

form.addEventListener("change", () => {
  error.textContent = "";
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const slug = form.elements.add.value;
  const size = form.elements.size.value;
  cart.add(slug, size);
  const link = document.createElement("a");
  link.href = "/cart/";
  link.textContent = "Go to the cart";
  added.replaceChildren(`In your cart, ${size.toLowerCase() === "one size" ? "one size" : `size ${size}`}. `, link);
  say(`${catalogue[slug].name} is in your cart.`);
});
