/**
 * The country the shop is for: far ridges, one fell, a tarn, a wall and a walker.
 * One drawing in several lights; a light is a palette. 1600 × 900, calm at the
 * upper left, where the words stand.
 */
import { contours, line, r, random } from "./svg.mjs";

/** Day and night of each scene. */
export const lights = {
  day: {
    sky: ["#b9dbe4", "#e6f1ef"],
    sun: "#fff7d1",
    ridges: ["#b3ccd0", "#8fb3b8", "#64929a"],
    fell: "#3f7078",
    shade: "#2b565f",
    snow: "#f3f8f7",
    moor: "#5d7d45",
    moor2: "#3f6136",
    grass: "#89a44d",
    water: "#9cc7d1",
    glint: "#e8f4f4",
    wall: "#b9c2b8",
    wallDark: "#7e8b83",
    ink: "#16303a",
    bloom: "#f2bf22",
  },
  night: {
    sky: ["#08151d", "#1c4250"],
    sun: "#e9f1ec",
    ridges: ["#1e4350", "#183845", "#132e39"],
    fell: "#0f2731",
    shade: "#0a1c24",
    snow: "#8fb0b8",
    moor: "#12281f",
    moor2: "#0c1d18",
    grass: "#1c3a28",
    water: "#285462",
    glint: "#7fb0ba",
    wall: "#40545a",
    wallDark: "#22343a",
    ink: "#040a0d",
    bloom: "#b98f1c",
  },
  autumn: {
    sky: ["#c3d8e6", "#f1ece2"],
    sun: "#ffe9a8",
    ridges: ["#bccbd3", "#a2b2bb", "#869aa4"],
    fell: "#6f828b",
    shade: "#52646e",
    snow: "#f3f1ea",
    moor: "#a8702a",
    moor2: "#774a22",
    grass: "#cf982f",
    water: "#a9c6d3",
    glint: "#eef4f4",
    wall: "#c1bdb0",
    wallDark: "#8b857b",
    ink: "#2b211d",
    bloom: "#f2bf22",
  },
  ember: {
    sky: ["#0f1620", "#3b4048"],
    sun: "#f4d9a0",
    ridges: ["#363b44", "#2c3139", "#242930"],
    fell: "#222a32",
    shade: "#181f26",
    snow: "#a59698",
    moor: "#43290f",
    moor2: "#2a1a0c",
    grass: "#5c3c14",
    water: "#3b4653",
    glint: "#8695a2",
    wall: "#504b48",
    wallDark: "#2d2a29",
    ink: "#080606",
    bloom: "#b98f1c",
  },
  dusk: {
    sky: ["#c9d3ea", "#f6e3df"],
    sun: "#fff1dc",
    ridges: ["#bcb9d4", "#9d96bd", "#7c749f"],
    fell: "#59507f",
    shade: "#433b66",
    snow: "#f5eff4",
    moor: "#4d6b60",
    moor2: "#35524c",
    grass: "#6f9077",
    water: "#c3bfdc",
    glint: "#fbeff0",
    wall: "#b5b5c0",
    wallDark: "#7d7c8f",
    ink: "#211d38",
    bloom: "#c04f86",
  },
  stars: {
    sky: ["#0a0e20", "#2b2d55"],
    sun: "#eceaf6",
    ridges: ["#2a2b50", "#232445", "#1d1e3a"],
    fell: "#17182f",
    shade: "#101124",
    snow: "#8c8db4",
    moor: "#14221f",
    moor2: "#0d1816",
    grass: "#1d312c",
    water: "#34386a",
    glint: "#8f93c4",
    wall: "#464964",
    wallDark: "#272940",
    ink: "#05060d",
    bloom: "#8d3a63",
  },
};

/** How high the moon stands. */
const MOON = 290;

/** A far ridge: midpoint displacement between the two edges. */
function ridge(seed, base, height, colour, peaks) {
  const rnd = random(seed);
  let points = peaks.map(([x, y]) => [x, base - y * height]);
  for (let pass = 0, rough = height * 0.22; pass < 4; pass++, rough *= 0.52) {
    points = points.flatMap((p, i) => {
      if (i === points.length - 1) return [p];
      const q = points[i + 1];
      return [p, [(p[0] + q[0]) / 2 + (rnd() - 0.5) * rough * 0.4, (p[1] + q[1]) / 2 + (rnd() - 0.5) * rough]];
    });
  }
  return `<path d="${line([...points, [1600, 900], [0, 900]], true)}" fill="${colour}"/>`;
}

