/**
 * Checkout: the browser validates, this script says it in words beside the fields
 * and in a summary; then the review, where #order sends the visitor to the thanks page.
 */
import { catalogue } from "./catalogue.js";
import { cart, orders, pounds, sums } from "./store.js";

const $ = (selector) => document.querySelector(selector);
const ways = {
  post: ["Post, two or three days", 0],
  saturday: ["Saturday, before noon", 7],
  collect: ["You, from the workshop", 0],
};
const form = $("[data-form]");
const fields = [...form.querySelectorAll(".field input")];
const problems = $("[data-problems]");

const way = () => $(".ways input:checked")?.value ?? "post";

function keep() {
  const details = Object.fromEntries(fields.map((f) => [f.id, f.value]));
  try {
    sessionStorage.setItem("shop.details", JSON.stringify({ ...details, way: way() }));
  } catch {
    // Forgotten on the next page, no more than that.
  }
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem("shop.details")) ?? {};
    for (const f of fields) f.value = kept[f.id] ?? f.value;
    const chosen = $(`.ways input[value="${kept.way in ways ? kept.way : "post"}"]`);
    if (chosen) chosen.checked = true;
  } catch {
    // Nothing kept.
  }
}

function showSum() {
  const lines = cart.lines();
  $("[data-empty]").hidden = lines.length > 0;
  $("[data-checkout]").hidden = lines.length === 0;
  const { first, total } = sums(lines, ways[way()][1]);
  $("[data-sum-lines]").replaceChildren(
    ...lines.map((l) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = `${l.count} × ${catalogue[l.slug].name}, ${l.size.toLowerCase() === "one size" ? "one size" : l.size}`;
      const price = document.createElement("span");
      price.textContent = pounds(catalogue[l.slug].price * l.count);
      item.append(name, price);
      return item;
    }),
  );
  $("[data-sum-first-row]").hidden = first === 0;
  $("[data-sum-first]").textContent = `−${pounds(first)}`;
  $("[data-sum-way]").textContent = ways[way()][1] ? pounds(ways[way()][1]) : "free";
  $("[data-sum-total]").textContent = pounds(total);
}

function step(name) {
  $("[data-details]").hidden = name !== "details";
  $("[data-review]").hidden = name !== "review";
  for (const item of document.querySelectorAll("[data-step]")) {
    if (item.dataset.step === name) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

/** One field's message, or none. */
function mark(field) {
  const bad = !field.validity.valid;
  field.setAttribute("aria-invalid", bad);
  document.getElementById(`${field.id}-error`).textContent = bad
    ? field.dataset.message || field.validationMessage
    : "";
  return bad;
}

/** The summary over the form: every problem, each a link to its field. */
function summarise() {
  const bad = fields.filter((f) => !f.validity.valid);
  problems.hidden = bad.length === 0;
  if (bad.length === 0) return;
  $("[data-problems-title]").textContent =
    bad.length === 1 ? "One thing is missing" : `${bad.length} things are missing`;
  problems.querySelector("ul").replaceChildren(
    ...bad.map((f) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${f.id}`;
      link.textContent = f.dataset.message || f.validationMessage;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        f.focus();
      });
      item.append(link);
      return item;
    }),
  );
}

let pending = false;
form.addEventListener(
  "invalid",
  (event) => {
    event.preventDefault(); // Our own words instead of the browser's bubble; the event itself goes on.
    mark(event.target);
    if (pending) return;
    pending = true;
    queueMicrotask(() => {
      pending = false;
      summarise();
      problems.focus();
    });
  },
  true,
);

form.addEventListener("input", (event) => {
  if (event.target.getAttribute("aria-invalid") === "true") mark(event.target);
});

$(".ways").addEventListener("change", showSum);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  problems.hidden = true;
  keep();
  const value = (id) => document.getElementById(id).value.trim();
  $("[data-review-to]").textContent =
    way() === "collect"
      ? `${value("name")}, at the workshop`
      : [value("name"), value("street"), value("town"), value("postcode").toUpperCase()].join(", ");
  $("[data-review-mail]").textContent = value("email");
  $("[data-review-way]").textContent = ways[way()][0];
  step("review");
  $("#review-title").focus();
});

$("[data-back]").addEventListener("click", () => {
  step("details");
  fields[0].focus();
});

$("#order").addEventListener("click", () => {
  const lines = cart.lines();
  const [a, b] = crypto.getRandomValues(new Uint16Array(2));
  orders.add({
    id: `N-${(a % 9000) + 1000}-${(b % 90) + 10}`,
    at: Date.now(),
    lines,
    total: sums(lines, ways[way()][1]).total,
    way: way(),
  });
  cart.save([]);
  try {
    sessionStorage.removeItem("shop.details");
  } catch {
    // Nothing was kept.
  }
  location.assign("/thanks/");
});

recall();
showSum();
window.addEventListener("storage", showSum);
window.addEventListener("pageshow", (event) => event.persisted && showSum());
