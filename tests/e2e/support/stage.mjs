/**
 * A page with slots that a test can have show what it likes: a slot's rules read an attribute of the
 * slot's own name, so that `show("hero", "help")` decides for "help", by the whole SDK.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { at } from "../../../scripts/lib/paths.mjs";
import { visit } from "./browser.mjs";

/** A picture of 40 × 30. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAACgAAAAeCAIAAADRv8uKAAAAKUlEQVR4nO3NMQEAAAgDIN8/9IyxBxIgt9eViFgsFovFYrFYLBaLxb8DHt4BPWHNM5EAAAAASUVORK5CYII=",
  "base64",
);
const START = `import { init } from "/index.js";
  window.faults = [];
  const before = (await window.prepare?.()) ?? {};
  window.unspoken = await init({ config: "/unspoken.json", storage: "memory", ...before });
  unspoken.on("fault", ({ message }) => window.faults.push(message));
  document.documentElement.dataset.ready = "";`;
const FILES = {
  "/index.js": ["text/javascript", () => readFileSync(at("dist/index.js"))],
  "/unspoken.wasm": ["application/wasm", () => readFileSync(at("dist/unspoken.wasm"))],
  "/purify.js": ["text/javascript", () => readFileSync(at("node_modules/dompurify/dist/purify.min.js"))],
  "/start.js": ["text/javascript", () => START],
  "/frame": ["text/html", () => "<!doctype html><title>frame</title><input id=q>"],
};

/** Serves one page at a time; `open` says which. */
export async function startStage(browser) {
  let now = {};
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    const send = (type, body, headers = {}) => response.writeHead(200, { "Content-Type": type, ...headers }).end(body);
    if (url.pathname === "/") return send("text/html", now.html, now.headers);
    if (url.pathname === "/unspoken.json") return send("application/json", JSON.stringify(now.config));
    if (url.pathname === "/prepare.js") return send("text/javascript", now.prepare);
    if (url.pathname.endsWith(".png")) {
      await new Promise((resolve) => setTimeout(resolve, Number(url.searchParams.get("ms"))));
      return send("image/png", PNG);
    }
    const [type, read] = FILES[url.pathname] ?? [];
    return type ? send(type, read()) : response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;

  /**
   * Opens a page. `slots` are slots of the config, each with a list `variants` in place of rules;
   * `prepare` is the body of a function whose result `init` gets.
   */
  async function open({ html, slots, css = "", prepare = "", headers = {}, context: options = {}, before }) {
    const config = { machines: "serve", slots: {} };
    for (const [name, { variants, ...slot }] of Object.entries(slots)) {
      const rules = variants.map((variant) => ({ id: variant, when: { [name]: variant }, show: variant }));
      config.slots[name] = { swap: "now", notNow: [], rules, ...slot };
    }
    now = {
      config,
      headers,
      prepare: `window.prepare = async () => { ${prepare} };`,
      html: `<!doctype html><html lang="en"><meta charset="utf-8"><title>stage</title><style>body{margin:0}${css}</style>
        <script src="/purify.js"></script><script src="/prepare.js"></script>
        <script type="module" src="/start.js"></script><body>${html}`,
    };
    const { newPage, context, errors } = await visit(browser, options);
    const page = await newPage();
    await before?.(page);
    await page.goto(origin);
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    // Where slots are is known once the observers have spoken.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const outer = (selector) => page.evaluate((of) => document.querySelector(of).outerHTML, selector);
    return {
      page,
      context,
      errors,
      outer,
      /** Decides. */
      tell: (slot, variant) => page.evaluate(([name, value]) => unspoken.set({ [name]: value }), [slot, variant]),
      /** Decides, and waits until it stands there. */
      async show(slot, variant) {
        await page.evaluate(([name, value]) => unspoken.set({ [name]: value }), [slot, variant]);
        await page.waitForFunction(
          ([name, value]) =>
            [...document.querySelectorAll(`[data-unspoken="${name}"]`)].every(
              (element) => (element.dataset.unspokenShown ?? "default") === value,
            ),
          [slot, variant],
          { timeout: 5_000 },
        );
      },
      /** Once something waits for `reason`. */
      waits: (slot, reason) =>
        page.waitForFunction(([name, wanted]) => unspoken.decide(name).waits === wanted, [slot, reason], {
          timeout: 5_000,
        }),
      decide: (slot) => page.evaluate((name) => unspoken.decide(name), slot),
      faults: () => page.evaluate(() => window.faults),
      /** Some frames later, when whatever would move has moved. */
      settled: () => page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 150))),
      close: () => context.close(),
    };
  }
  return {
    origin,
    open,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
