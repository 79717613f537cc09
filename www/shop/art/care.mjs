/**
 * Small pictures for the care tips, the repair bench and the empty states, all on
 * the same 480 × 320 field.
 */

import { drover } from "./boots.mjs";
import { bothy } from "./packs.mjs";
import { contours, file, place } from "./svg.mjs";

const card = (ground, map, seed, body) =>
  file(
    480,
    320,
    `<rect width="480" height="320" fill="${ground}"/>${contours({ seed, cx: 330, cy: 120, from: 22, step: 30, rings: 14, stroke: map, opacity: 0.55 })}${body}`,
    ' preserveAspectRatio="xMidYMid slice"',
  );

const drop = (x, y, s, fill) =>
  `<path transform="translate(${x} ${y}) scale(${s})" d="M0-16C9-4 13 2 13 9A13 13 0 0 1-13 9C-13 2-9-4 0-16Z" fill="${fill}"/>`;

const brush = `<g transform="translate(300 96) rotate(24)"><rect x="-92" y="-20" width="184" height="40" rx="18" fill="#c98f4e"/><rect x="-92" y="-20" width="184" height="16" rx="8" fill="#e0ae6f"/><g stroke="#33474e" stroke-width="7" stroke-linecap="round">${Array.from({ length: 15 }, (_, i) => `<path d="M${-80 + i * 11.4} 22V${52 + (i % 3) * 4}"/>`).join("")}</g></g>`;

const tin = `<g transform="translate(338 196)"><ellipse cx="0" cy="66" rx="84" ry="13" fill="#0b1a20" fill-opacity=".22"/><path d="M-78 0V48C-78 70 78 70 78 48V0Z" fill="#0f4d59"/><ellipse cx="0" cy="0" rx="78" ry="24" fill="#e9efe9"/><ellipse cx="0" cy="2" rx="66" ry="18" fill="#f1d27a"/><path d="M-30 2C-14-8 18-8 34 2" fill="none" stroke="#d3ab43" stroke-width="5" stroke-linecap="round"/><path d="M-40 34l18-16 12 12 14-18 28 24" fill="none" stroke="#ffc61a" stroke-width="6" stroke-linejoin="round" stroke-linecap="round"/></g>`;

const stove = `<g transform="translate(362 236)"><path d="M-62 56L-50-20H50L62 56Z" fill="#22343b"/><rect x="-56" y="-34" width="112" height="16" rx="6" fill="#33474e"/><path d="M-26 40C-34 10-8 8-4-12C14 4 30 18 24 40Z" fill="#ffc61a"/><path d="M-10 40C-14 24 0 22 2 10C12 20 16 30 12 40Z" fill="#e0562c"/></g><path d="M296 168L428 292M428 168L296 292" stroke="#a5371c" stroke-width="11" stroke-linecap="round"/>`;

const tap = `<g transform="translate(350 60)"><path d="M-70 0H10C34 0 40 16 40 36V52H8V42C8 34 4 32-4 32H-70Z" fill="#8ea3aa"/><rect x="-40" y="-24" width="14" height="28" fill="#6b828a"/><rect x="-66" y="-34" width="66" height="14" rx="7" fill="#e0562c"/></g>${drop(374, 142, 1, "#2f8290")}${drop(380, 186, 0.8, "#2f8290")}${drop(370, 226, 1.1, "#2f8290")}`;

const hanger = `<path d="M120 44H360" stroke="#5b3a28" stroke-width="14" stroke-linecap="round"/><path d="M240 44v22" stroke="#33474e" stroke-width="8"/>`;

const patch = `<g transform="translate(240 168)"><rect x="-130" y="-96" width="260" height="200" rx="18" fill="#2f6b55"/><path d="M-130 40C-60 20 60 60 130 30V86Q130 104 112 104H-112Q-130 104-130 86Z" fill="#235443"/><path d="M-58-46H54L66 40-46 50Z" fill="#ffc61a"/><path d="M-50-38H46L56 32-40 41Z" fill="none" stroke="#13242b" stroke-width="4" stroke-dasharray="10 7"/><path d="M-30 18L-6-16 12 6 24-6 40 20Z" fill="#13242b"/></g>`;

