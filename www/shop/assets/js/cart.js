/** The cart page: lines from a template, counts, sums, the empty state. */
import { catalogue } from "./catalogue.js";
import { say } from "./shop.js";
import { cart, pounds, sums } from "./store.js";

const list = document.querySelector("[data-lines]");
const template = document.querySelector("template[data-line]");
const empty = document.querySelector("[data-empty]");
const sum = document.querySelector("[data-sum]");

/** A product page's form, sent before its script was there, arrives as ?add=…&size=… */
function takeFromAddress() {
  const query = new URLSearchParams(location.search);
  const slug = query.get("add");
  if (!catalogue[slug] || !query.get("size")) return;
  cart.add(slug, query.get("size"));
  history.replaceState(history.state, "", location.pathname);
}

function lineElement(line, index) {
  const product = catalogue[line.slug];
  const item = template.content.cloneNode(true).firstElementChild;
  item.dataset.index = index;
  const image = item.querySelector("img");
  image.src = `/assets/art/${line.slug}.svg`;
  const link = item.querySelector("h2 a");
  link.href = product.href;
  link.textContent = product.name;
  item.querySelector("[data-line-size]").textContent = /^one size$/i.test(line.size)
    ? "One size"
    : `${product.sizeName} ${line.size}`;
  item.querySelector("[data-line-count]").textContent = line.count;
  item.querySelector("[data-line-price]").textContent = pounds(product.price * line.count);
  const less = item.querySelector("[data-less]");
  less.setAttribute("aria-label", `One ${product.name} less`);
  less.disabled = line.count < 2;
  const more = item.querySelector("[data-more]");
  more.setAttribute("aria-label", `One ${product.name} more`);
  more.disabled = line.count > 8;
  item.querySelector("[data-remove]").setAttribute("aria-label", `Remove ${product.name}`);
  return item;
}

function show() {
  const lines = cart.lines();
  list.replaceChildren(...lines.map(lineElement));
  empty.hidden = lines.length > 0;
  sum.hidden = lines.length === 0;
  const { things, first, total } = sums(lines);
  sum.querySelector("[data-sum-things]").textContent = pounds(things);
  sum.querySelector("[data-sum-first]").textContent = `−${pounds(first)}`;
  sum.querySelector("[data-sum-first-row]").hidden = first === 0;
  sum.querySelector("[data-sum-total]").textContent = pounds(total);
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const index = Number(button.closest("[data-index]").dataset.index);
  const lines = cart.lines();
  const { name } = catalogue[lines[index].slug];
  const kind = ["less", "more", "remove"].find((k) => k in button.dataset);
  if (kind === "remove") lines.splice(index, 1);
  else lines[index].count += kind === "more" ? 1 : -1;
  cart.save(lines);
  show();
  say(kind === "remove" ? `${name} is out of your cart.` : `${lines[index].count} × ${name}.`);
  // The line was drawn anew: put the focus back where it was, or on the nearest thing left.
  const again =
    list.querySelector(`[data-index="${index}"] [data-${kind}]:not(:disabled)`) ??
    list.querySelector(`[data-index="${Math.min(index, lines.length - 1)}"] button:not(:disabled)`) ??
    document.getElementById("main");
  again.focus({ preventScroll: true });
});

takeFromAddress();
show();
window.addEventListener("storage", show);
window.addEventListener("pageshow", (event) => event.persisted && show());
