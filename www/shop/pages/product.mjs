/** A product: picture and buying on top, then its story, facts, sizes, the aid, and more. */
import { bySlug, categories, href, inCategory, pounds, shop } from "../data.mjs";
import { compareButtons, crumbs, picture, sizeTable, tile, withoutScripts } from "../parts.mjs";
import { aidSlot, leavingSlot, moreSlot, offerSlot } from "../slots.mjs";

/** What goes with it from the other shelf. */
const partner = {
  "fell-runner": "elevenses-18",
  drover: "bothy-38",
  snowline: "long-way-60",
  "elevenses-18": "fell-runner",
  "bothy-38": "drover",
  "long-way-60": "snowline",
};

const sizes = (p) => `<fieldset class="pick" aria-describedby="size-error"><legend>${p.sizeName}</legend>
  <div class="pills">${p.sizes.map((s, i) => `<label class="pill"><input type="radio" name="size" value="${s}" required${p.sizes.length === 1 && i === 0 ? " checked" : ""}><span>${s}</span></label>`).join("")}</div>
  <p class="error" id="size-error" role="alert"></p>
</fieldset>`;

export function product(p) {
  const c = categories[p.category];
  const others = inCategory(p.category).filter((q) => q !== p);
  return {
    title: `${p.name} | Northing`,
    description: `${p.name}, ${pounds(p.price)}. ${p.line}`,
    path: href(p),
    kind: "product",
    item: p.slug,
    tags: p.tags,
    scripts: ["product"],
    outside: leavingSlot(),
    body: `<div class="wrap">${crumbs([["Home", "/"], [c.name, `/${c.slug}/`], [p.name]])}
  <div class="product">
    <div class="product-art">${tile(p)}</div>
    <div class="product-buy">
      <h1>${p.name}</h1>
      <p class="lead">${p.line}</p>
      <p class="price">${pounds(p.price)} <span>with VAT, post and a way back</span></p>
      <form class="buy" action="/cart/" method="get">
        <input type="hidden" name="add" value="${p.slug}">
        ${sizes(p)}
        <p class="hint"><a href="#sizes">${p.category === "boots" ? "Between sizes? Measure your foot" : "Measure your back first"}</a></p>
        <div class="buy-row"><button class="button wide" type="submit" data-add="${p.slug}">Add to cart</button>${compareButtons(p)}</div>
        <p class="added" data-added></p>
      </form>
      ${withoutScripts(shop.tel, shop.phone)}
      <ul class="promises"><li>60 days to change your mind, walked in or not</li><li>Free post both ways in the UK</li><li>Seams and buckles mended free</li></ul>
    </div>
  </div>
  ${offerSlot()}
  <div class="detail">
    <section class="story" aria-labelledby="story"><h2 id="story">What it is for</h2>${p.story.map((t) => `<p>${t}</p>`).join("")}</section>
    <section aria-labelledby="facts"><h2 id="facts">The facts</h2><dl class="facts">${c.rows
      .filter(([k]) => k !== "price")
      .map(([k, n]) => `<div><dt>${n}</dt><dd>${p.facts[k]}</dd></div>`)
      .join("")}</dl></section>
  </div>
  <section class="size-section" id="sizes" aria-labelledby="sizes-title"><h2 id="sizes-title">${p.category === "boots" ? "Size of foot, size of boot" : "Length of back, size of pack"}</h2><div class="size-in">${sizeTable(p.category, "sizes-caption")}<div class="size-art">${picture(`measure-${p.category}.svg`, p.category === "boots" ? "A foot with its heel against a wall and a line at the longest toe" : "A back with a line from the neck to the top of the hips", 480, 320)}</div></div></section>
  ${aidSlot(c)}
  ${moreSlot({ title: "More like this", link: `<a href="/${c.slug}/">All ${c.name.toLowerCase()}</a>`, items: [...others, bySlug(partner[p.slug])], owned: p.category })}
</div>`,
  };
}
