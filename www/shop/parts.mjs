/**
 * Pieces that several pages share: pictures, product cards, size and fact tables,
 * the compare buttons.
 */
import { href, pounds, sizeTables } from "./data.mjs";

/** A picture with its size, so that nothing moves when it arrives. */
export const picture = (file, alt, width, height, more = "") =>
  `<img src="/assets/art/${file}" alt="${alt}" width="${width}" height="${height}" decoding="async"${more}>`;

export const tile = (p, more = "") => picture(`${p.slug}.svg`, p.alt, 640, 640, more);

/** Add to and remove from the comparison: two buttons, one shown at a time. */
export const compareButtons = (p) => `<span class="toggle">
  <button class="button quiet small" type="button" data-compare-add="${p.slug}">Compare<span class="sr"> ${p.name}</span></button>
  <button class="button quiet small on" type="button" data-compare-drop="${p.slug}" hidden>In comparison<span class="sr">, remove ${p.name}</span><span class="cross" aria-hidden="true">×</span></button>
</span>`;

/** A product on a shelf: picture, name, price, one line. */
export const card = (p, { level = 3, facts = [], compare = false } = {}) => `<article class="card">
  <a class="card-link" href="${href(p)}">
    <span class="card-art">${tile(p, level > 2 ? ' loading="lazy"' : "").replace(/alt="[^"]*"/, 'alt=""')}</span>
    <h${level} class="card-name">${p.name}</h${level}>
    <span class="card-price">${pounds(p.price)}</span>
  </a>
  <p class="card-line">${p.line}</p>
  ${facts.length ? `<dl class="card-facts">${facts.map(([k, v]) => `<div><dt>${k}</dt><dd>${v}</dd></div>`).join("")}</dl>` : ""}
  ${compare ? compareButtons(p) : ""}
</article>`;

/** The size table of a category. It scrolls by itself where the page is narrow. */
export function sizeTable(category, id) {
  const t = sizeTables[category];
  return `<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table class="sizes" data-size-table>
    <caption id="${id}">${t.caption}</caption>
    <thead><tr>${t.heads.map((h) => `<th scope="col">${h}</th>`).join("")}</tr></thead>
    <tbody>${t.rows.map(([first, ...rest]) => `<tr><th scope="row">${first}</th>${rest.map((v) => `<td>${v}</td>`).join("")}</tr>`).join("")}</tbody>
  </table></div>`;
}

/** Where you are. */
export const crumbs = (steps) =>
  `<nav class="crumbs" aria-label="You are here"><ol>${steps.map(([name, to]) => `<li>${to ? `<a href="${to}">${name}</a>` : `<span aria-current="page">${name}</span>`}</li>`).join("")}</ol></nav>`;

/** Said where a page cannot do its work without scripts. */
export const withoutScripts = (tel, phone) =>
  `<noscript><p class="note">Your cart lives in your browser, and that takes JavaScript. Ring us on <a href="tel:${tel}">${phone}</a> and we will take the order by phone.</p></noscript>`;
