/**
 * Whatever fails, the default content stays and the page sees no error: a trap in the core, a blocked
 * network, storage that is full or forbidden, a broken config, a browser without the APIs.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, ready, shifts, visit } from "./support/browser.mjs";
import { startStack } from "./support/stack.mjs";

let stack;
let browser;
const PRODUCT = "boots/drover/";

before(async () => {
  stack = await startStack();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** The slots' content as the server sent it, blanks aside. */
const contents = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("[data-unspoken]")].map((slot) => ({
      slot: slot.dataset.unspoken,
      shown: slot.dataset.unspokenShown ?? "default",
      text: [...slot.childNodes]
        .filter((node) => node.nodeName !== "TEMPLATE")
        .map((node) => node.textContent.trim())
        .join(""),
    })),
  );
const fault = (page) => page.evaluate(() => window.unspoken?.stats?.().fault ?? null);

/** Uses the page as a visitor would: enough to bring out every listener. */
async function use(page) {
  await page.mouse.move(200, 200);
  await page.mouse.move(600, 400, { steps: 10 });
  await page.mouse.wheel(0, 500);
  for (let at = 0; at < 4; at++) await page.mouse.click(300, 300);
  await page.waitForTimeout(400);
}

/** Opens a product page with something broken, uses it, and holds what stands there against the default. */
async function broken(prepare, { path = PRODUCT, wait = true } = {}) {
  const plain = await visit(browser, { javaScriptEnabled: false });
  const reference = await plain.newPage();
  await reference.goto(stack.shop + path);
  const expected = await reference.locator("[data-unspoken=more]").count();
  assert.ok(expected > 0, "the page has slots");
  await plain.context.close();

  const visitor = await visit(browser);
  await prepare(visitor.context);
  const page = await visitor.newPage();
  await page.goto(stack.shop + path);
  if (wait) await ready(page);
  else await page.waitForTimeout(1_000);
  await use(page);
  return { ...visitor, page };
}

async function standsUnchanged({ page, errors, context }) {
  const all = await contents(page);
  assert.ok(all.length >= 3);
  for (const { slot, shown } of all) assert.equal(shown, "default", slot);
  assert.ok(all.find(({ slot }) => slot === "more").text.length > 20, "the default offer is there");
  assert.deepEqual(errors, []);
  assert.deepEqual(await shifts(page), []);
  await context.close();
}

/** The SDK works on: the visitor's angry clicks brought help, and nothing else happened. */
async function worksOn({ page, errors, context }) {
  assert.equal(await fault(page), null);
  const all = await contents(page);
  // Which of two texts the offer has is drawn.
  const may = { help: ["help"], offer: ["default", "guide"] };
  for (const { slot, shown } of all) assert.ok((may[slot] ?? ["default"]).includes(shown), `${slot}: ${shown}`);
  assert.deepEqual(errors, []);
  assert.deepEqual(await shifts(page), []);
  await context.close();
}

test("a trap inside a listener puts the default back and ends the instance in silence", async () => {
  const visitor = await broken((context) =>
    context.addInitScript(() => {
      for (const name of ["instantiate", "instantiateStreaming"]) {
        const real = WebAssembly[name];
        WebAssembly[name] = async (...args) => {
          const result = await real.apply(WebAssembly, args);
          window.__memory ??= (result.instance ?? result).exports;
          return result;
        };
      }
    }),
  );
  const { page } = visitor;
  await page.evaluate(() => window.unspoken.goal("purchase"));
  await page.waitForFunction(() => document.querySelector("[data-unspoken=more]").dataset.unspokenShown === "care");
  // The module's own memory, overwritten: the next listener that runs must trap.
  await page.evaluate(() => {
    const memory = Object.values(window.__memory).find((it) => it instanceof WebAssembly.Memory);
    new Uint8Array(memory.buffer).fill(0xff);
  });
  await use(page);
  assert.match(await fault(page), /core/);
  await page.evaluate(() => {
    window.unspoken.goal("after");
    window.unspoken.fact("a", 1);
    window.unspoken.decide("more");
    window.unspoken.flush();
  });
  await standsUnchanged(visitor);
});

test("memory that cannot be had ends the instance, not the tab", async () => {
  const visitor = await broken(() => {});
  await visitor.page.evaluate(() => window.unspoken.fact("x".repeat(40_000_000), 1));
  assert.match(await fault(visitor.page), /core/);
  await use(visitor.page);
  await standsUnchanged(visitor);
});

test("a blocked collector costs nothing but the batches", async () => {
  const visitor = await broken((context) => context.route(`${stack.collector}/**`, (route) => route.abort()));
  assert.equal(await fault(visitor.page), null);
  await visitor.page.evaluate(() => {
    window.unspoken.goal("seen");
    window.unspoken.flush();
  });
  await visitor.page.waitForTimeout(300);
  assert.ok((await visitor.page.evaluate(() => window.unspoken.stats().queued)) > 0, "the batch waits");
  await worksOn(visitor);
});

