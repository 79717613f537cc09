/**
 * Builds the demo shop into plain files: `node www/shop/build.mjs [outDir]`.
 * No dependencies. `build(outDir, { endpoint, key })` can be called from other scripts.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pictures } from "./art/scenes.mjs";
import { categories, href, products } from "./data.mjs";
import { layout } from "./layout.mjs";
import { cart } from "./pages/cart.mjs";
import { category } from "./pages/category.mjs";
import { checkout } from "./pages/checkout.mjs";
import { compare, compareCss } from "./pages/compare.mjs";
import { help } from "./pages/help.mjs";
import { home } from "./pages/home.mjs";
import { missing } from "./pages/missing.mjs";
import { product } from "./pages/product.mjs";
import { thanks } from "./pages/thanks.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, "../../dist");

/** The style sheets, in the order of their cascade. */
const styles = ["tokens", "base", "frame", "parts", "shop", "order", "slots"];

/** What the shop takes from the rest of the project, where it has been built. */
const isBorrowed = (file) => /^(loader|unspoken|inspector)(-\w+)?\.(js|wasm)$/.test(file);

async function put(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const copyIfThere = (from, to) =>
  copyFile(from, to).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });

/** Names, prices and addresses for the shop's own scripts. */
const catalogue = () =>
  `/** Made by build.mjs from data.mjs. */\nexport const catalogue = ${JSON.stringify(
    Object.fromEntries(
      products.map((p) => [p.slug, { name: p.name, price: p.price, href: href(p), sizeName: p.sizeName }]),
    ),
    null,
    2,
  )};\n`;

/**
 * @param {string} [outDir]
 * @param {{ endpoint?: string, key?: string }} [options]
 */
export async function build(
  outDir = join(dist, "shop"),
  { endpoint = "http://127.0.0.1:4181/v1", key = "pk_demo" } = {},
) {
  const out = (...path) => join(outDir, ...path);
  await rm(out("assets"), { recursive: true, force: true });

  const pages = [
    home(),
    ...Object.values(categories).map(category),
    ...products.map(product),
    compare(),
    cart(),
    checkout(),
    thanks(),
    help(),
    missing(),
  ];
  const loader = await readFile(join(dist, "loader.js"), "utf8").catch(() => "");
  for (const page of pages) {
    const file = page.path.endsWith("/") ? `${page.path}index.html` : page.path;
    await put(out(file), layout(page, { endpoint, key, loader }));
  }

  const css = await Promise.all(styles.map((name) => readFile(join(here, "assets/css", `${name}.css`), "utf8")));
  await put(out("assets/shop.css"), [...css, compareCss()].join("\n"));
  for (const name of await readdir(join(here, "assets/js"))) {
    await put(out("assets/js", name), await readFile(join(here, "assets/js", name)));
  }
  await put(out("assets/js/catalogue.js"), catalogue());
  for (const [name, svg] of Object.entries(pictures())) await put(out("assets/art", name), svg);

  await copyFile(join(here, "assets/favicon.svg"), out("favicon.svg"));
  await copyFile(join(here, "unspoken.json"), out("unspoken.json"));
  for (const name of (await readdir(dist).catch(() => [])).filter(isBorrowed))
    await copyIfThere(join(dist, name), out(name));
  return pages.map((page) => page.path);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const pages = await build(process.argv[2]);
  console.log(`${pages.length} pages`);
}
