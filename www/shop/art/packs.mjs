/**
 * The three packs, seen from the front, on a 640 × 640 field with the ground at
 * y = 560. Each returns shapes only; tiles and scenes place them.
 */
import { r } from "./svg.mjs";

const strap = (d, colour, width = 14) =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;

const buckle = (x, y, colour = "#0c1a1f", glint = "#dfe7e6") =>
  `<g transform="translate(${x} ${y})"><rect x="-13" y="-17" width="26" height="34" rx="5" fill="${colour}"/><path d="M-6-9H6M-6 0H6M-6 9H6" stroke="${glint}" stroke-width="2.6" stroke-opacity=".75"/></g>`;

/** A ladder of webbing loops. */
function daisy(x, y, count, gap, colour, bar) {
  let out = strap(`M${x} ${y}V${y + gap * count}`, colour, 16);
  for (let i = 0; i <= count; i++)
    out += `<path d="M${x - 10} ${r(y + gap * i)}H${x + 10}" stroke="${bar}" stroke-width="4.5" stroke-linecap="round"/>`;
  return out;
}

/** Elevenses 18: a teardrop with one zip, a flask on one side and a map on the other. */
export function elevenses(id = "el") {
  const body =
    "M206 556C182 552 172 528 172 486C168 380 170 280 198 214C222 160 268 132 320 132C372 132 418 160 442 214C470 280 472 380 468 486C468 528 458 552 434 556Z";
  return `
  <clipPath id="${id}"><path d="${body}"/></clipPath>
  ${strap("M286 140C286 96 354 96 354 140", "#3d1630", 17)}
  ${strap("M196 240C150 300 140 400 160 500", "#3d1630", 26)}
  ${strap("M444 240C490 300 500 400 480 500", "#3d1630", 26)}
  <g><rect x="448" y="300" width="58" height="214" rx="22" fill="#2f6f79"/><rect x="458" y="268" width="38" height="44" rx="8" fill="#123a42"/><path d="M460 330V490" stroke="#8fc9cf" stroke-width="7" stroke-linecap="round" stroke-opacity=".8"/></g>
  <g><path d="M142 330L196 312V520H142Z" fill="#f3f6f2"/><path d="M160 324V520M178 318V520" stroke="#9fb4ae" stroke-width="2.5"/><path d="M146 372C166 352 176 392 194 366M146 404C162 392 178 420 194 398" fill="none" stroke="#c98a2c" stroke-width="2.6"/></g>
  <path d="${body}" fill="#8c3467"/>
  <g clip-path="url(#${id})">
    <path d="M380 120C452 200 440 420 408 570H500V120Z" fill="#752653"/>
    <path d="M214 190C190 250 186 330 190 400C206 300 224 220 280 160C250 160 228 170 214 190Z" fill="#b05488" fill-opacity=".75"/>
    <path d="M150 400C210 424 430 424 490 400V580H150Z" fill="#5e1d43"/>
    <path d="M400 414C440 410 470 404 490 398V580H392C404 520 404 470 400 414Z" fill="#4c1636"/>
  </g>
  <path d="M190 330C192 256 240 190 320 190C400 190 448 256 450 330" fill="none" stroke="#3d1630" stroke-width="13"/>
  <path d="M190 330C192 256 240 190 320 190C400 190 448 256 450 330" fill="none" stroke="#e6a9ca" stroke-width="4" stroke-dasharray="5 4"/>
  ${strap("M238 214l-22 30", "#ffc61a", 9)}
  <path d="M154 404C214 426 426 426 486 404" fill="none" stroke="#ffc61a" stroke-width="9"/>
  <rect x="276" y="262" width="88" height="58" rx="8" fill="#5e1d43"/><path d="M292 306l20-28 12 14 10-12 16 26z" fill="#ffc61a"/>
  <path d="M140 414C158 424 176 426 194 424V548C176 552 160 548 150 536C142 500 140 460 140 414Z" fill="#5e1d43"/>
  <path d="M450 424C470 424 490 420 508 410C508 462 504 502 494 538C482 550 466 552 450 548Z" fill="#4c1636"/>
  <path d="M286 474h68" stroke="#8c3467" stroke-width="12" stroke-linecap="round"/>`;
}