test("batches that could not be sent arrive with the next page", async () => {
  const { newPage, context, errors } = await visit(browser);
  await context.route(`${stack.collector}/**`, (route) => route.abort());
  const page = await newPage();
  await page.goto(stack.shop + PRODUCT);
  await ready(page);
  const visitor = await page.evaluate(() => window.unspoken.stats().visitor);
  await page.evaluate(() => window.unspoken.goal("while-offline"));
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  await context.unroute(`${stack.collector}/**`);
  const next = await newPage();
  await next.goto(stack.shop);
  await ready(next);
  const events = await stack.eventually((events) => events.some((event) => event.name === "while-offline"));
  assert.equal(events.filter(({ visitor: who, name }) => who === visitor && name === "while-offline").length, 1);
  await next.waitForTimeout(500);
  const left = await next.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("unspoken.batch.")));
  assert.deepEqual(left, []);
  assert.deepEqual(errors, []);
  await context.close();
});

for (const [what, url] of [
  ["the core", "**/unspoken.wasm"],
  ["the config", "**/unspoken.json"],
  ["the script", "**/unspoken.js"],
]) {
  test(`${what} blocked: the default stands`, async () => {
    const wait = url !== "**/unspoken.js";
    await standsUnchanged(await broken((context) => context.route(url, (route) => route.abort()), { wait }));
  });
}

test("a core that is no WebAssembly: the default stands", async () => {
  await standsUnchanged(
    await broken((context) => context.route("**/unspoken.wasm", (route) => route.fulfill({ body: "<html>" }))),
  );
});

for (const [what, body, told] of [
  ["no JSON", "{ slots: }", /JSON/],
  ["another shape", "[1,2]", /object/],
]) {
  test(`a config with ${what}: the default stands, and the fault says where`, async () => {
    const visitor = await broken((context) =>
      context.route("**/unspoken.json", (route) => route.fulfill({ body, contentType: "application/json" })),
    );
    assert.match(await fault(visitor.page), told);
    await standsUnchanged(visitor);
  });
}

test("a rule with a mistake is left out and told; the rest of the config works", async () => {
  const rules = [
    { id: "wrong", when: { x: { $near: 1 } }, show: "compare" },
    { id: "right", show: "care" },
  ];
  const visitor = await visit(browser);
  await visitor.context.route("**/unspoken.json", (route) =>
    route.fulfill({ json: { machines: "serve", slots: { more: { swap: "now", rules } } } }),
  );
  await visitor.context.addInitScript(() => {
    window.told = [];
    window.unspoken = [["on", "fault", ({ message }) => window.told.push(message)]];
  });
  const page = await visitor.newPage();
  await page.goto(stack.shop + PRODUCT);
  await ready(page);
  await page.waitForFunction(() => document.querySelector("[data-unspoken=more]").dataset.unspokenShown === "care");
  const [told] = await page.evaluate(() => window.told);
  assert.match(told, /slots\.more\.rules\[0\]\.when\.x\.\$near/);
  assert.equal(await fault(page), null);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test("a variant that the page lacks leaves the default and says so", async () => {
  const config = { slots: { more: { swap: "now", rules: [{ id: "a", show: "nowhere" }] } }, machines: "serve" };
  const visitor = await broken((context) =>
    context.route("**/unspoken.json", (route) => route.fulfill({ json: config })),
  );
  const decision = await visitor.page.evaluate(() => window.unspoken.decide("more"));
  assert.deepEqual([decision.variant, decision.shown], ["nowhere", "default"]);
  await standsUnchanged(visitor);
});

test("storage that is forbidden or full: everything works, nothing is kept", async () => {
  const forbidden = await broken((context) =>
    context.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"])
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException("denied", "SecurityError");
          },
        });
    }),
  );
  assert.equal(await fault(forbidden.page), null);
  assert.equal(await forbidden.page.evaluate(() => window.unspoken.stats().storage), "memory");
  await forbidden.page.evaluate(() => window.unspoken.goal("purchase"));
  await forbidden.page.waitForFunction(() => document.querySelector("[data-unspoken=more]").dataset.unspokenShown);
  assert.deepEqual(forbidden.errors, []);
  await forbidden.context.close();

  const full = await broken((context) =>
    context.addInitScript(() => {
      let size = 1 << 20;
      for (let at = 0; size > 0; at++) {
        try {
          localStorage.setItem(`filler${at}`, "x".repeat(size));
        } catch {
          size >>= 1;
        }
      }
    }),
  );
  assert.equal(await fault(full.page), null);
  await full.page.evaluate(() => window.unspoken.goal("purchase"));
  await full.page.waitForFunction(() => document.querySelector("[data-unspoken=more]").dataset.unspokenShown);
  assert.deepEqual(full.errors, []);
  await full.context.close();
});

