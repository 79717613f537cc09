/**
 * Compare: a chooser of six checkboxes and a table for each category. Which columns
 * show is decided in CSS by the checkboxes alone, so it works without scripts; the
 * script only remembers the choice.
 */
import { categories, href, inCategory, pounds, products } from "../data.mjs";
import { picture } from "../parts.mjs";
import { aidCompareSlot } from "../slots.mjs";

const table = (c) => {
  const items = inCategory(c.slug);
  const cell = (tag, p, content) =>
    `<${tag} class="col-${p.slug}"${tag === "th" ? ' scope="col"' : ""}>${content}</${tag}>`;
  return `<section class="versus versus-${c.slug}" aria-labelledby="versus-${c.slug}"><h2 id="versus-${c.slug}">${c.name}</h2>
  <div class="scroll" role="region" aria-label="${c.name}, fact by fact" tabindex="0"><table class="versus-table">
    <thead><tr><td></td>${items.map((p) => cell("th", p, `<a href="${href(p)}">${picture(`${p.slug}.svg`, "", 200, 200)}<span>${p.name}</span></a>`)).join("")}</tr></thead>
    <tbody>${c.rows.map(([k, n]) => `<tr><th scope="row">${n}</th>${items.map((p) => cell("td", p, p.facts[k])).join("")}</tr>`).join("")}</tbody>
  </table></div></section>`;
};

/** The columns that follow the checkboxes; the build puts this at the end of the style sheet. */
export const compareCss = () =>
  products.map((p) => `.page-compare:has(#pick-${p.slug}:not(:checked)) .col-${p.slug} { display: none; }`).join("\n") +
  "\n" +
  Object.keys(categories)
    .map((c) => `.page-compare:not(:has([data-kind="${c}"]:checked)) .versus-${c} { display: none; }`)
    .join("\n") +
  "\n";

export const compare = () => ({
  title: "Compare | Northing",
  description: "The three boots and three packs, fact by fact.",
  path: "/compare/",
  kind: "compare",
  scripts: ["compare"],
  body: `<div class="wrap"><header class="plain-head"><h1>Compare</h1><p class="lead">Six things, all facts, no stars. Choose the ones you are torn between.</p></header>
  <form class="chooser" action="/compare/" method="get" autocomplete="off"><fieldset><legend class="sr">Show in the comparison</legend>
    ${products.map((p) => `<label class="choice"><input type="checkbox" name="items" value="${p.slug}" id="pick-${p.slug}" data-kind="${p.category}" checked>${picture(`${p.slug}.svg`, "", 80, 80)}<span><strong>${p.name}</strong><span class="muted">${pounds(p.price)}</span></span></label>`).join("")}
  </fieldset></form>
  ${aidCompareSlot()}
  <div class="results" aria-live="polite">
    <div class="empty compare-empty">${picture("empty-cart.svg", "", 480, 320)}<div><h2>Nothing to compare yet</h2><p>Tick two or three above, or press Compare on a product and it will be waiting here.</p></div></div>
    ${table(categories.boots)}${table(categories.packs)}
  </div>
</div>`,
});
