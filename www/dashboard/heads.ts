/** What each intent forecasts, in one sentence: an observable outcome within a horizon. */

const MEANINGS: Readonly<Record<string, string>> = {
  commit: "A click within 2 seconds.",
  leave: "The page is hidden or left within 10 seconds.",
  struggle: "A rage click, a dead click or a refused form within 15 seconds.",
  compare: "Another item’s page in this session.",
  buy: "An order in this session.",
};

const ORDER = Object.keys(MEANINGS);

export function meaning(head: string): string {
  return MEANINGS[head] ?? "An outcome of this site’s own.";
}

/** The known heads in their usual order, then others by name. */
export function byHead(a: string, b: string): number {
  const rank = (head: string): number => (ORDER.includes(head) ? ORDER.indexOf(head) : ORDER.length);
  return rank(a) - rank(b) || a.localeCompare(b);
}