test("a browser without WebAssembly, where the core as JavaScript cannot be had: the default stands", async () => {
  await standsUnchanged(
    await broken(async (context) => {
      await context.addInitScript(() => delete window.WebAssembly);
      await context.route("**/unspoken-core.js", (route) => route.abort());
    }),
  );
});

for (const api of [
  "IntersectionObserver",
  "ResizeObserver",
  "PointerEvent",
  "getCoalescedEvents",
  "crypto",
  "performance.timeOrigin",
  "BroadcastChannel",
  "matchMedia",
]) {
  test(`a browser without ${api}: what does not need it works on`, async () => {
    const visitor = await broken((context) =>
      context.addInitScript((name) => {
        if (name === "getCoalescedEvents") delete PointerEvent.prototype.getCoalescedEvents;
        else if (name === "performance.timeOrigin") delete Performance.prototype.timeOrigin;
        else delete window[name];
      }, api),
    );
    await worksOn(visitor);
  });
}

test("a damaged profile is read for what it still says", async () => {
  const visitor = await broken((context) =>
    context.addInitScript(() => {
      if (location.protocol === "http:")
        localStorage.setItem("unspoken.profile", '{"visitor":7,"session":[],"history":[[1]]');
    }),
  );
  await worksOn(visitor);
});

test("objects that refer to themselves or throw are read as far as they go", async () => {
  const visitor = await broken(() => {});
  await visitor.page.evaluate(() => {
    const tangle = { plan: "pro" };
    tangle.x = tangle;
    tangle.y = tangle;
    window.unspoken.set({ tangle });
    window.unspoken.set({
      get a() {
        throw new Error("not for you");
      },
    });
    window.unspoken.set({ long: "x".repeat(5_000_000) });
  });
  await worksOn(visitor);
});

