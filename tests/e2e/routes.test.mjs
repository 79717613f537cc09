/**
 * Page views without a load: routes by the Navigation API and without it, what counts as one, sites that
 * count themselves, hash routers, the cache for going back. Real Chromium.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { ARGS, EXECUTABLE, launch, visit } from "./support/browser.mjs";
import { serve } from "./support/page.mjs";

const config = {
  machines: "serve",
  slots: {
    one: {
      swap: "now",
      rules: [
        { id: "product", when: { "page.kind": "product" }, show: "product" },
        { id: "cart", when: { "page.path": "/cart" }, show: "cart" },
      ],
    },
  },
};
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>home</title>
<script>window.patched = [history.pushState, history.replaceState];</script>
<script type="module">import { init } from "/index.js";
window.ready = init({ config: ${JSON.stringify(config)}, storage: "memory", parts: ["tools"], ...window.options }).then((it) => (window.unspoken = it));
// What a router does: the address, the view, and a little later what belongs to it.
const view = (name) => {
  document.querySelector("main").innerHTML = '<section data-unspoken="one"><p>default</p><template data-variant="product">product</template><template data-variant="cart">cart</template></section>';
  document.querySelector("section").dataset.route = name;
};
window.route = (path, { kind = "", settle = () => {} } = {}) => {
  history.pushState({}, "", path);
  document.title = path;
  document.body.dataset.unspokenPage = kind;
  view(path);
  settle();
};
view("home");
</script><body><main></main><button id="go">go</button></body></html>`;

let site;
let browser;

before(async () => {
  const body = PAGE;
  site = await serve({ "/": body, "/cart": body, "/other": "<!doctype html><title>other</title><a href='/'>back</a>" });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const WITHOUT = `delete window.navigation; Object.defineProperty(window, "navigation", { value: undefined });`;

async function open({ before, path = "/", options } = {}) {
  const visitor = await visit(browser);
  const at = await visitor.newPage();
  if (before) await at.addInitScript(before);
  if (options) await at.addInitScript(`window.options = ${JSON.stringify(options)}`);
  await at.goto(site.origin + path);
  await at.waitForFunction(() => window.unspoken);
  await at.evaluate(() => (window.recording = window.unspoken.record()));
  /** The page views since the start, without the one that a recording begins. */
  const views = async () => {
    await at.waitForTimeout(700);
    const text = await at.evaluate(() => window.recording.stop());
    const lines = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return lines
      .filter(({ type }) => type === "page")
      .slice(1)
      .map(({ path, kind, title }) => [path, kind, title].join(" "));
  };
  const ends = async () => {
    assert.equal(await at.evaluate(() => window.unspoken.stats().fault), null);
    assert.ok(
      await at.evaluate(() => patched[0] === history.pushState && patched[1] === history.replaceState),
      "history is the page's",
    );
    assert.deepEqual(
      visitor.errors.filter((error) => !error.startsWith("layout shift")),
      [],
    );
    await visitor.context.close();
  };
  return { at, views, ends, ...visitor };
}

for (const [name, before] of [
  ["the Navigation API", undefined],
  ["without the Navigation API", WITHOUT],
]) {
  test(`${name}: each route is a view, once, with its own kind, title and slots`, async () => {
    const { at, views, ends } = await open({ before });
    assert.equal(await at.evaluate(() => typeof window.navigation), before ? "undefined" : "object");
    await at.evaluate(() => window.route("/p/1", { kind: "product" }));
    const painted = await at.evaluate(
      () =>
        new Promise((resolve) =>
          requestAnimationFrame(() => resolve(document.querySelector("section").innerText.trim())),
        ),
    );
    assert.equal(painted, "product", "decided for the route before its first paint");
    await at.evaluate(() => window.route("/cart"));
    await at.waitForFunction(() => document.querySelector("section").innerText.trim() === "cart");
    await at.evaluate(() => history.back());
    assert.deepEqual(await views(), ["/p/1 product /p/1", "/cart  /cart", "/p/1  /cart"]);
    await ends();
  });

  test(`${name}: queries and fragments are no routes, a path in the fragment is`, async () => {
    const { at, views, ends } = await open({ before });
    await at.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
      history.pushState({}, "", "?color=red");
      document.body.append("red");
      await frame();
      location.hash = "reviews";
      await frame();
      history.replaceState({}, "", "/?color=blue");
      await frame();
      location.hash = "#/shop/boots?size=42";
      await frame();
      location.hash = "#/shop/boots?size=43";
      await frame();
      location.hash = "#!/shop/packs";
      await frame();
    });
    assert.deepEqual(await views(), ["/shop/boots  home", "/shop/packs  home"]);
    await ends();
  });
}

