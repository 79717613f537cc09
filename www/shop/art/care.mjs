/**
 * Small pictures for the care tips, the repair bench and the empty states, all on
 * the same 480 × 320 field.
 */
import { contours, file, place } from "./svg.mjs";
import { drover } from "./boots.mjs";
import { bothy } from "./packs.mjs";

const card = (ground, map, seed, body) =>
  file(480, 320, `<rect width="480" height="320" fill="${ground}"/>${contours({ seed, cx: 330, cy: 120, from: 22, step: 30, rings: 14, stroke: map, opacity: 0.55 })}${body}`, ' preserveAspectRatio="xMidYMid slice"');

const drop = (x, y, s, fill) => `<path transform="translate(${x} ${y}) scale(${s})" d="M0-16C9-4 13 2 13 9A13 13 0 0 1-13 9C-13 2-9-4 0-16Z" fill="${fill}"/>`;

const brush = `<g transform="translate(300 96) rotate(24)"><rect x="-92" y="-20" width="184" height="40" rx="18" fill="#c98f4e"/><rect x="-92" y="-20" width="184" height="16" rx="8" fill="#e0ae6f"/><g stroke="#33474e" stroke-width="7" stroke-linecap="round">${Array.from({ length: 15 }, (_, i) => `<path d="M${-80 + i * 11.4} 22V${52 + (i % 3) * 4}"/>`).join("")}</g></g>`;

const tin = `<g transform="translate(338 196)"><ellipse cx="0" cy="66" rx="84" ry="13" fill="#0b1a20" fill-opacity=".22"/><path d="M-78 0V48C-78 70 78 70 78 48V0Z" fill="#0f4d59"/><ellipse cx="0" cy="0" rx="78" ry="24" fill="#e9efe9"/><ellipse cx="0" cy="2" rx="66" ry="18" fill="#f1d27a"/><path d="M-30 2C-14-8 18-8 34 2" fill="none" stroke="#d3ab43" stroke-width="5" stroke-linecap="round"/><path d="M-40 34l18-16 12 12 14-18 28 24" fill="none" stroke="#ffc61a" stroke-width="6" stroke-linejoin="round" stroke-linecap="round"/></g>`;

const stove = `<g transform="translate(362 236)"><path d="M-62 56L-50-20H50L62 56Z" fill="#22343b"/><rect x="-56" y="-34" width="112" height="16" rx="6" fill="#33474e"/><path d="M-26 40C-34 10-8 8-4-12C14 4 30 18 24 40Z" fill="#ffc61a"/><path d="M-10 40C-14 24 0 22 2 10C12 20 16 30 12 40Z" fill="#e0562c"/></g><path d="M296 168L428 292M428 168L296 292" stroke="#a5371c" stroke-width="11" stroke-linecap="round"/>`;

const needle = `<g fill="none" stroke-linecap="round"><path d="M70 240C150 150 210 290 290 210S400 120 430 150" stroke="#e0562c" stroke-width="6"/><path d="M300 70L160 188" stroke="#55707a" stroke-width="11"/><path d="M292 77l-14 12" stroke="#e9f0ef" stroke-width="5"/></g>`;

const tap = `<g transform="translate(350 60)"><path d="M-70 0H10C34 0 40 16 40 36V52H8V42C8 34 4 32-4 32H-70Z" fill="#8ea3aa"/><rect x="-40" y="-24" width="14" height="28" fill="#6b828a"/><rect x="-66" y="-34" width="66" height="14" rx="7" fill="#e0562c"/></g>${drop(374, 142, 1, "#2f8290")}${drop(380, 186, 0.8, "#2f8290")}${drop(370, 226, 1.1, "#2f8290")}`;

const hanger = `<path d="M120 44H360" stroke="#5b3a28" stroke-width="14" stroke-linecap="round"/><path d="M240 44v22" stroke="#33474e" stroke-width="8"/>`;