/** The bench: a boot, a spool, a hammer. */
const bench = `<rect y="536" width="960" height="104" fill="#4a3325"/><rect y="536" width="960" height="10" fill="#fff" fill-opacity=".14"/>
  <path d="M120 110H840" stroke="#5d7f88" stroke-width="12" stroke-linecap="round"/>
  <g stroke="#3f5f68" stroke-width="7" stroke-linecap="round" fill="none"><path d="M196 110V150M268 110V138M340 110V156"/></g>
  <path d="M186 150h20v84a10 10 0 0 1-20 0z" fill="#c98f4e"/><path d="M258 138h20l-4 96h-12z" fill="#33474e"/><path d="M326 156h28v30h-9v62h-10v-62h-9z" fill="#e0562c"/>
  ${place(336, 60, 0.92, drover("bench"))}
  <g transform="translate(196 436)"><ellipse cx="0" cy="102" rx="104" ry="9" fill="#0b1a20" fill-opacity=".25"/><rect x="-58" y="-10" width="116" height="96" fill="#e0562c"/><path d="M-58 6H58M-58 22H58M-58 38H58M-58 54H58M-58 70H58" stroke="#b8401c" stroke-width="4"/><rect x="-74" y="-30" width="148" height="24" rx="6" fill="#c98f4e"/><rect x="-74" y="78" width="148" height="24" rx="6" fill="#c98f4e"/></g>
  <path d="M254 470C320 430 330 540 420 524" fill="none" stroke="#e0562c" stroke-width="5" stroke-linecap="round"/>
  <g stroke="#c7a24a" stroke-width="6" stroke-linecap="round"><path d="M300 590h20M352 580h16M640 588l16-5M700 596h18"/></g>
  <g transform="translate(500 584) rotate(-4)"><rect x="-20" y="0" width="250" height="22" rx="11" fill="#c98f4e"/><path d="M216-24H262C276-24 282-12 282 0V24C282 36 272 46 260 46H216Z" fill="#6f8b95"/><path d="M216-24H234V46H216Z" fill="#8aa6b0"/></g>`;

/** A box on its way, with a boot looking out. */
const parcel = `<ellipse cx="240" cy="290" rx="170" ry="11" fill="#0b1a20" fill-opacity=".2"/><path d="M96 150L132 120H348L384 150Z" fill="#8a6036"/>
  ${place(84, 6, 0.46, drover("parcel"))}
  <path d="M96 150H384V282Q384 290 376 290H104Q96 290 96 282Z" fill="#c9965a"/><path d="M300 150H384V282Q384 290 376 290H292C302 240 304 200 300 150Z" fill="#b58148"/>
  <path d="M96 150L48 184L60 192L108 158ZM384 150L432 184L420 192L372 158Z" fill="#dcae74"/>
  <path d="M96 196H384V216H96Z" fill="#e0562c"/>
  <rect x="132" y="176" width="104" height="76" rx="4" fill="#f6f8f6"/><path d="M146 196H206M146 212H222M146 228H190" stroke="#47595f" stroke-width="5" stroke-linecap="round"/><path d="M204 244l9-16 9 16z" fill="#0c505d"/>`;

