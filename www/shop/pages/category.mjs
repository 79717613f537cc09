/** A category: a picture of all three, then one card each, then the aid. */
import { inCategory } from "../data.mjs";
import { card, crumbs, picture } from "../parts.mjs";
import { aidSlot, offerSlot } from "../slots.mjs";

export const category = (c) => ({
  title: `${c.name} | Northing`,
  description: c.intro,
  path: `/${c.slug}/`,
  kind: "category",
  tags: c.tags,
  body: `<div class="wrap">${crumbs([["Home", "/"], [c.name]])}
  <header class="band"><div class="band-say"><h1>${c.title}</h1><p class="lead">${c.intro}</p></div>
  <div class="band-art">${picture(`${c.slug}.svg`, c.alt, 1200, 480)}</div></header>
  <div class="cards">${inCategory(c.slug)
    .map((p) =>
      card(p, {
        level: 2,
        compare: true,
        facts: c.brief
          .slice(1)
          .map(([k, n]) => [n, p.facts[k]])
          .concat([["Best for", p.facts.best]]),
      }),
    )
    .join("")}</div>
  ${aidSlot(c)}
  ${offerSlot()}
</div>`,
});