const patch = `<g transform="translate(240 168)"><rect x="-130" y="-96" width="260" height="200" rx="18" fill="#2f6b55"/><path d="M-130 40C-60 20 60 60 130 30V86Q130 104 112 104H-112Q-130 104-130 86Z" fill="#235443"/><path d="M-58-46H54L66 40-46 50Z" fill="#ffc61a"/><path d="M-50-38H46L56 32-40 41Z" fill="none" stroke="#13242b" stroke-width="4" stroke-dasharray="10 7"/><path d="M-30 18L-6-16 12 6 24-6 40 20Z" fill="#13242b"/></g>`;

/** The bench: boot, hammer, thread. */
const bench = `<rect y="404" width="1200" height="76" fill="#4a3325"/><rect y="404" width="1200" height="9" fill="#fff" fill-opacity=".14"/>
  ${place(470, 92, 0.6, drover("bench"))}
  <g transform="translate(220 300)"><ellipse cx="0" cy="104" rx="92" ry="9" fill="#0b1a20" fill-opacity=".25"/><rect x="-58" y="-10" width="116" height="96" fill="#e0562c"/><path d="M-58 6H58M-58 22H58M-58 38H58M-58 54H58M-58 70H58" stroke="#b8401c" stroke-width="4"/><rect x="-74" y="-30" width="148" height="24" rx="6" fill="#c98f4e"/><rect x="-74" y="82" width="148" height="24" rx="6" fill="#c98f4e"/></g>
  <path d="M278 330C360 290 420 420 500 380" fill="none" stroke="#e0562c" stroke-width="5"/>
  <g transform="translate(960 372) rotate(-14)"><rect x="-140" y="0" width="230" height="24" rx="12" fill="#c98f4e"/><path d="M76-38H120C132-38 138-24 138-12V34C138 48 128 60 116 60H76Z" fill="#55707a"/><path d="M76-38H96V60H76Z" fill="#6f8b95"/></g>
  <g stroke="#c7a24a" stroke-width="6" stroke-linecap="round"><path d="M880 398h18M842 396h14M1110 396l14-4"/></g>`;

export function carePictures() {
  return {
    "care-brush.svg": card("#cfdde2", "#8fb0bb", 81, place(16, 86, 0.42, drover("c1")) + brush + drop(84, 60, 1, "#2f8290") + drop(132, 88, 0.7, "#2f8290")),
    "care-wax.svg": card("#d9e2cf", "#a0b48d", 82, place(10, 78, 0.44, drover("c2")) + tin),
    "care-dry.svg": card("#f3d27a", "#cf9d22", 83, place(6, 78, 0.44, drover("c3")) + stove),
    "care-rinse.svg": card("#cfdde2", "#8fb0bb", 84, place(40, 22, 0.46, bothy("c4")) + tap),
    "care-hang.svg": card("#e7cddb", "#bd86a4", 85, hanger + place(100, 36, 0.44, bothy("c5"))),
    "care-patch.svg": card("#d9e2cf", "#a0b48d", 86, patch),
    "bench.svg": file(1200, 480, `<rect width="1200" height="480" fill="#b9cfd3"/>${contours({ seed: 91, cx: 930, cy: 90, from: 30, step: 42, rings: 20, stroke: "#7d9fa6", opacity: 0.5 })}${bench}`, ' preserveAspectRatio="xMidYMid slice"'),
    "empty-cart.svg": card("#cfdde2", "#8fb0bb", 95, `<g transform="translate(240 226)"><ellipse cx="0" cy="40" rx="130" ry="10" fill="#0b1a20" fill-opacity=".18"/><rect x="-70" y="10" width="140" height="30" rx="12" fill="#7e8b83"/><rect x="-56" y="-18" width="110" height="30" rx="12" fill="#b9c2b8"/><rect x="-42" y="-44" width="82" height="28" rx="11" fill="#7e8b83"/><rect x="-26" y="-68" width="56" height="26" rx="10" fill="#b9c2b8"/><path d="M2-68V-128" stroke="#5b3a28" stroke-width="7" stroke-linecap="round"/><path d="M4-126L70-110 4-92Z" fill="#e0562c"/></g>`),
    "needle.svg": card("#d9e2cf", "#a0b48d", 97, needle),
  };
}
