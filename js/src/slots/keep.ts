/**
 * Writes down what the core would decide if a page view began now, for the loader. See last.ts for the
 * form, and src/engine/last.rs for what is foretold and what is not.
 */
import { DEFAULT, MANAGED, SLOT, templateOf } from "./content.js";
import {
  areaOf,
  isYoung,
  KEY,
  type Last,
  type Lasts,
  MAX_AGE_MS,
  MAX_STORED,
  type Shown,
  stored,
  VISIT_MS,
} from "./last.js";

/** Pages that are kept; the one that was left longest ago goes first. */
export const MAX_PAGES = 20;
/** Characters of all of it: the loader reads it before the first paint. */
export const MAX_TEXT = 8_192;

/** What the core foretells of one slot. */
export interface Lasting {
  slot: string;
  variant: string;
  /** Right for this visit only. */
  visit: boolean;
  /** Right on this page only. */
  here: boolean;
}

/** Removes it all. */
export function forget(mode: string | undefined): void {
  try {
    areaOf(mode)?.removeItem(KEY);
  } catch {
    // The browser forbids storage to this page, so nothing of ours is in it.
  }
}

/**
 * Keeps what is foretold. `shown` says what stands in a slot, `measured` where boxes may be measured: never while the page goes. `afresh`
 * where something happened that rules of other pages may read: what follows from those pages goes.
 */
export function keep(
  mode: string | undefined,
  lasting: readonly Lasting[],
  shown: (slot: string) => string | undefined,
  measured: boolean,
  afresh: boolean,
): void {
  const now = Date.now();
  const area = areaOf(mode);
  let before: Partial<Shown> | undefined;
  try {
    before = stored(area);
  } catch {
    // Broken: it is written anew.
  }
  const here = location.pathname;
  const pages = Object.entries(before?.pages ?? {}).filter(
    ([path, page]) => path !== here && isYoung(page?.at, now, MAX_AGE_MS),
  );
  const isSameVisit = isYoung(before?.at, now, VISIT_MS);
  const isRight = ([name, last]: [string, Last | null]) => {
    const told = lasting.find(({ slot }) => slot === name);
    return told && last && (told.here ? !afresh && (isSameVisit || !last.visit) : told.variant === last.variant);
  };
  for (const [, page] of pages)
    page.slots = Object.fromEntries(
      Object.entries(page.slots ?? {})
        .filter(isRight)
        .slice(0, MAX_STORED),
    );
  const [all, slots]: [Lasts, Lasts] = [{}, {}];
  for (const { slot, variant, visit, here: isHere } of lasting) {
    if (variant === DEFAULT) continue;
    const last: Last = visit ? { variant, visit: 1 } : { variant };
    if (!isHere && Object.keys(all).length < MAX_STORED) all[slot] = last;
    const box =
      measured && shown(slot) === variant
        ? measure(slot, variant)
        : boxOf(before?.pages?.[here]?.slots?.[slot], variant);
    if ((isHere || box) && Object.keys(slots).length < MAX_STORED) slots[slot] = { ...last, ...box };
  }
  pages.push([here, { at: now, slots }]);
  const kept = pages.filter(([, { slots }]) => Object.keys(slots).length).sort(([, a], [, b]) => b.at - a.at);
  let text: string;
  do {
    text = JSON.stringify({ v: 1, at: now, all, pages: Object.fromEntries(kept.slice(0, MAX_PAGES)) } satisfies Shown);
  } while (text.length > MAX_TEXT && kept.pop());
  if (text.length > MAX_TEXT || !(kept.length || Object.keys(all).length)) area?.removeItem(KEY);
  else area?.setItem(KEY, text);
}

type Box = Pick<Last, "height" | "width">;

const boxOf = (last: Last | undefined, variant: string): Box | undefined =>
  last?.variant === variant && last.height && last.width ? { height: last.height, width: last.width } : undefined;

/** The box of a slot whose content comes only with the core, or from elsewhere, as it stands now. */
function measure(slot: string, variant: string): Box | undefined {
  const element = document.querySelector(`[${SLOT}=${CSS.escape(slot)}]`);
  if (!element || (!element.hasAttribute(MANAGED) && templateOf(element, variant))) return;
  // In the terms of `block-size` itself, whatever `box-sizing` says.
  const height = Number.parseFloat(getComputedStyle(element).blockSize);
  return height > 0 ? { height, width: innerWidth } : undefined;
}
