/**
 * An instance that a test holds in its hands, for what the real one cannot be asked to do on cue: a
 * forecast of a certain number, or being attached and released with a diary of it.
 *
 * `pagesOf` bundles small apps with what ships in `dist/`, and serves each on a page of its own.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as esbuild from "esbuild";
import { compile, compileModule } from "svelte/compiler";
import { at, dist } from "../../../scripts/lib/paths.mjs";

/** Runs in the page, before anything else: `window.puppet`, and with `standing` the page's own instance. */
export function puppeteer(standing) {
  const listeners = new Map();
  const slots = new Set();
  const puppet = {
    diary: [],
    forecasts: { struggle: 0, buy: 0 },
    decisions: {},
    features: {},
    ready: Promise.resolve(),
    intents: () => ({ ...puppet.forecasts }),
    decide: (slot) => ({
      ...{ slot, variant: "default", rule: null, reason: "told", at: performance.now(), shown: "default" },
      ...{ present: true, seen: false, waits: null, ...puppet.decisions[slot] },
    }),
    feature: (key) => ({
      value: null,
      on: false,
      off: true,
      source: "unknownFeature",
      ruleId: "",
      ...puppet.features[key],
    }),
    on(event, listener) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(listener);
      return () => listeners.get(event).delete(listener);
    },
    attach(element, slot) {
      const entry = { element, ...slot };
      slots.add(entry);
      puppet.diary.push(`+ ${slot.name} [${slot.variants}] ${slot.standing}`);
      return () => {
        if (slots.delete(entry)) puppet.diary.push(`- ${slot.name}`);
      };
    },
    /** As the core would. */
    show(name, variant) {
      for (const slot of [...slots]) if (slot.name === name) slot.show(variant);
    },
    forecast(forecasts) {
      Object.assign(puppet.forecasts, forecasts);
      puppet.emit("forecast");
    },
    emit(event, detail) {
      for (const listener of [...(listeners.get(event) ?? [])]) listener(detail);
    },
    listening: () => [...listeners.values()].reduce((sum, each) => sum + each.size, 0),
    attached: () => [...slots].map(({ name, element }) => `${name} ${element.isConnected}`),
  };
  window.puppet = puppet;
  if (standing) globalThis[Symbol.for("unspoken")] = puppet;
}

const ships = {
  name: "what ships",
  setup(build) {
    build.onResolve({ filter: /^unspoken\// }, ({ path }) => {
      const name = path.replace("unspoken/", "");
      const file = [`${dist}/${name}.js`, `${dist}/${name}/index.js`].find((each) => existsSync(each));
      return file ? { path: file } : { errors: [{ text: `${path} is not in dist/` }] };
    });
  },
};

/** Svelte's compiler, with its own checks, for a browser or for a server. */
const svelte = (generate) => ({
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte(\.js)?$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const make = path.endsWith(".js") ? compileModule : compile;
      return { contents: make(source, { filename: path, generate, dev: true }).js.code, loader: "js" };
    });
  },
});

/** Bundles `tests/e2e/parts/<entry>`; for a server as a module's text, to be imported. */
export async function bundled(entry, { server = false } = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [at("tests/e2e/parts", entry)],
    bundle: true,
    write: false,
    format: "esm",
    platform: server ? "node" : "browser",
    jsx: "automatic",
    conditions: ["svelte", "development"],
    mainFields: ["svelte", "module", "main"],
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
    // The full build of Vue compiles templates, which needs no file type of its own here.
    alias: { vue: at("node_modules/vue/dist/vue.esm-bundler.js") },
    plugins: [ships, svelte(server ? "server" : "client")],
  });
  return outputFiles[0].text;
}

/** Serves each of `entries` at `/<entry>`, with `markup[entry]` as what a server has rendered. */
export async function pagesOf(entries, markup = {}) {
  const scripts = new Map();
  for (const entry of entries) scripts.set(`/${entry}.js`, await bundled(entry));
  const server = createServer(({ url }, response) => {
    const script = scripts.get(url);
    response.writeHead(200, { "Content-Type": script ? "text/javascript" : "text/html" });
    const entry = url.slice(1);
    if (script) response.end(script);
    else
      response.end(
        `<!doctype html><title>${entry}</title><link rel="icon" href="data:,"><div id="app">${markup[entry] ?? ""}</div><script type="module" src="/${entry}.js"></script>`,
      );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** A page of an entry: `heard` has what the console was told, `diary()` what the instance was. */
    async open(browser, entry, { standing = true } = {}) {
      const page = await browser.newPage();
      const heard = [];
      page.on("pageerror", (error) => heard.push(String(error)));
      page.on("console", (message) => {
        if (["warning", "error"].includes(message.type())) heard.push(message.text());
      });
      await page.addInitScript(puppeteer, standing);
      await page.goto(`${this.origin}/${entry}`);
      await page.waitForFunction(() => window.started);
      return { page, heard, diary: () => page.evaluate(() => window.puppet.diary.splice(0)) };
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
