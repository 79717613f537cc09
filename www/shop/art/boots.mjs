/**
 * The three boots, seen from the side, toe to the right, on a 640 × 640 field
 * with the ground at y = 520. Each returns shapes only; tiles and scenes place them.
 */
import { cubic, r } from "./svg.mjs";

/** Lace runs between the eyelets (curve a) and the far edge of the tongue (curve b). */
function laces(a, b, count, colour, eyelet, width = 8) {
  let out = "";
  for (let i = 0; i < count; i++) {
    const t = (i + 0.35) / count;
    const [x1, y1] = cubic(a, t);
    const [x2, y2] = cubic(b, Math.min(1, t + 0.035));
    out += `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`;
    out += `<circle cx="${r(x1 - 3)}" cy="${r(y1 + 1)}" r="${width * 0.95}" fill="${eyelet}"/><circle cx="${r(x1 - 3)}" cy="${r(y1 + 1)}" r="${width * 0.38}" fill="#0b1518" fill-opacity=".65"/>`;
  }
  return out;
}

/** Lugs along the sole: a heel block, an arch, and a forefoot that rises to the toe. */
function lugs({ from, arch, to, top, depth, colour, count = 5, lift = 26 }) {
  const tooth = (x, w, y) => `<path d="M${r(x)} ${r(y - 6)}h${r(w)}l-4 ${depth + 6}h${r(-(w - 9))}z"/>`;
  let out = "";
  const heel = (arch[0] - from) / 3;
  for (let i = 0; i < 3; i++) out += tooth(from + i * heel, heel - 7, top);
  const step = (to - arch[1]) / count;
  for (let i = 0; i < count; i++) {
    const rise = Math.max(0, i - count * 0.5) ** 2 * (lift / (count * 0.5) ** 2);
    out += tooth(arch[1] + i * step, step - 8, top - rise);
  }
  return `<g fill="${colour}">${out}</g>`;
}