/** How to measure a foot: heel to the wall, a mark at the longest toe. */
const foot = `<path d="M60 40H96V280H60Z" fill="#7e8b83"/><path d="M60 90H96M60 140H96M60 190H96M60 240H96M78 40V90M78 140V190M78 240V280" stroke="#b9c2b8" stroke-width="4"/>
  <path d="M96 150C98 108 132 104 168 114C214 126 262 108 306 104C352 100 372 122 372 142C372 156 364 164 352 168C340 190 300 196 262 192C214 186 176 206 136 196C110 190 96 176 96 150Z" fill="#f3d9c4"/>
  <g fill="#f3d9c4"><ellipse cx="384" cy="124" rx="21" ry="15"/><ellipse cx="384" cy="151" rx="15" ry="11"/><ellipse cx="375" cy="172" rx="13" ry="9"/><ellipse cx="361" cy="188" rx="12" ry="8"/><ellipse cx="342" cy="199" rx="11" ry="7"/></g>
  <path d="M96 240H405M96 228V252M405 228V252" stroke="#a32c10" stroke-width="5" stroke-linecap="round" fill="none"/><path d="M405 84V216" stroke="#a32c10" stroke-width="3" stroke-dasharray="7 6"/>`;

/** How to measure a back: from the neck bone to the top of the hips. */
const back = `<circle cx="240" cy="56" r="34" fill="#5b3a28"/><path d="M222 84h36v28h-36z" fill="#f3d9c4"/>
  <path d="M222 102C190 112 150 114 136 140C122 176 118 230 116 284H152C154 240 160 210 168 196C174 220 176 240 172 320H308C304 240 306 220 312 196C320 210 326 240 328 284H364C362 230 358 176 344 140C330 114 290 112 258 102C246 112 234 112 222 102Z" fill="#2f7f8a"/>
  <path d="M170 274H310V320H170Z" fill="#22404f"/>
  <path d="M240 106V268M226 106H254M226 268H254" stroke="#ffc61a" stroke-width="6" stroke-linecap="round"/><path d="M150 268H330" stroke="#ffc61a" stroke-width="3" stroke-dasharray="7 6"/>`;

export function carePictures() {
  return {
    "care-brush.svg": card(
      "#cfdde2",
      "#8fb0bb",
      81,
      place(16, 86, 0.42, drover("c1")) + brush + drop(84, 60, 1, "#2f8290") + drop(132, 88, 0.7, "#2f8290"),
    ),
    "care-wax.svg": card("#d9e2cf", "#a0b48d", 82, place(10, 78, 0.44, drover("c2")) + tin),
    "care-dry.svg": card("#f3d27a", "#cf9d22", 83, place(6, 78, 0.44, drover("c3")) + stove),
    "care-rinse.svg": card("#cfdde2", "#8fb0bb", 84, place(40, 22, 0.46, bothy("c4")) + tap),
    "care-hang.svg": card("#e7cddb", "#bd86a4", 85, hanger + place(100, 36, 0.44, bothy("c5"))),
    "care-patch.svg": card("#d9e2cf", "#a0b48d", 86, patch),
    "bench.svg": file(
      960,
      640,
      `<rect width="960" height="640" fill="#b9cfd3"/>${contours({ seed: 91, cx: 760, cy: 150, from: 30, step: 42, rings: 20, stroke: "#7d9fa6", opacity: 0.5 })}${bench}`,
      ' preserveAspectRatio="xMidYMid slice"',
    ),
    "empty-cart.svg": card(
      "#cfdde2",
      "#8fb0bb",
      95,
      `<g transform="translate(240 226)"><ellipse cx="0" cy="40" rx="130" ry="10" fill="#0b1a20" fill-opacity=".18"/><rect x="-70" y="10" width="140" height="30" rx="12" fill="#7e8b83"/><rect x="-56" y="-18" width="110" height="30" rx="12" fill="#b9c2b8"/><rect x="-42" y="-44" width="82" height="28" rx="11" fill="#7e8b83"/><rect x="-26" y="-68" width="56" height="26" rx="10" fill="#b9c2b8"/><path d="M2-68V-128" stroke="#5b3a28" stroke-width="7" stroke-linecap="round"/><path d="M4-126L70-110 4-92Z" fill="#e0562c"/></g>`,
    ),
    "parcel.svg": card("#cddbc5", "#8aa37c", 97, parcel),
    "measure-boots.svg": card("#cfdde2", "#8fb0bb", 98, foot),
    "measure-packs.svg": card("#e7cddb", "#bd86a4", 99, back),
  };
}
