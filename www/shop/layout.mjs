/**
 * The frame of every page: head, header, main, footer, the help slot and the
 * inspector. Pages give it a title, a kind and a body.
 */
import { shop } from "./data.mjs";
import { helpSlot } from "./slots.mjs";

/** Text made safe for HTML. */
export const esc = (text) =>
  String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const mark = `<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="4" class="mark-ground"/><path d="M8 3V29M16 3V9M24 3V29M3 24H29" class="mark-grid"/><path d="M16 8L26 25H19L16 19L13 25H6Z" class="mark-arrow"/></svg>`;

const nav = [
  ["/boots/", "Boots"],
  ["/packs/", "Packs"],
  ["/compare/", "Compare"],
  ["/help/", "Help"],
];

function header(path) {
  const here = (href) => (path === href ? ' aria-current="page"' : path.startsWith(href) ? ' aria-current="true"' : "");
  const links = nav
    .map(
      ([href, name]) =>
        `<li><a href="${href}"${here(href)}>${name}${name === "Compare" ? ` <span class="count" data-count="compare" hidden></span>` : ""}</a></li>`,
    )
    .join("");
  return `<header class="top"><div class="wrap top-in">
    <a class="logo" href="/"${path === "/" ? ' aria-current="page"' : ""}>${mark}<span>${shop.name}</span></a>
    <nav class="nav" aria-label="Shop"><ul>${links}</ul></nav>
    <div class="top-end">
      <button class="think" type="button" data-unspoken-inspector-toggle><span class="think-dot" aria-hidden="true"></span>See it think</button>
      <a class="cart-link" href="/cart/"${here("/cart/")}>Cart <span class="count" data-count="cart">0</span></a>
    </div>
  </div></header>`;
}

const footer = () => `<footer class="foot"><div class="wrap foot-in">
  <div class="foot-say"><p class="foot-name">${shop.name}</p><p>${shop.line}</p></div>
  <nav aria-label="Footer"><ul>
    <li><a href="/help/#sizes">Sizes</a></li><li><a href="/help/#post">Post and returns</a></li><li><a href="/help/#bench">The repair bench</a></li><li><a href="/help/#remembers">What this site remembers</a></li>
  </ul></nav>
  <address>${shop.address.join("<br>")}<br><a href="tel:${shop.tel}">${shop.phone}</a><br>${shop.hours}</address>
  <p class="foot-demo">Northing is a made-up shop. It exists to show <strong>Unspoken</strong>, which changes these pages in your browser by what you do on them. Nothing here can be bought, and no order leaves your device.</p>
</div></footer>`;

/**
 * The SDK: the loader in the page itself, where it is built, or else the script alone. It stands before
 * the style sheet, since a script after one waits for it.
 */
function unspoken({ endpoint, key, loader }) {
  const data = `data-config="/unspoken.json" data-endpoint="${esc(endpoint)}" data-key="${esc(key)}" data-parts="tools"`;
  return loader
    ? `<script data-src="/unspoken.js" ${data}>${loader}</script>`
    : `<script async src="/unspoken.js" ${data}></script>`;
}

/**
 * @param {{ title: string, description: string, path: string, kind: string, item?: string, tags?: string,
 *           body: string, scripts?: string[], outside?: string, about?: string }} page
 * @param {{ endpoint: string, key: string, loader: string }} options
 */
export function layout(page, options) {
  const data = [
    `data-unspoken-page="${page.kind}"`,
    page.item && `data-unspoken-item="${page.item}"`,
    page.tags && `data-unspoken-tags="${page.tags}"`,
  ]
    .filter(Boolean)
    .join(" ");
  const scripts = ["shop", ...(page.scripts ?? [])]
    .map((s) => `<script type="module" blocking="render" src="/assets/js/${s}.js"></script>`)
    .join("\n");
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${esc(page.title)}</title>
<meta name="description" content="${esc(page.description)}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f1f5f3" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0d171b" media="(prefers-color-scheme: dark)">
${unspoken(options)}
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/shop.css">
${scripts}
<script type="module" src="/inspector.js"></script>
</head>
<body class="page-${page.kind}" ${data}>
<a class="skip" href="#main">Skip to the content</a>
${header(page.path)}
<main id="main" tabindex="-1">
${page.body}
</main>
${footer()}
${page.outside ?? ""}
${helpSlot(page.kind)}
<p class="sr" role="status" aria-live="polite" data-say></p>
<unspoken-inspector></unspoken-inspector>
</body>
</html>
`;
}
