/**
 * The slots: the default content and every variant of each. Their rules stand in
 * unspoken.json; the boxes that keep the layout still stand in assets/css/slots.css.
 */
import { care, categories, href, inCategory, pounds, products, shop } from "./data.mjs";
import { picture } from "./parts.mjs";

const slot = (name, content, variants, attributes = "") =>
  `<div class="slot slot-${name}" data-unspoken="${name}"${attributes}>${content}
${Object.entries(variants)
  .map(([id, html]) => `<template data-variant="${id}">${html}</template>`)
  .join("\n")}
</div>`;

/** Sends the slot's content away, on every page and in every tab. */
const close = (label) =>
  `<button class="close" type="button" data-unspoken-dismiss aria-label="${label}"><span aria-hidden="true">×</span></button>`;

/** In a corner, when somebody is stuck. The default is nothing. */
export const helpSlot = (kind) =>
  slot(
    "help",
    "",
    {
      help: `<section class="pop" aria-labelledby="pop-help">
    ${close("Close this help")}
    <h2 id="pop-help">Stuck? Ask a person.</h2>
    <p>${kind === "checkout" ? "The form only needs the fields marked as needed." : "Most questions are about size. If yours isn't, ring the bench."}</p>
    <ul><li><a href="/help/#sizes">How to measure your foot or back</a></li><li><a href="/help/#post">Post, returns and mending</a></li><li><a href="tel:${shop.tel}">Ring ${shop.phone}</a> <span class="muted">till 5</span></li></ul>
  </section>`,
    },
    ' role="status" aria-live="polite"',
  );

/** Under the header, when somebody is about to go. The default is nothing. */
export const leavingSlot = () =>
  slot(
    "leaving",
    "",
    {
      nudge: `<section class="pop" aria-labelledby="pop-leaving">
    ${close("Close this note")}
    <h2 id="pop-leaving">Off already? No harm done.</h2>
    <p>Your cart is kept on this device for 30 days; no account needed.</p>
  </section>`,
    },
    ' role="status" aria-live="polite"',
  );

/** Over the foot of the hero's picture, on a first visit. The default is nothing. */
export const hintSlot = () =>
  slot("hint", "", {
    first: `<aside class="wrap first" aria-label="For a first visit"><div class="first-in">
    <p><strong>First time here?</strong> This shop changes as you use it. <a href="/help/#remembers">How, and what it keeps</a></p>
    ${close("Close this hint")}
  </div></aside>`,
  });

/**
 * One strip: a promise for the first order, or how to get the size right (which of the two brings more
 * things into carts is learned); the cart of an earlier visit; a service note for customers.
 */
export const offerSlot = (kind = "") =>
  slot(
    "offer",
    `<aside class="strip strip-offer" aria-label="Offer">
    <p><strong>10% off your first order.</strong> <span>It comes off in the cart by itself. No code, no newsletter.</span></p>
    <a href="/help/#post">How it works</a>
  </aside>`,
    {
      guide: `<aside class="strip strip-guide" aria-label="Sizes">
    <p><strong>Between two sizes?</strong> <span>A wall, a pencil and one minute settle it. And 60 days to change your mind.</span></p>
    <a href="/help/#sizes">How to measure</a>
  </aside>`,
      remind: `<aside class="strip strip-remind" aria-label="Your cart">
    <p><strong>Your cart is still here.</strong> <span>As you left it, on this device. It is kept for 30 days, so there is no hurry.</span></p>
    <a href="${kind === "cart" ? "/checkout/" : "/cart/"}">${kind === "cart" ? "Check out" : "Go to the cart"}</a>
  </aside>`,
      quiet: `<aside class="strip strip-quiet" aria-label="Service">
    <p><strong>Good to see you again.</strong> <span>Seams and buckles are mended free, for as long as you own it.</span></p>
    <a href="/help/#bench">Send something in</a>
  </aside>`,
    },
  );

/** Facts of a category side by side. */
function brief(category) {
  const items = inCategory(category.slug);
  return `<section class="aid" aria-labelledby="aid-title">
    <div class="aid-head"><h2 id="aid-title">Your three ${category.name.toLowerCase()}, side by side</h2><a href="/compare/?${items.map((p) => `items=${p.slug}`).join("&amp;")}">Every fact</a></div>
    <table class="brief"><thead><tr><td></td>${items.map((p) => `<th scope="col"><a href="${href(p)}">${picture(`${p.slug}.svg`, "", 56, 56)}<span>${p.name}</span></a></th>`).join("")}</tr></thead>
    <tbody>${category.brief.map(([key, name]) => `<tr><th scope="row">${name}</th>${items.map((p) => `<td>${p.facts[key]}</td>`).join("")}</tr>`).join("")}</tbody></table>
  </section>`;
}

/** On product and category pages: three questions; while comparing, the answers side by side. */
export const aidSlot = (category) =>
  slot(
    "aid",
    `<section class="aid" aria-labelledby="aid-title">
    <div class="aid-head"><h2 id="aid-title">Three questions, one ${category.one}</h2><a href="/compare/">Compare</a></div>
    <ol class="questions">${category.questions.map(([q, a]) => `<li><h3>${q}</h3><p>${a}</p></li>`).join("")}</ol>
  </section>`,
    { compare: brief(category) },
  );

