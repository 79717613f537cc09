/**
 * Batches as pages send them (`src/wire/`, version 3), and a shop's day of them.
 *
 * What the dashboard shows needs hundreds of visitors; a browser each would take an hour. The bytes
 * are the wire's own, so what comes back went through the whole collector.
 */

const WIRE = 3;

/** A number in its shortest MessagePack form. */
function uint(out, value) {
  if (value < 0x80) out.push(value);
  else if (value < 0x100) out.push(0xcc, value);
  else if (value < 0x1_0000) out.push(0xcd, value >> 8, value & 255);
  else if (value < 0x1_0000_0000) out.push(0xce, ...big(value, 4));
  else out.push(0xcf, ...big(value, 8));
}

const big = (value, bytes) =>
  Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) % 256);

function array(out, length) {
  if (length < 16) out.push(0x90 | length);
  else out.push(0xdc, length >> 8, length & 255);
}

function text(out, value) {
  const bytes = new TextEncoder().encode(value);
  if (bytes.length < 32) out.push(0xa0 | bytes.length);
  else out.push(0xd9, bytes.length);
  out.push(...bytes);
}

function id(out, hex) {
  out.push(0xc4, 16, ...Buffer.from(hex, "hex"));
}

function real(out, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  out.push(0xcb, ...bytes);
}

/**
 * One batch. `events` are `[at, letter, ...fields]`, with names as text (`null` for none); a goal's value is
 * a real, a forecast's bins and a lesson's context are lists.
 */
export function encodeBatch({
  batch,
  visitor,
  session,
  view,
  sequence = 0,
  baseMs,
  automation = 0,
  excluded = 0,
  events,
}) {
  const names = [];
  const name = (value) => {
    if (value === null) return 0;
    if (!names.includes(value)) names.push(value);
    return names.indexOf(value) + 1;
  };
  const body = [];
  array(body, events.length);
  for (const [at, letter, ...fields] of events) {
    array(body, 2);
    uint(body, at);
    body.push(0x81, 0xa1, letter.charCodeAt(0));
    array(body, fields.length);
    for (const field of fields) {
      if (typeof field === "string" || field === null) uint(body, name(field));
      else if (typeof field === "object" && "value" in field) real(body, field.value);
      else if (Array.isArray(field)) list(body, field);
      else uint(body, field);
    }
  }
  const out = [];
  array(out, 13);
  uint(out, WIRE);
  for (const each of [batch, visitor, session]) id(out, each);
  for (const each of [view, sequence, baseMs, 0, automation, excluded]) uint(out, each);
  array(out, names.length);
  for (const each of names) text(out, each);
  out.push(...body, 0xc4, 0);
  return Uint8Array.from(out);
}

function list(out, values) {
  array(out, values.length);
  for (const value of values) {
    if (Array.isArray(value)) list(out, value);
    else uint(out, value);
  }
}

/** Posts a batch as a program, and insists that it was kept. */
export async function post(collector, key, batch) {
  const answer = await fetch(`${collector}/v1/batch?key=${key}`, { method: "POST", body: encodeBatch(batch) });
  if (answer.status !== 204) throw new Error(`a batch was answered ${answer.status}: ${await answer.text()}`);
}

/** mulberry32: the same day on every machine. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (draw) => Array.from({ length: 32 }, () => Math.floor(draw() * 16).toString(16)).join("");

const HOUR_MS = 3_600_000;
const OFFERS = ["default", "delivery", "care"];
const OFFER_WORTH = { default: 0.12, delivery: 0.3, care: 0.2 };

/** What one visitor of the made-up shop did. `guide` helps: a third buys rather than a tenth, and more is put into carts. */
export function visitor(draw, baseMs) {
  const variant = draw() < 0.5 ? "default" : "guide";
  const headline = draw() < 0.5 ? "default" : "mended";
  const offer = OFFERS[Math.floor(draw() * OFFERS.length)];
  const bought = draw() < (variant === "guide" ? 0.33 : 0.1);
  const struggles = draw() < 0.25;
  const events = [];
  let at = 0;
  const tell = (...event) => events.push([(at += Math.ceil(200 + draw() * 900)), ...event]);
  tell("p", "/", "home", null);
  tell("x", "hero", variant, "hero-test", 500_000);
  // Below the fold: fewer see it.
  if (draw() < 0.8) tell("x", "headline", headline, "headline-test", 500_000);
  tell("d", "hero", Math.ceil(2000 + draw() * (variant === "guide" ? 9000 : 4000)));
  for (const depth of [25, 50, 75, 100]) if (draw() < 1.1 - depth / 130) tell("s", depth);
  if (draw() < 0.5) tell("c", "hero", 1, 0);
  if (struggles) tell("c", "headline", 0, draw() < 0.5 ? 3 : 2);
  if (draw() < 0.8 || bought) {
    tell("p", `/p/${Math.floor(draw() * 9)}`, "product", "boot");
    tell("x", "offer", offer, "offer-learn", 333_333);
    tell("d", "offer", Math.ceil(800 + draw() * 3000));
    if (draw() < 0.15) tell("z", "offer");
    if (draw() < 0.3) tell("p", "/compare", "compare", null);
    const taken = draw() < OFFER_WORTH[offer] * (variant === "guide" ? 2 : 0.5);
    if (taken) tell("g", "add_to_cart", { value: 0 });
    tell("l", "offer", "offer-learn", offer, 333_333, taken ? 1_000_000 : 0, [1000 + Math.floor(draw() * 900)]);
    if (taken || bought) tell("p", "/cart", "cart", null);
  }
  if (bought) {
    tell("p", "/checkout", "checkout", null);
    tell("g", "purchase", { value: Math.round(40 + draw() * 160) });
  }
  for (const [head, lift] of [
    ["commit", 0.4],
    ["struggle", struggles ? 0.5 : 0],
    ["buy", bought ? 0.4 : 0],
  ]) {
    const low = Math.floor(draw() * 3);
    const high = Math.min(9, low + 1 + Math.floor(lift * 10 * draw()));
    const bins = [...new Set([low, high])]
      .sort((a, b) => a - b)
      .map((index) => {
        const count = 4 + Math.floor(draw() * 4);
        const sum = count * (index * 100 + 50);
        return [index, count, Math.min(count, Math.round((sum / 1000) * (0.7 + draw() * 0.6))), sum];
      });
    tell("i", head, bins);
  }
  return { batch: hex(draw), visitor: hex(draw), session: hex(draw), view: Math.floor(draw() * 1e9), baseMs, events };
}

/** A day of `count` visitors up to now, the last of them on the site still. */
export async function seedShop(collector, key, count, { seed = 1, now = Date.now() } = {}) {
  const draw = random(seed);
  const batches = Array.from({ length: count }, (_, at) =>
    visitor(draw, now - 20 * HOUR_MS * (1 - at / count) - 60_000),
  );
  for (let from = 0; from < batches.length; from += 16) {
    await Promise.all(
      batches
        .slice(from, from + 16)
        .map((batch) => post(collector, key, { ...batch, baseMs: Math.floor(batch.baseMs) })),
    );
  }
  return batches;
}
