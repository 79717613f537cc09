/**
 * A shop that has Tag Manager's data layer and Segment already. Both hear what Unspoken shows, and
 * Unspoken hears of orders from whichever of them the page tells.
 */
import { AnalyticsBrowser } from "@segment/analytics-next";
import { init } from "unspoken";
import { dataLayer, segment } from "unspoken/bridges";

// Without settings from Segment's network, and without sending to it: this page is an example.
const [analytics] = await AnalyticsBrowser.load(
  { writeKey: "example", cdnSettings: { integrations: {} } },
  { integrations: { "Segment.io": false }, disableClientPersistence: true },
);
window.dataLayer = window.dataLayer ?? [];

const log = (from, name, about) => {
  const line = document.createElement("li");
  line.textContent = `${from}  ${name}  ${about}`;
  document.querySelector("#log").append(line);
};
analytics.on("track", (name, properties) => log("Segment", name, JSON.stringify(properties)));

// What a tag of Tag Manager would do: see each entry as it is pushed.
const push = window.dataLayer.push.bind(window.dataLayer);
window.dataLayer.push = (...entries) => {
  for (const { event, ...about } of entries) log("data layer", event, JSON.stringify(about));
  return push(...entries);
};

document.querySelector("#basket").addEventListener("click", () => {
  window.dataLayer.push({ event: "add_to_cart", ecommerce: { currency: "EUR", value: 12 } });
});
document.querySelector("#order").addEventListener("click", () => {
  analytics.track("Order Completed", { order_id: "1842", revenue: "24.00", currency: "EUR" });
});

const unspoken = await init({ config: "/unspoken.json" });
dataLayer(unspoken, { goals: ["add_to_cart"] });
segment(unspoken, analytics, { goals: { "Order Completed": "purchase" } });
