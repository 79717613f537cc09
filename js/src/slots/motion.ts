/**
 * Motion: a swap in view as a View Transition, where there is one and motion is welcome.
 *
 * Only the slot takes part, the rest of the page stays alive beneath, and any input ends it. The document
 * is the same without.
 */
import { type Styled, styled } from "./style.js";

/** The transition's name for the slot that changes. */
const NAME = "unspoken-swap";
const INPUT = ["pointermove", "pointerdown", "keydown", "wheel"];

interface Transition {
  ready: Promise<void>;
  finished: Promise<void>;
  skipTransition(): void;
}

type Page = Document & {
  startViewTransition?: (change: () => void) => Transition;
};

/** Makes a change in a transition, some frames from now; says false where that is not to be. */
export function inTransition(slot: Styled, change: () => void): boolean {
  const page = slot.ownerDocument as Page;
  if (
    !page.startViewTransition ||
    page.hidden ||
    slot.getRootNode() !== page ||
    slot.matches(":hover") ||
    matchMedia("(prefers-reduced-motion: reduce)").matches ||
    isUnderWay(page)
  )
    return false;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":root{view-transition-name:none!important}::view-transition{pointer-events:none}");
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  const unname = styled(slot, { "view-transition-name": NAME });
  const listening = new AbortController();
  const over = () => {
    listening.abort();
    unname();
    page.adoptedStyleSheets = page.adoptedStyleSheets.filter((other) => other !== sheet);
  };
  const transition = page.startViewTransition(change);
  // What takes part takes no input meanwhile, so whoever begins to act ends it.
  const options = { capture: true, passive: true, signal: listening.signal };
  for (const type of INPUT) page.addEventListener(type, () => transition.skipTransition(), options);
  // The page may begin one of its own, which ends ours.
  transition.ready.catch(() => {});
  transition.finished.then(over, over);
  return true;
}

/** One of the page's own: a second would end it. */
function isUnderWay(page: Document): boolean {
  try {
    return page.documentElement.matches(":active-view-transition");
  } catch {
    return false;
  }
}
