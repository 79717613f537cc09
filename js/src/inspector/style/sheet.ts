/** The inspector's look, as a constructed style sheet: pages with `style-src 'self'` carry it. */
import { FRAME } from "./frame.js";
import { READINGS } from "./readings.js";
import { SLOTS } from "./slots.js";
import { TIMELINE } from "./timeline.js";
import { TOKENS } from "./tokens.js";

let made: CSSStyleSheet | undefined;

/** The style sheet, shared by every inspector of the page. */
export function sheet(): CSSStyleSheet {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(TOKENS + FRAME + READINGS + SLOTS + TIMELINE);
  }
  return made;
}