const stitch = (d, colour, opacity = 0.8) =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="2.6" stroke-dasharray="8 5"/>`;

/** Fell Runner: a low-cuffed mesh boot with a rockered, deep-lugged sole. */
export function fellRunner(id = "fr") {
  const eye = [
    [268, 246],
    [286, 300],
    [330, 344],
    [418, 376],
  ];
  const edge = [
    [318, 226],
    [338, 282],
    [376, 322],
    [444, 352],
  ];
  const upper =
    "M108 470C96 424 112 392 116 348C119 306 106 276 112 244C114 230 130 222 148 226C190 236 232 230 262 216C284 206 312 204 322 218C338 286 386 330 452 352C520 372 556 400 566 462L566 474Z";
  return `
  <clipPath id="${id}"><path d="${upper}"/></clipPath>
  <path d="M262 218C276 192 308 172 334 178C346 182 344 204 338 220C340 270 380 318 456 352L418 380C330 356 270 300 262 218Z" fill="#ffdb5c"/>
  <path d="M262 218C276 192 308 172 334 178L326 206C308 206 292 216 284 232Z" fill="#d99a06"/>
  <path d="${upper}" fill="#17606d"/>
  <g clip-path="url(#${id})">
    <g stroke="#0d4450" stroke-width="2.4" stroke-opacity=".75">${Array.from({ length: 26 }, (_, i) => `<path d="M${60 + i * 22} 180L${-20 + i * 22} 500M${-40 + i * 22} 200L${80 + i * 22} 500" fill="none"/>`).join("")}</g>
    <path d="M268 210C280 290 330 352 424 382L410 410C310 388 250 318 240 224Z" fill="#0c3a45"/>
    <path d="M238 300C252 350 270 400 262 480L212 480C226 420 214 370 190 320Z" fill="#e8eef0"/>
    <path d="M292 352C312 384 326 420 322 480L276 480C286 430 276 392 254 350Z" fill="#e8eef0"/>
    <path d="M92 340C132 352 152 390 150 480H90Z" fill="#0c3a45"/>
    <path d="M100 262C120 250 150 250 178 262C160 300 152 330 150 372C134 352 112 344 96 344Z" fill="#124f5b"/>
    <path d="M420 480C428 440 470 404 540 394L590 400V480Z" fill="#0b2d36"/>
    <path d="M80 452C240 466 420 458 580 446V490H80Z" fill="#0b2d36"/>
    <path d="M340 330C420 366 520 372 560 440L580 380L460 330Z" fill="#fff" fill-opacity=".1"/>
  </g>
  <path d="M112 246C114 230 130 222 148 226C190 236 232 230 262 216" fill="none" stroke="#ffcf33" stroke-width="11" stroke-linecap="round"/>
  <path d="M112 300C84 288 82 232 104 222C116 218 124 228 120 242" fill="none" stroke="#ffcf33" stroke-width="9" stroke-linecap="round"/>
  ${stitch("M250 228C262 314 318 382 412 402", "#7fc1c9")}
  ${laces(eye, edge, 6, "#fff7d6", "#ffcf33", 7.5)}
  <path d="M92 462C240 480 430 474 560 452C580 450 592 458 590 470C586 486 566 496 520 500L330 500C310 490 284 490 268 502L110 502C92 498 82 476 92 462Z" fill="#f3f7f6"/>
  <path d="M98 482C240 496 420 492 588 470C586 486 566 498 520 502L330 502C310 492 284 492 268 504L112 504C102 500 98 492 98 482Z" fill="#ffc61a"/>
  ${lugs({ from: 106, arch: [272, 318], to: 584, top: 502, depth: 19, colour: "#0b2d36", count: 7, lift: 24 })}`;
}

/** Drover: a tall one-piece leather boot with a stitched welt, made to be resoled. */
export function drover(id = "dr") {
  const eye = [
    [292, 176],
    [298, 262],
    [326, 318],
    [416, 354],
  ];
  const edge = [
    [356, 150],
    [362, 236],
    [388, 296],
    [450, 330],
  ];
  const upper =
    "M116 470C104 420 122 384 124 336C126 276 112 214 122 152C124 138 138 132 154 134C206 140 258 136 306 124C326 120 350 124 354 142C358 226 388 300 452 328C520 352 572 372 576 446L576 472Z";
  return `
  <clipPath id="${id}"><path d="${upper}"/></clipPath>
  <path d="M296 132C304 104 340 88 366 96C380 102 374 128 368 150C370 240 404 300 462 330L420 362C330 328 290 250 296 132Z" fill="#5b2d1a"/>
  <path d="M300 128C306 106 340 90 366 96C372 100 372 112 370 124C344 120 320 124 300 140Z" fill="#7a4329"/>
  <path d="${upper}" fill="#96532f"/>
  <g clip-path="url(#${id})">
    <path d="M90 120H210C176 220 190 340 160 480H90Z" fill="#7d4125"/>
    <path d="M286 110C284 250 312 330 424 368L410 398C290 362 246 270 252 110Z" fill="#7d4125"/>
    <path d="M90 396C150 372 204 392 214 480H90Z" fill="#6b361e"/>
    <path d="M392 380C440 396 470 430 474 482H600V300Z" fill="#7d4125"/>
    <path d="M450 336C510 356 552 372 566 420C540 386 500 366 446 356Z" fill="#c17a4c" fill-opacity=".75"/>
    <path d="M206 160C198 240 212 300 196 372C224 310 222 230 232 160Z" fill="#b86c40" fill-opacity=".7"/>
  </g>
  <path d="M120 160C124 138 138 132 154 134C206 140 258 136 306 124C326 120 346 122 353 138L352 176C300 184 180 196 118 186Z" fill="#4a2615"/>
  <path d="M124 170C190 180 270 172 350 156" fill="none" stroke="#6e3b22" stroke-width="3"/>
  <path d="M120 214C96 196 98 128 126 122C140 120 146 130 142 142" fill="none" stroke="#4a2615" stroke-width="10" stroke-linecap="round"/>
  ${stitch("M264 196C262 286 312 364 404 390", "#f0c99a")}
  ${stitch("M254 196C250 292 304 374 400 400", "#f0c99a", 0.55)}
  ${stitch("M132 402C166 388 196 404 206 452", "#f0c99a")}
  ${stitch("M404 392C440 406 462 428 468 456", "#f0c99a")}
  ${laces(eye, edge, 7, "#e7d7b6", "#caa24a", 8)}
  <path d="M338 178C376 156 402 164 398 180C392 200 356 196 338 182C330 212 338 240 352 254M338 180C326 160 300 158 300 172C300 190 322 192 338 182" fill="none" stroke="#e7d7b6" stroke-width="6.5" stroke-linecap="round"/>
  <path d="M96 456H588C596 456 598 464 596 472L594 480H94L92 470C92 462 92 456 96 456Z" fill="#d8b88a"/>
  ${stitch("M102 464H586", "#6b361e", 1)}
  <path d="M94 480H594C592 494 586 502 570 506H340C320 496 296 496 282 508H106C96 500 92 492 94 480Z" fill="#2a211d"/>
  ${lugs({ from: 104, arch: [284, 332], to: 586, top: 506, depth: 14, colour: "#2a211d", count: 6, lift: 14 })}`;
}

/** Snowline: a stiff insulated winter boot with a built-in gaiter and a welt for crampons. */
export function snowline(id = "sn") {
  const upper =
    "M118 466C104 410 122 360 124 300C126 230 108 160 120 88C122 74 134 70 150 74C206 86 262 80 320 62C340 58 354 66 358 84C364 180 372 262 414 304C452 338 560 346 584 440L586 470Z";
  return `
  <clipPath id="${id}"><path d="${upper}"/></clipPath>
  <path d="M120 100C122 66 140 52 170 60C220 70 270 62 320 46C350 40 362 60 362 90L350 120H124Z" fill="#8fb4c4"/>
  <path d="${upper}" fill="#22404f"/>
  <g clip-path="url(#${id})">
    <path d="M80 60H214C176 180 200 330 164 480H80Z" fill="#19303c"/>
    <path d="M352 60C362 190 372 262 414 304C470 344 560 360 600 440L600 330L430 250Z" fill="#315869"/>
    <path d="M80 372C160 344 232 372 262 420C320 398 360 400 400 412C450 372 520 360 604 392V490H80Z" fill="#101f27"/>
    <path d="M404 414C450 378 520 366 600 396L600 420C520 390 460 400 424 430Z" fill="#2b4a59"/>
    <path d="M100 216C190 236 290 230 372 200L376 232C292 262 190 268 100 248Z" fill="#e2552b"/>
    <path d="M100 216C190 236 290 230 372 200L373 208C292 240 190 246 100 226Z" fill="#f58a5e"/>
  </g>
  <path d="M298 82C296 190 308 286 372 340C396 358 420 366 440 372" fill="none" stroke="#0d1a21" stroke-width="13"/>
  <path d="M298 82C296 190 308 286 372 340C396 358 420 366 440 372" fill="none" stroke="#b9ccd4" stroke-width="4.5" stroke-dasharray="5 4"/>
  <path d="M299 128l-15 40 8 5 14-42z" fill="#ffc61a"/><circle cx="299" cy="124" r="8" fill="#ffc61a"/>
  <rect x="204" y="218" width="48" height="38" rx="7" fill="#101f27"/><rect x="213" y="226" width="30" height="22" rx="4" fill="none" stroke="#b9ccd4" stroke-width="4"/>
  <path d="M118 106C190 122 280 116 360 92" fill="none" stroke="#e2552b" stroke-width="9"/>
  <path d="M118 172C92 152 94 70 122 62C138 58 144 72 140 86" fill="none" stroke="#e2552b" stroke-width="10" stroke-linecap="round"/>
  ${stitch("M128 388C176 366 230 384 258 432", "#7fa3b3")}
  <path d="M84 452H600C610 452 610 462 606 468H80C76 462 76 452 84 452Z" fill="#e2552b"/>
  <path d="M76 446H108V472H72Q70 450 76 446ZM576 446H612Q620 458 610 474H576Z" fill="#101f27"/>
  <path d="M88 468H602C602 488 594 500 572 504H344C324 494 298 494 284 506H100C90 500 86 486 88 468Z" fill="#14242c"/>
  <path d="M88 478C260 486 440 484 602 474" fill="none" stroke="#e2552b" stroke-width="4"/>
  ${lugs({ from: 98, arch: [288, 336], to: 592, top: 504, depth: 16, colour: "#14242c", count: 6, lift: 12 })}`;
}
