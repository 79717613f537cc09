/**
 * Who is on the site now. Rows stand in order of arrival and keep their place, so that the eye can
 * follow one; a row fades as the last signal from it ages.
 */

import { el, Keyed, say, sayCount, set, type View } from "./dom";
import { counted, duration, percent } from "./format";
import { pseudonym } from "./pseudonym";
import type { LiveSession, Report } from "./report";
import { note, section } from "./section";

/** After this long without a signal the collector no longer lists a session. */
const GONE_MS = 300_000;
const HERE_MS = 15_000;
const SHOWN_GOALS = 3;

interface Row {
  readonly session: LiveSession;
  readonly now: number;
}

/** What of a report it takes. */
export type OnSite = Pick<Report, "live" | "generatedAt">;

export function live(): View<OnSite> {
  const summary = el("p", { class: "live-summary" }, "\u00a0");
  const rows = el("tbody", { role: "rowgroup" });
  const heading = (text: string, kind = ""): HTMLElement =>
    el("th", { scope: "col", role: "columnheader", class: kind }, text);
  const table = el(
    "table",
    { class: "live", role: "table", "aria-labelledby": "live-title" },
    el(
      "thead",
      { role: "rowgroup" },
      el(
        "tr",
        { role: "row" },
        heading("Visitor"),
        heading("Page"),
        heading("Here for", "number"),
        heading("Views", "number"),
        heading("Clicks", "number"),
        heading("Exposures", "number"),
        heading("Goals"),
        heading("Automated", "number"),
        heading("Last signal", "number"),
      ),
    ),
    rows,
  );
  const scroller = el("div", { class: "live-scroll", role: "group", tabindex: "0", "aria-label": "Sessions" }, table);
  const empty = el(
    "div",
    { class: "empty" },
    el("p", { class: "empty-lead" }, "Nobody is on the site."),
    el(
      "p",
      {},
      "Open the shop (",
      el("code", {}, "npm start"),
      " prints its address) and move the mouse. A visit appears here with its first batch, a few seconds later.",
    ),
  );
  const keyed = new Keyed<Row>(rows, ({ session }) => session.session, liveRow);
  return {
    node: section(
      "live",
      "On the site now",
      [summary, note("Seen within five minutes, latest arrival first. Names are made from a random identifier.")],
      empty,
      scroller,
    ),
    update({ live: sessions, generatedAt: now }) {
      empty.hidden = sessions.length > 0;
      scroller.hidden = sessions.length === 0;
      say(summary, sessions.length >= 50 ? "The latest 50 sessions" : counted(sessions.length, "session"));
      const ordered = [...sessions].sort((a, b) => b.startedAt - a.startedAt || a.session.localeCompare(b.session));
      keyed.update(ordered.map((session) => ({ session, now })));
    },
  };
}

function liveRow({ session }: Row): View<Row> {
  const cell = (kind: string): HTMLElement => el("td", { role: "cell", class: kind });
  const { name, mark } = pseudonym(session.visitor);
  const who = el(
    "th",
    { scope: "row", role: "rowheader" },
    el("span", { class: "presence", "aria-hidden": "true" }),
    name,
    " ",
    el("span", { class: "mark" }, mark),
  );
  const path = cell("path");
  const stay = cell("number stay");
  const views = cell("number");
  const clicks = cell("number");
  const exposures = cell("number");
  const goals = cell("goals");
  const automation = cell("number automation");
  const seen = cell("number seen");
  const node = el("tr", { role: "row" }, who, path, stay, views, clicks, exposures, goals, automation, seen);
  return {
    node,
    update({ session: current, now }) {
      const age = Math.max(0, now - current.lastSeenAt);
      // Text fades no further than the muted ink, which still reads well.
      const faded = Math.min(1, Math.max(0, age - HERE_MS) / (GONE_MS - HERE_MS));
      node.style.setProperty("--faded", faded.toFixed(2));
      set(node, "data-here", String(age < HERE_MS));
      say(path, current.path || "/");
      set(path, "title", current.path);
      say(stay, duration(current.lastSeenAt - current.startedAt));
      sayCount(views, current.views, "view");
      sayCount(clicks, current.clicks, "click");
      sayCount(exposures, current.exposures, "exposure");
      say(goals, reached(current.goals));
      set(node, "data-excluded", String(current.excluded));
      set(automation, "data-excluded", String(current.excluded));
      say(automation, automated(current));
      say(seen, age < HERE_MS ? "now" : `${duration(Math.floor(age / 5000) * 5000)} ago`);
    },
  };
}

/** How much a session looks automated; nothing where it does not at all. */
function automated({ automation, excluded }: LiveSession): string {
  if (excluded) return `${percent(automation / 100)}, kept out`;
  return automation > 0 ? percent(automation / 100) : "";
}

/** `purchase, add_to_cart ×3`: each goal once, the first few by name. */
function reached(goals: readonly string[]): string {
  const times = new Map<string, number>();
  for (const goal of goals) times.set(goal, (times.get(goal) ?? 0) + 1);
  const names = [...times].map(([goal, n]) => (n > 1 ? `${goal} \u00d7${n}` : goal));
  const rest = names.length - SHOWN_GOALS;
  return rest > 0 ? `${names.slice(0, SHOWN_GOALS).join(", ")} and ${rest} more` : names.join(", ");
}