/** Bothy 38: a roll-top with a sleeping mat under it and an enamel mug on a strap. */
export function bothy(id = "bo") {
  const body = "M190 500C176 420 176 300 196 196H444C464 300 464 420 450 500C446 512 194 512 190 500Z";
  return `
  <clipPath id="${id}"><path d="${body}"/></clipPath>
  ${strap("M188 230C136 290 128 380 152 470", "#16332a", 28)}
  ${strap("M452 230C504 290 512 380 488 470", "#16332a", 28)}
  <g><rect x="132" y="492" width="376" height="72" rx="36" fill="#e7b323"/><circle cx="472" cy="528" r="36" fill="#c8930f"/><circle cx="472" cy="528" r="22" fill="none" stroke="#fbe09a" stroke-width="4.5"/><circle cx="472" cy="528" r="9" fill="none" stroke="#fbe09a" stroke-width="4.5"/></g>
  <path d="${body}" fill="#2f6b55"/>
  <g clip-path="url(#${id})">
    <path d="M386 180C410 300 406 420 384 520H480V180Z" fill="#235443"/>
    <path d="M216 200C200 290 198 380 206 470C224 400 226 300 244 200Z" fill="#4d8b72" fill-opacity=".8"/>
    <path d="M228 330C280 344 360 344 412 330L418 520H222Z" fill="#1d483a"/>
  </g>
  <path d="M228 330C280 344 360 344 412 330" fill="none" stroke="#7fb59c" stroke-width="3" stroke-dasharray="8 5"/>
  <path d="M194 204C184 150 206 118 240 112H400C434 118 456 150 446 204C380 218 260 218 194 204Z" fill="#3b7d64"/>
  <path d="M232 112H408C426 112 432 96 424 84C416 74 402 76 396 76H244C238 76 224 74 216 84C208 96 214 112 232 112Z" fill="#235443"/>
  <path d="M230 95H410" stroke="#7fb59c" stroke-width="3.5" stroke-opacity=".8"/>
  ${strap("M222 96C170 110 168 180 190 252", "#101f1a", 13)}
  ${strap("M418 96C470 110 472 180 450 252", "#101f1a", 13)}
  ${strap("M320 84V336", "#101f1a", 15)}
  ${buckle(184, 226)}${buckle(456, 226)}${buckle(320, 300)}
  ${strap("M190 400L228 380M450 400L412 380", "#101f1a", 9)}
  ${daisy(320, 360, 3, 40, "#101f1a", "#e7b323")}
  ${strap("M222 486V560M418 486V560", "#101f1a", 15)}${buckle(222, 520)}${buckle(418, 520)}
  <g transform="translate(470 330) rotate(8)">${strap("M0 -34V-6", "#e7b323", 6)}<path d="M-30 -4H30V44C30 58 20 64 0 64C-20 64 -30 58 -30 44Z" fill="#f4f7f5"/><path d="M30 6C52 4 52 42 30 40" fill="none" stroke="#f4f7f5" stroke-width="8"/><path d="M-30 -3H30" stroke="#2a5fa0" stroke-width="6"/><path d="M8 4V60C22 58 30 54 30 44V4Z" fill="#cfdad7"/></g>
  <path d="M252 148h136" stroke="#235443" stroke-width="4" stroke-opacity=".7"/>`;
}