/** The fell itself: silhouette, lee side, gullies, a little snow, its contours. */
function fell(c, id) {
  const shape = [
    [470, 742],
    [560, 706],
    [640, 668],
    [716, 646],
    [800, 568],
    [866, 536],
    [926, 474],
    [986, 454],
    [1040, 402],
    [1088, 356],
    [1124, 330],
    [1152, 340],
    [1192, 392],
    [1240, 420],
    [1288, 480],
    [1352, 502],
    [1420, 562],
    [1504, 592],
    [1600, 640],
    [1600, 900],
    [470, 900],
  ];
  const lee = [
    [1124, 330],
    [1152, 340],
    [1192, 392],
    [1240, 420],
    [1288, 480],
    [1352, 502],
    [1420, 562],
    [1504, 592],
    [1600, 640],
    [1600, 800],
    [1320, 800],
    [1282, 716],
    [1226, 664],
    [1204, 584],
    [1160, 520],
    [1172, 448],
    [1134, 400],
  ];
  return `<clipPath id="${id}-fell"><path d="${line(shape, true)}"/></clipPath>
  <path d="${line(shape, true)}" fill="${c.fell}"/>
  <path d="${line(lee, true)}" fill="${c.shade}"/>
  <path d="M986 454L1010 520 970 566 990 640 940 690 960 740 900 800 1060 800 1040 700 1076 640 1050 560 1066 500 1040 402Z" fill="${c.shade}" fill-opacity=".55"/>
  <path d="M800 568L836 640 800 690 820 740 760 800 900 800 880 700 896 640 866 536Z" fill="${c.shade}" fill-opacity=".4"/>
  <path d="M1124 330L1088 356 1062 380 1082 396 1078 430 1104 404 1112 446 1128 410 1134 400 1130 372Z" fill="${c.snow}"/>
  <path d="M1152 340L1192 392 1204 402 1186 420 1176 396 1160 430 1150 384Z" fill="${c.snow}" fill-opacity=".55"/>
  <g clip-path="url(#${id}-fell)">${contours({ seed: 9, cx: 1124, cy: 350, from: 70, step: 38, rings: 13, stroke: c.snow, opacity: 0.2, width: 1.6 })}</g>`;
}

/** A dry-stone wall following a line of points. */
function wall(c, points, seed) {
  const rnd = random(seed);
  let out = "";
  points.slice(1).forEach(([x2, y2], i) => {
    const [x1, y1] = points[i];
    const size = 13 + (y1 - 760) * 0.12;
    const n = Math.round(Math.hypot(x2 - x1, y2 - y1) / (size * 1.25));
    for (let k = 0; k < n; k++) {
      const x = x1 + ((x2 - x1) * k) / n;
      const y = y1 + ((y2 - y1) * k) / n;
      for (let row = 0; row < 3; row++) {
        const w = size * (1 + rnd() * 0.5);
        out += `<rect x="${r(x + (row % 2) * size * 0.5)}" y="${r(y - row * size * 0.62)}" width="${r(w)}" height="${r(size * 0.56)}" rx="${r(size * 0.18)}" fill="${row === 2 || rnd() > 0.55 ? c.wall : c.wallDark}"/>`;
      }
    }
  });
  return out;
}

/** A walker seen from behind, going up. About 70 units tall, feet at 0, 0. */
const walker = (c) => `<g stroke-linecap="round" stroke-linejoin="round" fill="none">
  <path d="M-2-30L-10-14-14 0M2-30L8-16 8 0" stroke="${c.ink}" stroke-width="7"/>
  <path d="M8-46L20-34 26-38" stroke="#e0562c" stroke-width="6"/><path d="M26-46L31 0" stroke="${c.ink}" stroke-width="2.4"/>
  <path d="M0-50V-32" stroke="#e0562c" stroke-width="15"/>
  <rect x="-13" y="-60" width="17" height="30" rx="6" fill="#ffc61a"/><path d="M-13-48H4" stroke="${c.ink}" stroke-width="2"/>
  <circle cx="5" cy="-67" r="7.5" fill="#2f7f8a"/><path d="M-2-66q8 5 15 0" stroke="#f4f7f5" stroke-width="2.6"/></g>`;

/** A cairn, base at 0, 0. */
const cairn = (c) =>
  [
    [-30, -14, 60, 15],
    [-24, -27, 48, 14],
    [-19, -39, 36, 13],
    [-11, -50, 27, 12],
    [-8, -59, 16, 10],
  ]
    .map(
      ([x, y, w, h], i) =>
        `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="6" fill="${i % 2 ? c.wall : c.wallDark}"/>`,
    )
    .join("");

