/**
 * A page that lives: slots that come, go, move and are renamed; content that is put back; shadow roots,
 * frames, the cache for going back. Real Chromium.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./support/browser.mjs";
import { reads, serve, text } from "./support/page.mjs";

const HELP = '<template data-variant="help"><p>help</p></template>';
const slot = (name, more = "") => `<section data-unspoken="${name}" ${more}><p>default</p>${HELP}</section>`;
const rules = (...names) =>
  Object.fromEntries(names.map((name) => [name, { swap: "now", rules: [{ id: name, show: "help" }] }]));
const config = { machines: "serve", slots: rules("one", "two", "inner", "three"), goals: { buy: { click: ".buy" } } };
const SCRIPT = `<script type="module">import { init } from "/index.js";
window.faults = [];
window.counts = { queries: 0, shown: 0 };
const options = { config: window.config ?? ${JSON.stringify(config)}, storage: "memory", parts: ["tools"], ...window.options };
window.ready = init(options).then((it) => {
  it.on("fault", ({ message }) => faults.push(message));
  return window.unspoken = it;
});</script>`;
const page = (body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>living</title>${SCRIPT}<body>${body}</body></html>`;

let site;
let browser;

before(async () => {
  site = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** A visitor at a page with this body; `before` runs ahead of all scripts. */
async function open(body, { before, files = {} } = {}) {
  site.files = { "/": page(body), ...files };
  const visitor = await visit(browser);
  const at = await visitor.newPage();
  if (before) await at.addInitScript(before);
  await at.goto(site.origin);
  await at.waitForFunction(() => window.unspoken && window.ready);
  const ends = async () => {
    assert.equal(await at.evaluate(() => window.unspoken.stats().fault), null);
    assert.deepEqual(
      visitor.errors.filter((error) => !error.startsWith("layout shift")),
      [],
    );
    await visitor.context.close();
  };
  return { at, ends, context: visitor.context };
}
const add = (at, html) =>
  at.evaluate((html) => {
    const holder = document.createElement("div");
    holder.innerHTML = html;
    document.body.append(...holder.childNodes);
  }, html);
const present = (at, name) => at.waitForFunction((name) => window.unspoken.decide(name).present, name);

test("a slot that comes later is shown before it is painted", async () => {
  const { at, ends } = await open(slot("one"));
  await reads(at, "one", "help");
  // What is painted is what stands when the next frame begins.
  const painted = await at.evaluate(async (html) => {
    document.body.insertAdjacentHTML("beforeend", html);
    const first = document.querySelectorAll("[data-unspoken=one]")[1];
    return new Promise((resolve) => requestAnimationFrame(() => resolve(first.innerText.trim())));
  }, slot("one"));
  assert.equal(painted, "help");
  await add(at, slot("two"));
  await reads(at, "two", "help");
  await ends();
});

test("a slot that goes is not seen any more, one that moves stays itself, and one that is renamed is another", async () => {
  const { at, ends } = await open(`<div id="a">${slot("one")}</div><div id="b"></div>${slot("two")}`);
  await reads(at, "one", "help");
  const moved = await at.evaluate(async () => {
    const one = document.querySelector("[data-unspoken=one]");
    const inside = one.firstElementChild;
    document.querySelector("#b").append(one);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return one.firstElementChild === inside && one.innerText.trim();
  });
  assert.equal(moved, "help");
  await reads(at, "two", "help");
  const renamed = await at.evaluate(async () => {
    const two = document.querySelector("[data-unspoken=two]");
    two.dataset.unspoken = "unknown";
    await new Promise((resolve) => setTimeout(resolve));
    return [two.innerText.trim(), two.hasAttribute("data-unspoken-shown")];
  });
  assert.deepEqual(renamed, ["default", false]);
  await at.evaluate(() => (document.querySelector("[data-unspoken=unknown]").dataset.unspoken = "three"));
  await reads(at, "three", "help");
  const gone = await at.evaluate(async () => {
    const three = document.querySelector("[data-unspoken=three]");
    three.remove();
    await new Promise((resolve) => setTimeout(resolve));
    return [three.innerHTML.includes("<p>default</p>"), three.hasAttribute("data-unspoken-shown")];
  });
  assert.deepEqual(gone, [true, false], "what is taken off the page takes its own content along");
  await ends();
});

test("a slot that is removed before a second has passed is not exposed", async () => {
  const { at, ends } = await open(slot("one"));
  await at.evaluate(() => {
    window.exposed = [];
    window.unspoken.on("exposure", ({ slot }) => window.exposed.push(slot));
  });
  await present(at, "one");
  await at.evaluate(() => document.querySelector("[data-unspoken=one]").remove());
  await add(at, slot("two"));
  await at.waitForFunction(() => window.exposed.includes("two"));
  assert.deepEqual(await at.evaluate(() => window.exposed), ["two"]);
  await ends();
});

