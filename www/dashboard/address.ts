/**
 * The address says what is shown: the view, how far back it looks, the site and the filters. Whoever opens
 * it sees the same, given a token; the token itself is never in it.
 */

export const VIEWS = [
  "overview",
  "experiments",
  "bandits",
  "intents",
  "attention",
  "journeys",
  "interruptions",
  "live",
] as const;
export type ViewName = (typeof VIEWS)[number];

/** How far back reports look, in days. */
export const DAYS = [1, 7, 28, 90] as const;
export const USUAL_DAYS = 28;
/** As many as the collector takes. */
const MOST_STEPS = 10;

export interface Place {
  readonly view: ViewName;
  readonly days: number;
  /** Null: the first site that the token may read. */
  readonly site: string | null;
  /** The head by whose level experiments are divided. */
  readonly segment: string | null;
  /** What the heat map is of. */
  readonly measure: string | null;
  /** The page kind that attention is narrowed to. */
  readonly page: string | null;
  /** The goal that slots are judged by on the overview. */
  readonly goal: string | null;
  /** The funnel, as `page:product` and `goal:purchase`. */
  readonly steps: readonly string[];
}

export const NOWHERE: Place = {
  view: "overview",
  days: USUAL_DAYS,
  site: null,
  segment: null,
  measure: null,
  page: null,
  goal: null,
  steps: [],
};

/** What an address asks for; what it does not know stays at its default. */
export function readPlace(search: string): Place {
  const query = new URLSearchParams(search);
  const word = (name: string): string | null => query.get(name) || null;
  const days = Number(query.get("days"));
  const view = VIEWS.find((name) => name === query.get("view"));
  return {
    view: view ?? NOWHERE.view,
    days: DAYS.find((known) => known === days) ?? USUAL_DAYS,
    site: word("site"),
    segment: word("segment"),
    measure: word("measure"),
    page: word("page"),
    goal: word("goal"),
    steps: query.getAll("step").filter(isStep).slice(0, MOST_STEPS),
  };
}

export function isStep(step: string): boolean {
  return /^(page|goal):./.test(step);
}

/** The query of a place. Defaults of the filters are left out; view and days are always said. */
export function writePlace(place: Place): string {
  const query = new URLSearchParams({ view: place.view, days: String(place.days) });
  if (place.site) query.set("site", place.site);
  // A filter goes with the view that has it.
  if (place.view === "overview" && place.goal) query.set("goal", place.goal);
  if (place.view === "experiments" && place.segment) query.set("segment", place.segment);
  if (place.view === "attention" && place.measure) query.set("measure", place.measure);
  if (place.view === "attention" && place.page) query.set("page", place.page);
  if (place.view === "journeys") for (const step of place.steps) query.append("step", step);
  // A colon is allowed in a query, and reads better than its escape.
  return `?${query.toString().replaceAll("%3A", ":")}`;
}
