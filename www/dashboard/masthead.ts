/** The head of the page: what this is, which view, how far back it looks, and whether it is up to date. */

import { DAYS, type Place, VIEWS, type ViewName } from "./address";
import { announce } from "./announcer";
import { choice, pick } from "./choice";
import { el, say, set } from "./dom";
import { duration } from "./format";
import { mark } from "./gate";
import type { Health } from "./poll";
import { trouble } from "./screen";

export const TITLES: Readonly<Record<ViewName, string>> = {
  overview: "Overview",
  experiments: "Experiments",
  bandits: "Bandits",
  intents: "Intents",
  attention: "Attention",
  journeys: "Journeys",
  interruptions: "Interruptions",
  live: "Live",
};

export interface Masthead {
  readonly node: HTMLElement;
  show(place: Place): void;
  fresh(): void;
  health(health: Health): void;
  dispose(): void;
}

interface Options {
  readonly sites: readonly string[];
  readonly href: (change: Partial<Place>) => string;
  readonly go: (change: Partial<Place>) => void;
  readonly onRetry: () => void;
  readonly onLeave: () => void;
}

/** A click that the browser should deal with: a new tab, a download. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

export function masthead({ sites, href, go, onRetry, onLeave }: Options): Masthead {
  const word = el("span", { class: "live-word" });
  const age = el("span", { class: "live-age" });
  const state = el("p", { class: "live-state" }, el("span", { class: "lamp", "aria-hidden": "true" }), word, age);
  const leave = el("button", { type: "button", class: "plain" }, "Sign out");
  leave.addEventListener("click", onLeave);

  const told = el("span", {});
  const retry = el("button", { type: "button", class: "plain" }, "Try now");
  retry.addEventListener("click", onRetry);
  const banner = el("div", { class: "banner" }, told, retry);
  banner.hidden = true;

  const range = choice(
    "days",
    "How far back",
    DAYS.map((days) => ({
      value: String(days),
      short: days === 1 ? "1 day" : `${days} days`,
      long: days === 1 ? "the last day" : `the last ${days} days`,
    })),
    ({ value, long }) => {
      go({ days: Number(value) });
      announce(`Showing ${long}.`);
    },
  );
  const site = pick("site", "Site", sites[0] ?? "the first", (name) => go({ site: name }));
  const links = VIEWS.map((view) => {
    const link = el("a", { href: href({ view }), "data-view": view }, TITLES[view]);
    link.addEventListener("click", (event) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      go({ view });
    });
    return link;
  });

  const node = el(
    "header",
    { class: "masthead" },
    el(
      "div",
      { class: "masthead-row" },
      el("h1", {}, mark(), "Unspoken"),
      sites.length > 1 ? site.node : el("p", { class: "site" }, sites[0] ?? location.host),
      range.node,
      state,
      leave,
    ),
    el("nav", { class: "views", "aria-label": "Views" }, ...links),
    banner,
  );

  let current: Health = { kind: "live" };
  let freshAt: number | null = null;
  const render = (): void => {
    const since = freshAt === null ? null : performance.now() - freshAt;
    set(state, "data-kind", current.kind);
    say(
      word,
      current.kind === "live"
        ? since === null
          ? "Reading"
          : "Up to date"
        : current.kind === "paused"
          ? "Paused"
          : "Not updating",
    );
    say(
      age,
      since === null
        ? "\u00a0"
        : since < 5000
          ? "updated now"
          : `updated ${duration(Math.floor(since / 5000) * 5000)} ago`,
    );
    banner.hidden = current.kind === "live" || current.kind === "paused";
    if (current.kind === "unreachable" || current.kind === "failed") {
      const wait = Math.max(0, Math.ceil((current.retryAt - performance.now()) / 1000));
      const next = wait > 0 ? `Next try in ${duration(wait * 1000)}.` : "Trying\u2026";
      say(told, `${trouble(current)} ${freshAt === null ? "" : "The figures are the last ones received. "}${next}`);
    }
  };
  const timer = setInterval(render, 500);
  render();
  return {
    node,
    show(place) {
      range.choose(String(place.days));
      site.fill(sites.slice(1), place.site === sites[0] ? null : place.site);
      set(range.node, "data-idle", String(place.view === "live"));
      for (const link of links) {
        const view = link.dataset["view"] as ViewName;
        link.setAttribute("href", href({ view }));
        if (view === place.view) {
          link.setAttribute("aria-current", "page");
          // On a phone the row of views is wider than the screen.
          link.scrollIntoView({ block: "nearest", inline: "nearest" });
        } else link.removeAttribute("aria-current");
      }
    },
    fresh() {
      freshAt = performance.now();
      render();
    },
    health(health) {
      const turned = health.kind !== current.kind;
      current = health;
      render();
      if (!turned) return;
      if (health.kind === "live") announce("Updates are running again.");
      else if (health.kind === "unreachable" || health.kind === "failed") announce(`${trouble(health)} Trying again.`);
    },
    dispose: () => clearInterval(timer),
  };
}