/** The whole scene in one light. `dark` adds stars; `foreground` stands in front of everything. */
export function landscape(c, { id = "l", dark = false, walking = true, foreground = "" } = {}) {
  const rnd = random(21);
  const stars = dark
    ? `<g fill="#fff">${Array.from({ length: 90 }, () => `<circle cx="${r(rnd() * 1600)}" cy="${r(rnd() * 800 - 320)}" r="${r(0.7 + rnd() * 1.5)}" fill-opacity="${r(0.3 + rnd() * 0.6)}"/>`).join("")}</g>`
    : "";
  const cloud = (x, y, s, o) =>
    `<path transform="translate(${x} ${y}) scale(${s})" d="M0 0C-30 0-34-26-8-30C0-58 48-60 58-34C84-46 112-26 104 0Z" fill="#fff" fill-opacity="${o}"/>`;
  return `<defs><linearGradient id="${id}-sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${c.sky[0]}"/><stop offset="1" stop-color="${c.sky[1]}"/></linearGradient></defs>
  <rect y="-400" width="1600" height="420" fill="${c.sky[0]}"/><rect width="1600" height="720" fill="url(#${id}-sky)"/>
  ${stars}
  ${dark ? `<path d="M1322 ${MOON - 44}A46 46 0 1 0 1352 ${MOON + 28}A38 38 0 1 1 1322 ${MOON - 44}Z" fill="${c.sun}"/>` : `<circle cx="1300" cy="270" r="100" fill="${c.sun}" fill-opacity=".35"/><circle cx="1300" cy="270" r="64" fill="${c.sun}"/>`}
  ${dark ? "" : cloud(1376, 318, 1.25, 0.85) + cloud(1486, 210, 0.7, 0.6) + cloud(866, 400, 0.8, 0.6)}
  ${ridge(3, 650, 190, c.ridges[0], [
    [0, 0.2],
    [180, 0.5],
    [330, 0.25],
    [520, 0.75],
    [690, 0.4],
    [860, 0.9],
    [1050, 0.5],
    [1260, 0.9],
    [1440, 0.6],
    [1600, 0.95],
  ])}
  ${ridge(7, 690, 150, c.ridges[1], [
    [0, 0.55],
    [150, 0.25],
    [300, 0.6],
    [470, 0.2],
    [640, 0.55],
    [820, 0.7],
    [1000, 0.4],
    [1600, 0.7],
  ])}
  ${ridge(12, 740, 120, c.ridges[2], [
    [0, 0.7],
    [200, 0.85],
    [380, 0.35],
    [560, 0.15],
    [760, 0.5],
    [1000, 0.3],
    [1600, 0.4],
  ])}
  ${fell(c, id)}
  <path d="M150 752C340 724 640 728 980 742C1120 752 1130 782 1010 796C720 824 360 824 170 800C80 786 70 764 150 752Z" fill="${c.water}"/>
  <path d="M640 744L760 738 860 742 930 776 880 800 780 790 720 800Z" fill="${c.fell}" fill-opacity=".32"/>
  <g stroke="${c.glint}" stroke-width="4" stroke-linecap="round" stroke-opacity=".85"><path d="M250 770H380M420 784H520M560 762H610M690 790H850M900 766H980M300 796H350M1000 780H1060" /></g>
  <path d="M0 770C120 752 220 790 380 800C620 812 760 806 920 786C1100 764 1330 716 1600 734V900H0Z" fill="${c.moor}"/>
  <path d="M0 770C120 752 220 790 380 800C300 812 180 812 0 800Z" fill="${c.grass}" fill-opacity=".6"/>
  <path d="M920 786C1100 764 1330 716 1600 734V770C1360 752 1120 792 920 786Z" fill="${c.grass}" fill-opacity=".75"/>
  ${wall(
    c,
    [
      [1600, 772],
      [1480, 778],
      [1330, 800],
      [1210, 838],
      [1120, 900],
    ].reverse(),
    5,
  )}
  <path d="M0 838C240 808 520 850 760 868C960 880 1080 872 1180 900H0Z" fill="${c.moor2}"/>
  <g fill="${c.bloom}">${Array.from({ length: 70 }, () => {
    const x = rnd() * 1000;
    return `<circle cx="${r(x)}" cy="${r(856 + rnd() * 40 + Math.max(0, x - 500) * 0.03)}" r="${r(2 + rnd() * 3.2)}" fill-opacity="${r(0.55 + rnd() * 0.45)}"/>`;
  }).join("")}</g>
  ${walking ? `<g transform="translate(1006 786) scale(1.15)">${walker(c)}</g><g transform="translate(1092 774) scale(.8)">${cairn(c)}</g>` : ""}
  ${foreground}`;
}