/** On the compare page: how to read it; while comparing, the short answers. */
export const aidCompareSlot = () =>
  slot(
    "aid",
    `<section class="aid" aria-labelledby="aid-title">
    <div class="aid-head"><h2 id="aid-title">How to read the numbers</h2><a href="/help/#sizes">Sizes</a></div>
    <ol class="questions">
      <li><h3>Weight is dry weight</h3><p>One boot in EU 42, or one empty pack in M, on the workshop scales.</p></li>
      <li><h3>Stiffness is out of five</h3><p>One bends like a slipper. Five will stand on an edge.</p></li>
      <li><h3>Load is what feels fine</h3><p>More will fit. You will know about it by the second stile.</p></li>
    </ol></section>`,
    {
      compare: `<section class="aid" aria-labelledby="aid-title">
    <div class="aid-head"><h2 id="aid-title">The short answers</h2><a href="tel:${shop.tel}">Ask us</a></div>
    <ul class="answers">${products.map((p) => `<li><a href="${href(p)}">${picture(`${p.slug}.svg`, "", 56, 56)}<span><strong>${p.name}</strong><span class="answer-for">${categories[p.category].short[p.slug]}</span><span class="answer-price">${pounds(p.price)}, ${p.facts.weight}</span></span></a></li>`).join("")}</ul>
  </section>`,
    },
  );

const offerTip = (p) =>
  `<li class="tip"><a href="${href(p)}"><span class="tip-art">${picture(`${p.slug}-wide.svg`, "", 960, 640, ' loading="lazy"')}</span><span class="tip-text"><strong>${p.name} <span class="tip-price">${pounds(p.price)}</span></strong><span>${p.line}</span></span></a></li>`;
const careTip = (t) =>
  `<li class="tip"><span class="tip-art">${picture(t.picture, t.alt, 480, 320)}</span><span class="tip-text"><strong>${t.title}</strong><span>${t.text}</span></span></li>`;
const tips = (title, link, items) =>
  `<section class="more" aria-labelledby="more-title"><div class="more-head"><h2 id="more-title">${title}</h2>${link}</div><ul class="tips">${items}</ul></section>`;

/** More to buy; once somebody owns something, how to look after it. */
export function moreSlot({ title, link, items, owned }) {
  const list = owned ? care[owned] : [care.boots[0], care.boots[2], care.packs[1]];
  return slot("more", tips(title, link, items.map(offerTip).join("")), {
    care: tips("Make yours last", `<a href="/help/#bench">The repair bench</a>`, list.map(careTip).join("")),
  });
}

const heroContent = ({ name, title, text, links }) => `<div class="hero">
  <picture class="hero-art">
    <source media="(max-width: 47.99rem) and (prefers-color-scheme: dark)" srcset="/assets/art/hero-${name}-night-tall.svg" width="620" height="1160">
    <source media="(max-width: 47.99rem)" srcset="/assets/art/hero-${name}-day-tall.svg" width="620" height="1160">
    <source media="(prefers-color-scheme: dark)" srcset="/assets/art/hero-${name}-night.svg" width="1600" height="900">
    <img src="/assets/art/hero-${name}-day.svg" alt="" width="1600" height="900">
  </picture>
  <div class="wrap hero-in"><div class="hero-say"><h1>${title}</h1><p>${text}</p>
    <p class="actions">${links.map(([to, label], i) => `<a class="button${i ? " ghost" : ""}" href="${to}">${label}</a>`).join("")}</p></div></div>
</div>`;

const shelves = [
  ["/boots/", "See the boots"],
  ["/packs/", "See the packs"],
];

/** The first thing on the home page, by what you have been looking at; before that, one of two headlines. */
export const heroSlot = () =>
  slot(
    "hero",
    heroContent({
      name: "default",
      title: "<span>Three boots. Three packs.</span> <span>That’s the shop.</span>",
      text: "Six things for wet, steep country. We make them, we stock them, and we mend them.",
      links: shelves,
    }),
    {
      mended: heroContent({
        name: "default",
        title: "<span>Bought once.</span> <span>Mended for good.</span>",
        text: "Six things for wet, steep country. Their seams and buckles are mended free, for as long as you own them.",
        links: shelves,
      }),
      boots: heroContent({
        name: "boots",
        title: "A boot is a promise to your feet.",
        text: "Three pairs on one last: fast, all year, and snow. Bring them back muddy if they’re wrong.",
        links: [
          ["/boots/", "Choose a boot"],
          ["/help/#sizes", "Find your size"],
        ],
      }),
      packs: heroContent({
        name: "packs",
        title: "Carry less. Stay out longer.",
        text: "Eighteen litres, thirty-eight or sixty. Pick by the nights, then get the back length right.",
        links: [
          ["/packs/", "Choose a pack"],
          ["/help/#sizes", "Find your size"],
        ],
      }),
    },
  );