test("without the Navigation API a route that a click brings is seen, also one without slots", async () => {
  const { at, views, ends } = await open({ before: WITHOUT });
  await at.evaluate(() => {
    document.querySelector("#go").onclick = () =>
      setTimeout(() => {
        history.pushState({}, "", "/about");
        document.querySelector("main").innerHTML = "<h1>about</h1>";
      }, 100);
  });
  await at.locator("#go").click();
  assert.deepEqual(await views(), ["/about  home"]);
  await ends();
});

test("a route whose handler takes its time is a view when it is done, or when its slots come", async () => {
  const { at, views, ends } = await open();
  await at.evaluate(async () => {
    navigation.addEventListener("navigate", (event) => {
      event.intercept({
        handler: async () => {
          await new Promise((resolve) => setTimeout(resolve, 250));
          document.title = "slow";
        },
      });
    });
    await navigation.navigate("/slow").finished;
  });
  assert.deepEqual(await views(), ["/slow  slow"]);
  await ends();
});

test("a site that counts its views itself is not counted twice", async () => {
  const { at, views, ends } = await open();
  await at.evaluate(() => {
    const tell = (path, kind) => window.route(path, { settle: () => window.unspoken.page({ kind }) });
    tell("/a", "product");
    tell("/b", "cart");
    window.route("/c");
  });
  assert.deepEqual(await views(), ["/a product /a", "/b cart /b"], "and a route that it leaves out is left out");
  await ends();
});

test("a first call without a word for a route that was counted says nothing new", async () => {
  const { at, views, ends } = await open();
  await at.evaluate(async () => {
    window.route("/a");
    await new Promise((resolve) => setTimeout(resolve, 200));
    window.unspoken.page();
    window.unspoken.page();
  });
  assert.deepEqual(await views(), ["/a  /a", "/a  /a"]);
  await ends();
});

test("with routes: manual nothing is counted but what the site says", async () => {
  const { at, views, ends } = await open({ options: { routes: "manual" } });
  await at.evaluate(() => {
    window.route("/a");
    window.route("/b");
    window.unspoken.page({ path: "/b", kind: "cart" });
  });
  assert.deepEqual(await views(), ["/b cart /b"]);
  await ends();
});

test("after dispose() a route is nobody's business", async () => {
  const { at, errors, context } = await open();
  const text = await at.evaluate(async () => {
    window.unspoken.dispose();
    window.route("/cart");
    await new Promise((resolve) => setTimeout(resolve, 200));
    return document.querySelector("section").innerText.trim();
  });
  assert.equal(text, "default");
  assert.deepEqual(
    errors.filter((error) => !error.startsWith("layout shift")),
    [],
  );
  await context.close();
});

test("a page that comes back from the cache is a new view of the same page, and its slots are decided anew", async () => {
  // Automation turns the cache off; this asks for it back.
  const own = await chromium.launch({
    executablePath: EXECUTABLE,
    args: [...ARGS, "--enable-features=BackForwardCache"],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  try {
    const context = await own.newContext();
    const at = await context.newPage();
    await at.goto(`${site.origin}/`);
    await at.waitForFunction(() => window.unspoken);
    await at.evaluate(() => {
      window.backs = [];
      addEventListener("pageshow", ({ persisted }) => window.backs.push(persisted));
      window.unspoken.page({ kind: "product", item: "boots" });
      window.recording = window.unspoken.record();
    });
    await at.goto(`${site.origin}/other`);
    // What comes from the cache has loaded long ago.
    await at.goBack({ waitUntil: "commit" });
    await at.waitForFunction(() => window.unspoken && window.backs);
    assert.deepEqual(await at.evaluate(() => window.backs), [true], "it came from the cache");
    await at.waitForTimeout(500);
    const text = await at.evaluate(() => window.recording.stop());
    const lines = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const told = lines.filter(({ type }) => type === "page" || type === "visibility");
    assert.deepEqual(
      told.slice(1).map(({ type, visible, kind, item }) => (type === "page" ? `${kind} ${item}` : visible)),
      [false, true, "product boots"],
      "hidden, seen again, and then the view",
    );
    assert.equal(await at.evaluate(() => document.querySelector("section").innerText.trim()), "product");
    const forecasts = await at.evaluate(() => window.unspoken.stats().forecasts);
    await at.mouse.move(100, 100);
    await at.waitForFunction((before) => window.unspoken.stats().forecasts > before, forecasts);
  } finally {
    await own.close();
  }
});
