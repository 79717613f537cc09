/**
 * What the shop keeps on the device: cart (30 days), comparison, and the last order.
 * Storage that is full, forbidden or broken reads as empty.
 */
import { catalogue } from "./catalogue.js";

const DAYS = 30;
const CART = "shop.cart";
const COMPARE = "shop.compare";
const ORDERS = "shop.orders";

function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: the page works on, it only forgets.
  }
  document.dispatchEvent(new CustomEvent("shop:change", { detail: key }));
}

export const cart = {
  lines() {
    const { at = 0, lines = [] } = read(CART, {});
    if (Date.now() - at > DAYS * 86400000 || !Array.isArray(lines)) return [];
    return lines.filter((l) => catalogue[l.slug] && l.count > 0);
  },
  save: (lines) => write(CART, { at: Date.now(), lines }),
  add(slug, size) {
    const lines = cart.lines();
    const line = lines.find((l) => l.slug === slug && l.size === size);
    if (line) line.count = Math.min(9, line.count + 1);
    else lines.push({ slug, size, count: 1 });
    cart.save(lines);
  },
  count: () => cart.lines().reduce((sum, l) => sum + l.count, 0),
};

export const compared = {
  list: () => read(COMPARE, []).filter((slug) => catalogue[slug]),
  save: (list) => write(COMPARE, [...new Set(list)]),
};

export const orders = {
  all: () => read(ORDERS, []),
  last: () => orders.all().at(-1),
  add: (order) => write(ORDERS, [...orders.all(), order].slice(-5)),
};

/** Sums in pounds: things, what comes off a first order, and the total. */
export function sums(lines, travel = 0) {
  const things = lines.reduce((sum, l) => sum + catalogue[l.slug].price * l.count, 0);
  const first = orders.all().length === 0 ? Math.round(things * 10) / 100 : 0;
  return { things, first, total: things - first + travel };
}

export const pounds = (n) => `£${Number.isInteger(n) ? n : n.toFixed(2)}`;

export function forget() {
  for (const key of [CART, COMPARE, ORDERS]) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Already out of reach.
    }
  }
  try {
    sessionStorage.removeItem("shop.details");
  } catch {
    // The same.
  }
  document.dispatchEvent(new CustomEvent("shop:change"));
}
