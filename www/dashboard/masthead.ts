/** The head of the page: what this is, how far back it looks, and whether it is live. */

import { announce } from "./announcer";
import { el, say, set } from "./dom";
import { duration } from "./format";
import { mark } from "./gate";
import type { Health } from "./poll";
import { type Range, rangeChoice } from "./ranges";

export interface Masthead {
  readonly node: HTMLElement;
  fresh(): void;
  health(health: Health): void;
  dispose(): void;
}

interface Options {
  readonly minutes: number;
  readonly onRange: (range: Range) => void;
  readonly onRetry: () => void;
  readonly onLeave: () => void;
}

export function masthead({ minutes, onRange, onRetry, onLeave }: Options): Masthead {
  const word = el("span", { class: "live-word" });
  const age = el("span", { class: "live-age" });
  const state = el("p", { class: "live-state" }, el("span", { class: "lamp", "aria-hidden": "true" }), word, age);
  const leave = el("button", { type: "button", class: "plain" }, "Sign out");
  leave.addEventListener("click", onLeave);

  const trouble = el("span", {});
  const retry = el("button", { type: "button", class: "plain" }, "Try now");
  retry.addEventListener("click", onRetry);
  const banner = el("div", { class: "banner" }, trouble, retry);
  banner.hidden = true;

  const node = el(
    "header",
    { class: "masthead" },
    el(
      "div",
      { class: "masthead-row" },
      el("h1", {}, mark(), "Unspoken"),
      el("p", { class: "site" }, location.host),
      rangeChoice(minutes, onRange),
      state,
      leave,
    ),
    banner,
  );

  let current: Health = { kind: "live" };
  let freshAt = performance.now();
  const render = (): void => {
    const since = performance.now() - freshAt;
    set(state, "data-kind", current.kind);
    say(word, current.kind === "live" ? "Live" : current.kind === "paused" ? "Paused" : "Not updating");
    say(age, since < 1000 ? "updated now" : `updated ${duration(Math.floor(since / 1000) * 1000)} ago`);
    banner.hidden = current.kind === "live" || current.kind === "paused";
    if (current.kind === "unreachable" || current.kind === "failed") {
      const wait = Math.max(0, Math.ceil((current.retryAt - performance.now()) / 1000));
      const next = wait > 0 ? `Next try in ${duration(wait * 1000)}.` : "Trying\u2026";
      say(trouble, `${problem(current)} The figures are the last ones received. ${next}`);
    }
  };
  const timer = setInterval(render, 500);
  render();
  return {
    node,
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
      else if (health.kind === "unreachable" || health.kind === "failed") announce(`${problem(health)} Trying again.`);
    },
    dispose: () => clearInterval(timer),
  };
}

function problem(health: Extract<Health, { kind: "unreachable" | "failed" }>): string {
  if (health.kind === "unreachable") return "The collector does not answer.";
  return `The collector answered ${health.status}${health.detail ? `: ${health.detail}` : ""}.`;
}
