/**
 * Every picture file of the shop: product tiles, heroes by day and by night,
 * category bands, care pictures. `pictures()` answers { name: svg }.
 */

import { drover, fellRunner, snowline } from "./boots.mjs";
import { carePictures } from "./care.mjs";
import { landscape, lights } from "./landscape.mjs";
import { bothy, elevenses, longWay } from "./packs.mjs";
import { contours, file, place } from "./svg.mjs";

/** How each product stands on its tile. */
const tiles = {
  "fell-runner": { draw: fellRunner, ground: "#e7cddb", map: "#b77a9b", seed: 4, cx: 420, cy: 210, boot: true },
  drover: { draw: drover, ground: "#cddbc5", map: "#8aa37c", seed: 11, cx: 190, cy: 150, boot: true },
  snowline: { draw: snowline, ground: "#bcd7e4", map: "#7fa9bd", seed: 23, cx: 470, cy: 330, boot: true },
  "elevenses-18": { draw: elevenses, ground: "#f5c73a", map: "#c7930a", seed: 31, cx: 160, cy: 430 },
  "bothy-38": { draw: bothy, ground: "#bcd6cb", map: "#7ba694", seed: 46, cx: 470, cy: 180 },
  "long-way-60": { draw: longWay, ground: "#8db0bd", map: "#54808f", seed: 52, cx: 220, cy: 240 },
};

const shadow = (cx, y, rx) =>
  `<ellipse cx="${cx}" cy="${y}" rx="${rx}" ry="${Math.round(rx * 0.055)}" fill="#0b1a20" fill-opacity=".22"/>`;

function tile(slug, width = 640) {
  const t = tiles[slug];
  const dx = (width - 640) / 2;
  const body = t.boot
    ? shadow(340, 512, 260) + place(46, 46, 0.89, t.draw())
    : shadow(320, 556, 190) + place(38, 62, 0.88, t.draw());
  return file(
    width,
    640,
    `<rect width="${width}" height="640" fill="${t.ground}"/>${contours({ seed: t.seed, cx: t.cx + dx, cy: t.cy, stroke: t.map, rings: width > 640 ? 20 : 14, opacity: 0.55 })}${place(dx, 0, 1, body)}`,
    ' preserveAspectRatio="xMidYMid slice"',
  );
}

/** A hero in both widths; the phone sees the fell with more sky above it. */
function hero(light, options) {
  const scene = landscape(lights[light], options);
  return { wide: file(1600, 900, scene, ' preserveAspectRatio="xMidYMax slice"'), tall: scene };
}
const tall = (scene, x) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="620" height="1160" viewBox="${x} -260 620 1160">${scene}</svg>\n`;

const rock = (c) =>
  `<path d="M1010 900C1030 846 1070 828 1130 832C1180 800 1290 808 1340 826C1430 824 1490 856 1510 900Z" fill="${c.wallDark}"/><path d="M1130 832C1180 800 1290 808 1340 826C1300 838 1200 846 1130 832Z" fill="${c.wall}"/><path d="M1340 826C1430 824 1490 856 1510 900H1440C1430 866 1390 846 1340 826Z" fill="${c.ink}" fill-opacity=".22"/>`;

function bootHero(light, dark) {
  const c = lights[light];
  return hero(light, { id: light, dark, walking: false, foreground: rock(c) + place(1040, 440, 0.76, drover("h1")) });
}
function packHero(light, dark) {
  const c = lights[light];
  return hero(light, { id: light, dark, walking: false, foreground: rock(c) + place(1030, 396, 0.78, longWay("h2")) });
}

/** Three of a kind on a shelf, over their own contours. */
function band(ground, map, shelf, seed, items) {
  return file(
    1200,
    480,
    `<rect width="1200" height="480" fill="${ground}"/>${contours({ seed, cx: 860, cy: 130, from: 30, step: 42, rings: 22, stroke: map, opacity: 0.55 })}<rect y="424" width="1200" height="56" fill="${shelf}"/><rect y="424" width="1200" height="7" fill="#fff" fill-opacity=".18"/>${items}`,
  );
}

export function pictures() {
  const out = {};
  for (const slug of Object.keys(tiles)) {
    out[`${slug}.svg`] = tile(slug);
    out[`${slug}-wide.svg`] = tile(slug, 960);
  }
  const heroes = {
    default: [hero("day", { id: "day" }), hero("night", { id: "night", dark: true }), 730],
    boots: [bootHero("autumn", false), bootHero("ember", true), 966],
    packs: [packHero("dusk", false), packHero("stars", true), 970],
  };
  for (const [name, [day, night, x]] of Object.entries(heroes)) {
    out[`hero-${name}-day.svg`] = day.wide;
    out[`hero-${name}-night.svg`] = night.wide;
    out[`hero-${name}-day-tall.svg`] = tall(day.tall, x);
    out[`hero-${name}-night-tall.svg`] = tall(night.tall, x);
  }
  out["boots.svg"] = band(
    "#d5e0cf",
    "#93ab86",
    "#5b3a28",
    61,
    place(-22, 71, 0.68, drover()) + place(357, 71, 0.68, snowline()) + place(752, 71, 0.68, fellRunner()),
  );
  out["packs.svg"] = band(
    "#c7dbe2",
    "#82a9b6",
    "#2b4753",
    72,
    place(20, 8, 0.74, bothy()) + place(388, 8, 0.73, longWay()) + place(748, 16, 0.735, elevenses()),
  );
  return Object.assign(out, carePictures());
}
