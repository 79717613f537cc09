/**
 * A screen of the dashboard: what stands under the masthead. A view is fetched as a module of its own when
 * it is first asked for, and most are a report that is drawn anew when its figures change.
 */

import type { Place } from "./address";
import { ask, type Query } from "./api";
import { el, say } from "./dom";
import { type Health, Poll } from "./poll";

/** What a screen is given. */
export interface Stage {
  readonly token: string;
  /** Changes the address, and with it what is shown. `replace`: no step back is made of it. */
  go(change: Partial<Place>, replace?: boolean): void;
  /** An address that the change would lead to. */
  href(change: Partial<Place>): string;
  /** How the asking goes; a masthead shows it. */
  health(health: Health): void;
  fresh(): void;
  refused(): void;
}

export interface Screen {
  readonly node: HTMLElement;
  /** Called when it comes up, and whenever the address changes while it is up. */
  show(place: Place): void;
  dispose(): void;
}

export type MakeScreen = (stage: Stage) => Screen;

/** Site and days, as every report takes them. */
export function common(place: Place): Query {
  const days: Query = [["days", String(place.days)]];
  return place.site ? [...days, ["site", place.site]] : days;
}

export interface Source<T> {
  readonly path: string;
  readonly query: (place: Place) => Query;
  readonly read: (body: unknown) => T | null;
  /** How often it is asked again, in ms. */
  readonly every: (place: Place) => number;
}

const MINUTE_MS = 60_000;
/** Days do not change by the second. */
export const calmly = (place: Place): number => (place.days <= 7 ? MINUTE_MS : 5 * MINUTE_MS);

interface Follow<T> {
  follow(place: Place): void;
  now(): void;
  dispose(): void;
  readonly latest: () => T | null;
}

/** Asks for what the place wants, until another place wants something else. */
export function follow<T>(
  stage: Stage,
  source: Source<T>,
  on: { draw(value: T, place: Place): void; wait(): void; fail(text: string): void },
): Follow<T> {
  let poll: Poll<T> | null = null;
  let asked = "";
  let drawn = "";
  let latest: T | null = null;
  return {
    latest: () => latest,
    follow(place) {
      const query = source.query(place);
      const key = JSON.stringify(query);
      if (key === asked && latest !== null) return on.draw(latest, place);
      if (key === asked) return;
      poll?.stop();
      asked = key;
      latest = null;
      drawn = "";
      on.wait();
      poll = new Poll<T>((abort) => ask(stage.token, source.path, query, source.read, abort), source.every(place), {
        onAnswer(value) {
          stage.fresh();
          latest = value;
          const figures = withoutTimes(value);
          if (figures !== drawn) on.draw(value, place);
          drawn = figures;
        },
        onHealth(health) {
          stage.health(health);
          if (latest === null && health.kind !== "live" && health.kind !== "paused") on.fail(trouble(health));
        },
        onRefused: () => stage.refused(),
      });
      poll.start();
    },
    now: () => poll?.now(),
    dispose: () => poll?.stop(),
  };
}

/** Two answers with the same figures need no new drawing. */
function withoutTimes(value: unknown): string {
  return JSON.stringify(value, (name, part) =>
    (name === "generatedAt" || name === "from" || name === "to") && typeof part === "number" ? 0 : part,
  );
}

export function trouble(health: Extract<Health, { kind: "unreachable" | "failed" }>): string {
  if (health.kind === "unreachable") return "The collector does not answer. Is it running?";
  if (health.status === 429)
    return `The collector is asked too often${health.detail ? `: ${health.detail}` : ""}. It is asked again soon.`;
  if (health.status === 404)
    return "This collector has no such report, or no such site. It may be older than this page: build both anew.";
  return `The collector answered ${health.status}${health.detail ? `: ${health.detail}` : ""}.`;
}

/**
 * The frame of a report: a title, a lead, and a body that is drawn from each answer. While it waits the body
 * keeps its height, so that nothing jumps.
 */
export function reportScreen<T>(
  stage: Stage,
  title: string,
  lead: string,
  source: Source<T>,
  draw: (value: T, place: Place) => readonly Node[],
  controls: readonly Node[] = [],
): Screen {
  const body = el("div", { class: "screen-body", "aria-busy": "true" });
  const state = el("p", { class: "screen-state" });
  const node = el("div", { class: "screen" }, screenHead(title, lead, controls), state, body);
  const words = (text: string): void => {
    state.hidden = text === "";
    say(state, text);
  };
  let slow: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    body.setAttribute("aria-busy", "true");
    clearTimeout(slow);
    slow = setTimeout(() => words(body.childElementCount > 0 ? "" : "Reading the figures\u2026"), 300);
  };
  const following = follow<T>(stage, source, {
    wait,
    fail(text) {
      clearTimeout(slow);
      body.removeAttribute("aria-busy");
      body.replaceChildren();
      words(text);
    },
    draw(value, place) {
      clearTimeout(slow);
      words("");
      body.removeAttribute("aria-busy");
      redraw(body, draw(value, place));
    },
  });
  words("");
  return {
    node,
    show: (place) => following.follow(place),
    dispose() {
      clearTimeout(slow);
      following.dispose();
    },
  };
}

/** Draws anew, and gives the focus back to what had it, by its id. */
export function redraw(parent: HTMLElement, nodes: readonly Node[]): void {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.id : "";
  const open = new Set([...parent.querySelectorAll("details[open]")].map((node) => node.id));
  parent.replaceChildren(...nodes);
  for (const details of parent.querySelectorAll("details")) if (details.id && open.has(details.id)) details.open = true;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

export function screenHead(title: string, lead: string, controls: readonly Node[] = []): HTMLElement {
  return el(
    "header",
    { class: "screen-head" },
    el("div", {}, el("h2", { class: "screen-title" }, title), el("p", { class: "screen-lead" }, lead)),
    ...(controls.length > 0 ? [el("div", { class: "screen-controls" }, ...controls)] : []),
  );
}

/** What stands where there is nothing: what is missing, and what fills it. Code stands in backticks. */
export function emptyState(lead: string, ...more: readonly string[]): HTMLElement {
  const coded = (text: string): Node[] =>
    text.split("`").map((part, at) => (at % 2 === 1 ? el("code", {}, part) : document.createTextNode(part)));
  return el(
    "div",
    { class: "empty" },
    el("p", { class: "empty-lead" }, lead),
    ...more.map((text) => el("p", {}, ...coded(text))),
  );
}