test("ten thousand nodes cost a handful of queries, and a slot among them is found", async () => {
  const { at, ends } = await open(slot("one"));
  await reads(at, "one", "help");
  const queries = await at.evaluate(async (html) => {
    let queries = 0;
    for (const [kind, method] of [
      [Document, "querySelectorAll"],
      [Element, "querySelectorAll"],
      [Element, "querySelector"],
      [Element, "matches"],
      [Element, "closest"],
    ]) {
      const original = kind.prototype[method];
      kind.prototype[method] = function (...args) {
        queries++;
        return original.apply(this, args);
      };
    }
    for (let at = 0; at < 10_000; at++) document.body.append(document.createElement("p"));
    document.body.lastChild.insertAdjacentHTML("afterend", html);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return queries;
  }, slot("two"));
  await reads(at, "two", "help");
  assert.ok(queries < 20, `${queries} queries`);
  await ends();
});

for (const [how, revert] of [
  [
    "at once, by an observer of its own",
    () =>
      new MutationObserver(() => {
        const one = document.querySelector("[data-unspoken=one]");
        if (one.dataset.unspokenShown && ++window.reverts < 1_000) one.innerHTML = window.initial;
      }).observe(document.body, { childList: true, subtree: true }),
  ],
  [
    "by replacing what is around it",
    () =>
      new MutationObserver(() => {
        const around = document.querySelector("#around");
        if (around.querySelector("[data-unspoken-shown]") && ++window.reverts < 1_000) around.innerHTML = window.outer;
      }).observe(document.body, { childList: true, subtree: true }),
  ],
  [
    "by a timer",
    () =>
      setInterval(() => {
        const one = document.querySelector("[data-unspoken=one]");
        if (one.dataset.unspokenShown && ++window.reverts < 1_000) one.innerHTML = window.initial;
      }, 20),
  ],
]) {
  test(`a page that reverts ${how} keeps its default after a few attempts, and one fault names the mend`, async () => {
    const { at, ends } = await open(`<div id="around">${slot("one")}</div>${slot("two")}`, {
      before: () => {
        window.reverts = 0;
        addEventListener("DOMContentLoaded", () => {
          window.initial = document.querySelector("[data-unspoken=one]").innerHTML;
          window.outer = document.querySelector("#around").innerHTML;
        });
      },
    });
    await reads(at, "one", "help");
    await at.evaluate(revert);
    await at.evaluate(() => document.body.append("go"));
    await at.waitForFunction(() => window.faults.length > 0, null, { timeout: 5_000 });
    await at.waitForTimeout(300);
    assert.equal(await text(at, "one"), "default");
    const reverts = await at.evaluate(() => window.reverts);
    assert.ok(reverts >= 3 && reverts <= 5, `${reverts} reverts`);
    const faults = await at.evaluate(() => window.faults);
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(faults[0], /^slot one: .*keeps putting its own content back.*data-unspoken-managed.*attach\(\)$/);
    const { shown, waits } = await at.evaluate(() => window.unspoken.decide("one"));
    assert.deepEqual([shown, waits], ["default", "a template"]);
    assert.equal(await text(at, "two"), "help", "other slots go on");
    await ends();
  });
}

test("an honest re-render is shown again before it is painted, with what it brought as the new default", async () => {
  const { at, ends } = await open(slot("one"));
  await reads(at, "one", "help");
  const after = await at.evaluate(async () => {
    const one = document.querySelector("[data-unspoken=one]");
    const template = one.querySelector("template");
    one.replaceChildren(Object.assign(document.createElement("p"), { textContent: "newer" }), template);
    return new Promise((resolve) => requestAnimationFrame(() => resolve(one.innerText.trim())));
  });
  assert.equal(after, "help");
  await at.evaluate(() => window.unspoken.dispose());
  assert.equal(await text(at, "one"), "newer");
  assert.equal(await at.evaluate(() => window.faults.length), 0);
  await ends().catch(() => {});
});

test("a variant's own script may close it: that is no revert", async () => {
  const { at, ends } = await open(slot("one"));
  await reads(at, "one", "help");
  await at.evaluate(() => document.querySelector("[data-unspoken=one] p").remove());
  await at.waitForTimeout(200);
  assert.equal(await text(at, "one"), "");
  assert.deepEqual(await at.evaluate(() => window.faults), []);
  await ends();
});

test("slots in open shadow roots are shown, seen, and their clicks and goals are theirs", async () => {
  const { at, ends } = await open("<own-card></own-card><late-card></late-card>", {
    before: `window.inner = ${JSON.stringify(slot("inner").replace("<p>help</p>", '<p>help <button class="buy">buy</button><button data-unspoken-dismiss class="close">no</button></p>'))};
      window.two = ${JSON.stringify(slot("two"))};
      customElements.define("own-card", class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = window.inner; }
      });`,
  });
  const inside = (host, selector) =>
    at.waitForFunction(
      ([host, selector]) => document.querySelector(host)?.shadowRoot?.querySelector(selector),
      [host, selector],
    );
  await inside("own-card", "[data-unspoken-shown=help]");
  // Defined later, and a root that is attached later still.
  await at.evaluate(() =>
    customElements.define(
      "late-card",
      class extends HTMLElement {
        constructor() {
          super();
          this.attachShadow({ mode: "open" }).innerHTML = window.two;
        }
      },
    ),
  );
  await inside("late-card", "[data-unspoken-shown=help]");
  await at.evaluate(() => {
    window.goals = [];
    window.unspoken.on("goal", ({ name }) => window.goals.push(name));
    window.recording = window.unspoken.record();
  });
  await inside("own-card", "[data-unspoken-shown=help]");
  await at.locator("own-card .buy").click();
  await at.waitForFunction(() => window.goals.length > 0);
  assert.deepEqual(await at.evaluate(() => window.goals), ["buy"]);
  await at.waitForFunction(() => window.unspoken.decide("inner").seen, null, { timeout: 5_000 });
  await at.locator("own-card .close").click();
  await at.waitForFunction(() => window.unspoken.decide("inner").shown === "default");
  const lines = (await at.evaluate(() => window.recording.stop()))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const clicks = lines.filter(({ type }) => type === "click").map(({ slot, role }) => [slot, role]);
  assert.deepEqual(clicks, [
    ["inner", "button"],
    ["inner", "button"],
  ]);
  await ends();
});

