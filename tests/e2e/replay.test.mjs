/**
 * What the page decided, a replay decides: three traces are played as trusted input, in real time,
 * on a page laid out with the trace's own slots; the SDK records itself; the recording, replayed
 * natively, gives the same decisions and the same forecasts to the last bit. So it does where a strict
 * policy has the page take the core as JavaScript.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { launch, ready, visit } from "./support/browser.mjs";
import { STRICT } from "./support/site.mjs";
import { unspoken } from "./support/stack.mjs";
import { threeTraces } from "./support/traces.mjs";

const { kind, traces } = threeTraces();
/** Rules on forecasts, so that there is something to decide. */
const config = (slots) => ({
  // The hand on this page's mouse is Playwright's, and it is to be treated as a person's.
  machines: "serve",
  slots: Object.fromEntries(
    slots.map(({ id }, place) => [
      id,
      {
        swap: "now",
        rules: [
          { id: "eager", when: { "intent.commit": { $gte: 0.15 } }, show: "b" },
          { id: "focused", when: { focus: id, "intent.commit": { $gt: 0.01 + place / 1000 } }, show: "a" },
        ],
      },
    ]),
  ),
});

const page = ({ header }) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${header.id}</title>
<link rel="stylesheet" href="/style.css">
<script async src="/unspoken.js" data-config="/unspoken.json" data-parts="tools"></script>
<body data-unspoken-page="results">${header.slots
  .map(
    ({ id }, n) =>
      `<section id="s${n}" data-unspoken="${id}">slot ${id}<template data-variant="a">A</template><template data-variant="b">B</template></section>`,
  )
  .join("")}`;

const style = ({ header }) => `html,body{margin:0}body{position:relative;height:${header.document[1]}px}
section{position:absolute;overflow:hidden;background:#eee}
${header.slots.map(({ rect: [x, y, w, h] }, n) => `#s${n}{left:${x}px;top:${y}px;width:${w}px;height:${h}px}`).join("\n")}`;

let server;
let origin;
let browser;
let folder;
let current;
let policy;
const requests = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "unspoken-replay-"));
  const types = { css: "text/css", js: "text/javascript", wasm: "application/wasm", json: "application/json" };
  server = createServer(({ url }, response) => {
    const type = types[url.split(".")[1]] ?? "text/html";
    requests.push(url);
    response.writeHead(200, { "Content-Type": type, ...(policy && { "Content-Security-Policy": policy }) });
    if (url === "/") response.end(page(current));
    else if (url === "/unspoken.json") response.end(JSON.stringify(config(current.header.slots)));
    else if (url === "/style.css") response.end(style(current));
    else if (/^\/unspoken[\w.-]+$/.test(url)) response.end(readFileSync(at(`dist${url}`)));
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}/`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Plays a trace by CDP: the browser cannot tell it from a hand on a mouse. */
async function play(tab, { signals }) {
  const cdp = await tab.context().newCDPSession(tab);
  const mouse = (type, more) => cdp.send("Input.dispatchMouseEvent", { type, ...more });
  let [x, y, scroll] = [10, 10, 0];
  const begun = performance.now();
  const first = signals[0].t;
  // A trace's scroll steps come at 60 Hz; a wheel event each is more than CDP delivers in time.
  let scrolled = Number.NEGATIVE_INFINITY;
  for (const signal of signals) {
    const wait = signal.t - first - (performance.now() - begun);
    if (wait > 1) await new Promise((done) => setTimeout(done, wait));
    if (signal.type === "move") {
      [x, y] = [signal.x, signal.y];
      void mouse("mouseMoved", { x, y });
    } else if (signal.type === "scroll") {
      if (signal.t - scrolled < 40 && signal !== signals.at(-1)) continue;
      scrolled = signal.t;
      void mouse("mouseWheel", { x, y, deltaX: 0, deltaY: signal.y - scroll });
      scroll = signal.y;
    } else if (signal.type === "click") {
      await mouse("mousePressed", { x: signal.x, y: signal.y, button: "left", clickCount: 1 });
      await mouse("mouseReleased", { x: signal.x, y: signal.y, button: "left", clickCount: 1 });
    }
  }
}

const played = [...traces.map((trace) => ({ trace, core: "WebAssembly" })), { trace: traces[0], core: "JavaScript" }];
for (const { trace, core } of played) {
  const name = `a replay of ${trace.header.id} decides as the page did by the core as ${core} (${kind})`;
  test(name, { timeout: 60_000 }, async () => {
    current = trace;
    policy = core === "JavaScript" ? `${STRICT}; style-src 'self'` : undefined;
    requests.length = 0;
    const [width, height] = trace.header.viewport;
    const { newPage, context, errors } = await visit(browser, { viewport: { width, height } });
    const tab = await newPage();
    await tab.goto(origin);
    await ready(tab);
    await tab.evaluate(() => {
      window.told = [];
      window.unspoken.on("forecast", (it) =>
        window.told.push({ type: "forecast", t: it.at, intents: it.intents, focus: it.focus }),
      );
      window.unspoken.on("decision", ({ slot, variant, rule, reason, at }) =>
        window.told.push({ type: "decision", t: at, slot, variant, rule, reason }),
      );
      window.recording = window.unspoken.record();
    });
    await play(tab, trace);
    await tab.waitForTimeout(700);
    const recording = await tab.evaluate(() => window.recording.stop());
    const told = await tab.evaluate(() => window.told);
    assert.deepEqual(errors, []);
    assert.equal(requests.includes("/unspoken-core.js"), core === "JavaScript");
    await context.close();

    const lines = recording.trim().split("\n").map(JSON.parse);
    const of = (type) => lines.filter((line) => line.type === type).length;
    const played = (type) => trace.signals.filter((signal) => signal.type === type).length;
    assert.ok(of("move") > played("move") * 0.5, `${of("move")} of ${played("move")} moves were recorded`);
    assert.ok(of("click") === 1 && of("scroll") > 3, "click and scrolls were recorded");

    const file = join(folder, `${trace.header.id}.jsonl`);
    writeFileSync(file, recording);
    const replayed = (await unspoken("replay", file, "--json")).trim().split("\n").map(JSON.parse);
    const wanted = replayed
      .filter(({ type }) => type === "forecast" || type === "decision")
      .map(({ type, t, intents, focus, slot, variant, rule, reason }) =>
        type === "forecast" ? { type, t, intents, focus } : { type, t, slot, variant, rule, reason },
      );
    const heard = told.filter(({ t }) => t >= lines[0].start);
    assert.ok(wanted.filter(({ type }) => type === "forecast").length > 20);
    assert.ok(wanted.filter(({ variant }) => variant && variant !== "default").length > 0, "something was decided");
    // Numbers come as JSON's shortest text that reads back to the same bits: equal means equal bits.
    assert.deepEqual(heard, wanted);
  });
}
