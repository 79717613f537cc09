/** Home: hero, the two shelves, the repair bench, where to start. */
import { bySlug, categories, inCategory, repairs } from "../data.mjs";
import { card, picture } from "../parts.mjs";
import { heroSlot, hintSlot, moreSlot, offerSlot } from "../slots.mjs";

const shelf = (c) => `<section class="shelf wrap" aria-labelledby="shelf-${c.slug}">
  <div class="shelf-head"><h2 id="shelf-${c.slug}">${c.name}</h2><p>${c.intro}</p><p><a class="more-link" href="/${c.slug}/">All about the ${c.name.toLowerCase()}</a></p></div>
  ${inCategory(c.slug)
    .map((p) => card(p))
    .join("")}
</section>`;

export const home = () => ({
  title: "Northing: boots and packs for the long way round",
  description: "Three boots and three packs for wet, steep country, made and mended in one workshop.",
  path: "/",
  kind: "home",
  body: `<div class="hero-frame">${heroSlot()}
${hintSlot()}</div>
<div class="wrap">${offerSlot()}</div>
${shelf(categories.boots)}
${shelf(categories.packs)}
<section class="bench" aria-labelledby="bench-title"><div class="wrap bench-in">
  <div class="bench-art">${picture("bench.svg", "The repair bench with a boot, a spool of orange thread and a hammer", 960, 640, ' loading="lazy"')}</div>
  <div class="bench-say"><h2 id="bench-title">What we sell, we mend</h2>
  <p>Half the workshop is a repair bench. Post it to us, or walk in with it on. Most things go home within a fortnight.</p>
  <p><a class="more-link" href="/help/#bench">How to send something in</a></p></div>
  <dl class="price-list">${repairs.map(([what, price]) => `<div><dt>${what}</dt><dd>${price}</dd></div>`).join("")}</dl>
</div></section>
<div class="wrap">${moreSlot({ title: "If it’s your first of each", link: `<a href="/compare/">Compare all six</a>`, items: ["drover", "elevenses-18", "bothy-38"].map(bySlug) })}</div>`,
});
