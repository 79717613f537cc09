/**
 * Boxes that were reserved before the first paint for content that comes later, by a sheet that the
 * document adopts: no style element and no attribute, so a strict policy allows it and nothing of the
 * page's own is changed.
 */

/** One for the page, however many copies of this code run on it. */
const KEY = Symbol.for("unspoken.reserved");
const page = globalThis as { [KEY]?: CSSStyleSheet };

/** Reserves what these rules say, one for each slot. */
export function reserve(rules: string): void {
  if (!rules) return;
  page[KEY] = new CSSStyleSheet();
  page[KEY].replaceSync(rules);
  document.adoptedStyleSheets.push(page[KEY]);
}

/** Lets go of everything that is reserved. */
export function release(): void {
  page[KEY]?.replaceSync("");
}

/** Lets go of each box as soon as it is out of view, where nothing is seen to move. */
export function releaseUnseen(): void {
  const reserved = page[KEY];
  for (const rule of [...(reserved?.cssRules ?? [])] as CSSStyleRule[]) {
    const elements = [...document.querySelectorAll(rule.selectorText)];
    const seen = new Set(elements);
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target);
      if (seen.size) return;
      observer.disconnect();
      rule.style.minBlockSize = "";
    });
    for (const element of elements) observer.observe(element);
    // What comes later finds the core at work.
    if (!seen.size) rule.style.minBlockSize = "";
  }
}