/** Long Way 60: tall, with a lid, hip belt, ice axe, rope and a tent strapped on. */
export function longWay(id = "lw") {
  const body = "M202 528C186 420 184 270 204 160H436C456 270 454 420 438 528C420 544 220 544 202 528Z";
  return `
  <clipPath id="${id}"><path d="${body}"/></clipPath>
  ${strap("M196 180C140 250 134 360 170 440", "#141d22", 28)}
  ${strap("M444 180C500 250 506 360 470 440", "#141d22", 28)}
  <path d="M206 440C150 440 110 464 88 506C82 522 92 532 108 526C140 510 176 508 210 516Z" fill="#1c2a31"/>
  <path d="M434 440C490 440 530 464 552 506C558 522 548 532 532 526C500 510 464 508 430 516Z" fill="#141d22"/>
  <path d="M110 506C140 484 172 478 206 482M530 506C500 484 468 478 434 482" fill="none" stroke="#4a626d" stroke-width="3" stroke-dasharray="8 5"/>
  <g><path d="M478 168V470" stroke="#e8c277" stroke-width="13" stroke-linecap="round"/><path d="M478 470l0 44" stroke="#c7d2d6" stroke-width="8" stroke-linecap="round"/><path d="M420 172C450 148 520 146 548 190C520 172 500 172 490 180H466C450 172 436 170 420 172Z" fill="#c7d2d6"/></g>
  <path d="${body}" fill="#e0562c"/>
  <g clip-path="url(#${id})">
    <path d="M384 150C410 280 404 430 380 560H480V150Z" fill="#bd411b"/>
    <path d="M222 170C206 270 206 380 214 480C230 390 232 270 250 170Z" fill="#f28a5f" fill-opacity=".85"/>
    <path d="M180 400C240 420 400 420 460 400V560H180Z" fill="#233740"/>
    <path d="M388 414C420 412 444 406 460 400V560H380C388 510 390 460 388 414Z" fill="#1a2a31"/>
    <path d="M236 236H404L410 386C350 398 290 398 230 386Z" fill="#c74a22"/>
  </g>
  <path d="M240 240H400M236 384C290 396 350 396 404 384" fill="none" stroke="#ffb38f" stroke-width="3" stroke-dasharray="8 5"/>
  <path d="M262 262H378" stroke="#233740" stroke-width="9" stroke-linecap="round"/><path d="M270 262l-10 26" stroke="#ffc61a" stroke-width="8" stroke-linecap="round"/>
  <path d="M188 176C180 128 196 88 240 78C292 66 348 66 400 78C444 88 460 128 452 176C440 190 400 198 320 198C240 198 200 190 188 176Z" fill="#233740"/>
  <path d="M392 76C444 88 460 128 452 176C444 186 420 192 384 195C400 150 404 110 392 76Z" fill="#1a2a31"/>
  <path d="M232 118H392" stroke="#5d7783" stroke-width="5" stroke-linecap="round"/><path d="M238 118l-10 24" stroke="#ffc61a" stroke-width="8" stroke-linecap="round"/>
  <g fill="none" stroke="#3aa0a8" stroke-width="9">${[0, 1, 2, 3].map((i) => `<path d="M${230 + i * 4} ${70 - i * 10}C270 ${40 - i * 10} 370 ${40 - i * 10} ${410 - i * 4} ${70 - i * 10}"/>`).join("")}</g>
  ${strap("M320 24V84", "#141d22", 12)}
  ${strap("M252 192V322M388 192V322", "#141d22", 13)}${buckle(252, 214)}${buckle(388, 214)}
  ${strap("M204 326L236 310M436 326L404 310M206 470L240 450M434 470L400 450", "#141d22", 9)}
  ${daisy(320, 424, 2, 36, "#0f191d", "#ffc61a")}
  <g><rect x="170" y="512" width="300" height="58" rx="29" fill="#5f7f5a"/><path d="M440 512a29 29 0 0 1 0 58c-14 0-20-14-20-29s6-29 20-29z" fill="#486545"/>${strap("M236 506V574M404 506V574", "#141d22", 13)}</g>`;
}
