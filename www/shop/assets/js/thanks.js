/** The thanks page: what was ordered, or that nothing has been. */
import { catalogue } from "./catalogue.js";
import { orders, pounds } from "./store.js";

const order = orders.last();
const $ = (selector) => document.querySelector(selector);

if (order?.lines) {
  const things = order.lines.map((l) => `${l.count} × ${catalogue[l.slug]?.name ?? l.slug}`).join(", ");
  $("[data-thanks-order]").textContent = `Order ${order.id}: ${things}. ${pounds(order.total)} by invoice.`;
  if (order.way === "collect") $("[data-thanks-lead]").textContent = "Somebody at the bench is looking it out now.";
} else {
  $("[data-thanks-title]").textContent = "Nothing ordered yet";
  $("[data-thanks-lead]").textContent = "When you do, this page says what happens next.";
  $("[data-thanks-next]").hidden = true;
}