test("a shadow root in a shadow root, attached late to a plain element, is found at the next change", async () => {
  const { at, ends } = await open("<own-shell></own-shell>");
  await at.evaluate((inner) => {
    customElements.define("own-leaf", class extends HTMLElement {});
    const shell = document.querySelector("own-shell");
    customElements.define("own-shell", class extends HTMLElement {});
    shell.attachShadow({ mode: "open" }).innerHTML = "<own-leaf></own-leaf>";
    document.body.append("a change");
    setTimeout(() => {
      shell.shadowRoot.querySelector("own-leaf").attachShadow({ mode: "open" }).innerHTML = inner;
      document.body.append("another");
    }, 50);
  }, slot("inner"));
  await at.waitForFunction(() =>
    document
      .querySelector("own-shell")
      .shadowRoot.querySelector("own-leaf")
      .shadowRoot?.querySelector("[data-unspoken-shown=help]"),
  );
  await ends();
});

test("slots in frames of the same origin are shown and seen, and let go with the frame", async () => {
  const inner = `<!doctype html><title>frame</title><body style="margin:0">${slot("inner")}`;
  const { at, ends } = await open(
    `<div style="height:300px">above</div><iframe id="f" src="/frame" style="border:5px solid;width:400px;height:200px"></iframe>
     <iframe id="d" srcdoc='${slot("two").replaceAll("'", "&#39;")}'></iframe>`,
    { files: { "/frame": inner, "/other": `<!doctype html><title>other</title>${slot("three")}` } },
  );
  const stands = (id, name) =>
    at.waitForFunction(
      ([id, name]) =>
        document
          .getElementById(id)
          ?.contentDocument?.querySelector(`[data-unspoken=${name}][data-unspoken-shown=help]`),
      [id, name],
      { timeout: 5_000 },
    );
  await stands("f", "inner");
  await stands("d", "two");
  await at.waitForFunction(() => window.unspoken.decide("inner").seen, null, { timeout: 5_000 });
  // The rectangle is that of the page, not of the frame.
  const rect = await at.evaluate(async () => {
    const recording = window.unspoken.record();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const lines = recording
      .stop()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const told = lines.filter(({ type, id, slot }) => type === "slot" && (id ?? slot) === "inner").at(-1);
    const frame = document.getElementById("f").getBoundingClientRect();
    const own = document.getElementById("f").contentDocument.querySelector("section").getBoundingClientRect();
    return { told, top: frame.top + 5 + own.top, left: frame.left + 5 + own.left };
  });
  assert.deepEqual(rect.told.rect?.slice(0, 2) ?? [rect.told.x, rect.told.y], [rect.left, rect.top]);
  // Another page in the same frame.
  await at.evaluate(() => (document.getElementById("f").src = "/other"));
  await stands("f", "three");
  await at.evaluate(() => document.getElementById("f").remove());
  await add(at, "<p>a change</p>");
  assert.equal(await at.evaluate(() => window.unspoken.stats().fault), null);
  await ends();
});

test("a frame of another origin is left alone", async () => {
  const other = await serve({ "/": `<!doctype html><title>other</title>${slot("one")}` });
  const { at, ends } = await open(`<iframe src="${other.origin.replace("127.0.0.1", "localhost")}/"></iframe>
    <iframe sandbox srcdoc='${slot("one")}'></iframe>${slot("two")}`);
  await reads(at, "two", "help");
  await at.waitForTimeout(300);
  for (const frame of at.frames().slice(1)) {
    if (!frame.url().startsWith("about:")) assert.match(await frame.locator("section").innerText(), /default/);
  }
  await ends();
  await other.close();
});

test("nothing listens to unload, so the page may be kept for going back", async () => {
  const { at, context } = await open(slot("one"), {
    before: () => {
      window.listened = [];
      const original = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (type, ...rest) {
        window.listened.push(type);
        return original.call(this, type, ...rest);
      };
    },
  });
  const types = await at.evaluate(() => window.listened);
  assert.ok(types.includes("pagehide"));
  for (const type of ["unload", "beforeunload"]) assert.ok(!types.includes(type), type);
  await context.close();
});