test("a slot that a router builds anew shows what is decided; its element is let go", async () => {
  const visitor = await broken(() => {});
  const { page } = visitor;
  await page.evaluate(() => {
    window.unspoken.goal("purchase");
    const old = document.querySelector("[data-unspoken=more]");
    const fresh = document.createElement("section");
    fresh.dataset.unspoken = "more";
    fresh.append("another default", old.querySelector("template[data-variant=care]").cloneNode(true));
    old.replaceWith(fresh);
    window.unspoken.page({ path: "/elsewhere" });
  });
  await page.waitForFunction(() => document.querySelector("[data-unspoken=more]").dataset.unspokenShown === "care");
  assert.ok(!(await page.locator("[data-unspoken=more]").innerText()).includes("another default"));
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test("what another tab learned, found in the middle of a swap, is carried out after it", async () => {
  const config = {
    machines: "serve",
    slots: {
      more: {
        swap: "now",
        rules: [
          { id: "told", when: { "profile.fact.quiet": true }, show: "default" },
          { id: "reached", when: { "history.signup.count": { $gt: 0 } }, show: "care" },
        ],
      },
    },
  };
  const visitor = await broken((context) =>
    context.route("**/unspoken.json", (route) => route.fulfill({ json: config })),
  );
  const { page } = visitor;
  const shown = await page.evaluate(() => {
    const profile = JSON.parse(localStorage.getItem("unspoken.profile"));
    profile.facts.push(["quiet", true, Date.now()]);
    localStorage.setItem("unspoken.profile", JSON.stringify(profile));
    window.unspoken.goal("signup");
    const slot = document.querySelector("[data-unspoken=more]");
    return { decided: window.unspoken.decide("more").shown, stands: slot.dataset.unspokenShown ?? "default" };
  });
  assert.deepEqual(shown, { decided: "default", stands: "default" });
  await standsUnchanged(visitor);
});

test("erase empties storage, here and for the other tab, until the next page", async () => {
  const { newPage, context, errors } = await visit(browser);
  const [one, two] = [await newPage(), await newPage()];
  for (const page of [one, two]) {
    await page.goto(stack.shop + PRODUCT);
    await ready(page);
  }
  const before = await one.evaluate(() => window.unspoken.stats().visitor);
  const receipt = await one.evaluate(() => window.unspoken.erase());
  assert.ok(receipt.erased.includes("unspoken.profile"));
  await two.evaluate(() => window.unspoken.goal("afterwards"));
  await one.evaluate(() => window.unspoken.goal("afterwards"));
  const kept = () => Object.keys(localStorage).filter((key) => key.startsWith("unspoken."));
  assert.deepEqual(await one.evaluate(kept), []);
  for (const page of [one, two]) {
    assert.equal(await fault(page), null);
    assert.notEqual(await page.evaluate(() => window.unspoken.stats().visitor), before);
    await page.waitForFunction(() => window.unspoken.decide("more").present);
  }
  assert.deepEqual(errors, []);
  await context.close();
});

test("no listener reads layout", async () => {
  const { newPage, context, errors } = await visit(browser);
  await context.addInitScript(() => {
    window.__reads = {};
    // Observers are told after layout, and timers run on their own: what must never wait is an event.
    let listening = 0;
    const wrapped = new WeakMap();
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      if (typeof listener === "function" && !wrapped.has(listener))
        wrapped.set(listener, function (event) {
          listening++;
          try {
            return listener.call(this, event);
          } finally {
            listening--;
          }
        });
      return add.call(this, type, wrapped.get(listener) ?? listener, options);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, options) {
      return remove.call(this, type, wrapped.get(listener) ?? listener, options);
    };
    const count = (name) => {
      if (listening) window.__reads[name] = (window.__reads[name] ?? 0) + 1;
    };
    const wrapMethod = (prototype, name) => {
      const real = prototype[name];
      prototype[name] = function (...args) {
        count(name);
        return real.apply(this, args);
      };
    };
    const wrapGetter = (prototype, name) => {
      const property = Object.getOwnPropertyDescriptor(prototype, name);
      if (!property?.get) return;
      Object.defineProperty(prototype, name, {
        ...property,
        get() {
          count(name);
          return property.get.call(this);
        },
      });
    };
    wrapMethod(Element.prototype, "getBoundingClientRect");
    wrapMethod(Element.prototype, "getClientRects");
    wrapMethod(Document.prototype, "elementFromPoint");
    wrapMethod(window, "getComputedStyle");
    for (const name of ["scrollHeight", "scrollWidth", "clientHeight", "clientWidth", "clientTop", "clientLeft"])
      wrapGetter(Element.prototype, name);
    for (const name of ["offsetHeight", "offsetWidth", "offsetTop", "offsetLeft", "innerText"])
      wrapGetter(HTMLElement.prototype, name);
    for (const name of ["offsetX", "offsetY", "layerX", "layerY"]) wrapGetter(MouseEvent.prototype, name);
  });
  // A bare page: whatever is read, Unspoken read it.
  const body = `<!doctype html><title>bare</title><script async src="/unspoken.js" data-config="/unspoken.json"></script>
    <body style="height:4000px"><div data-unspoken="more" style="height:200px">default<template data-variant="care">care</template></div>`;
  await context.route("**/bare", (route) => route.fulfill({ body, contentType: "text/html" }));
  await context.route("**/unspoken.*", (route) => {
    const name = new URL(route.request().url()).pathname;
    route.fulfill({ path: join(stack.shopFolder, name) });
  });
  const page = await newPage();
  await page.goto(`${stack.shop}bare`);
  await ready(page);
  await use(page);
  await page.evaluate(() => window.unspoken.goal("purchase"));
  await use(page);
  const stats = await page.evaluate(() => window.unspoken.stats());
  assert.ok(stats.signals > 20 && stats.fault === null);
  assert.deepEqual(await page.evaluate(() => window.__reads), {});
  assert.deepEqual(errors, []);
  await context.close();
});

test("at level trace the stream arrives, whole", async () => {
  const config = JSON.parse(readFileSync(join(stack.shopFolder, "unspoken.json"), "utf8"));
  const visitor = await broken((context) =>
    context.route("**/unspoken.json", (route) => route.fulfill({ json: { ...config, level: "trace" } })),
  );
  const who = await visitor.page.evaluate(() => window.unspoken.stats().visitor);
  await visitor.page.close({ runBeforeUnload: true });
  await stack.eventually((events) => events.some((event) => event.visitor === who && event.kind === "c"));
  const mine = (await stack.recordings()).filter(({ header }) => header.visitor === who);
  const signals = mine.flatMap(({ signals }) => signals);
  assert.equal(signals.filter(({ type }) => type === "click").length, 4);
  assert.ok(signals.some(({ type, x, y }) => type === "move" && x === 200 && y === 200));
  assert.ok(signals.some(({ type, y }) => type === "scroll" && y > 0));
  // And where things stood, without which no replay could say what the cursor was near.
  const { viewport } = mine[0].header;
  assert.ok(viewport[0] > 1200 && viewport[1] === 800, String(viewport));
  const placed = signals.filter(({ type, rect }) => type === "slot" && rect[2] > 0);
  assert.ok(placed.length > 0, JSON.stringify(mine[0].header));
  await visitor.context.close();
});
