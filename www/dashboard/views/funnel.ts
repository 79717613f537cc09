/**
 * A funnel: steps that a session takes in order, chosen from what was seen. The steps stand in the address, so
 * that a funnel can be sent to somebody.
 */

import type { Place } from "../address";
import { ask } from "../api";
import { dataTable } from "../datatable";
import { el, say } from "../dom";
import { count, counted, duration, percent } from "../format";
import { readReport } from "../report";
import { type Funnel, type FunnelStep, withLists } from "../reports";
import { calmly, common, emptyState, follow, redraw, type Stage } from "../screen";
import { note, section } from "../section";
import { spokenName } from "../words";

/** As many as the address holds. */
const MOST = 10;
/** The longest that the overview looks back in minutes: its goals are offered as steps. */
const WEEK_MINUTES = 10_080;

interface Builder {
  readonly node: HTMLElement;
  show(place: Place): void;
  /** Pages and goals that were seen. */
  offer(names: readonly string[]): void;
  dispose(): void;
}

export function funnel(stage: Stage): Builder {
  const list = el("ol", { class: "steps" });
  const select = el("select", { id: "step" });
  const add = el("button", { type: "button", class: "secondary" }, "Add step");
  const state = el("p", { class: "screen-state" });
  const result = el("div", { class: "funnel-result" });
  const form = el("form", { class: "step-form" }, el("label", { for: "step" }, "Next step"), select, add);
  const end = new AbortController();
  let place: Place | null = null;
  let goals: readonly string[] = [];
  let seen: readonly string[] = [];

  const goWith = (steps: readonly string[]): void => stage.go({ steps });
  form.addEventListener("submit", (event) => event.preventDefault());
  add.addEventListener("click", () => {
    if (place && select.value && place.steps.length < MOST) goWith([...place.steps, select.value]);
  });

  const options = (): void => {
    const chosen = select.value;
    const pages = seen.filter((name) => !name.startsWith("goal:")).sort();
    const reached = [
      ...new Set([...goals, ...seen.filter((name) => name.startsWith("goal:")).map((name) => name.slice(5))]),
    ].sort();
    const group = (label: string, kind: string, names: readonly string[]): HTMLElement =>
      el("optgroup", { label }, ...names.map((name) => el("option", { value: `${kind}:${name}` }, name)));
    select.replaceChildren(group("Pages", "page", [...new Set(pages)]), group("Goals", "goal", reached));
    if (chosen) select.value = chosen;
    add.disabled = select.options.length === 0 || (place?.steps.length ?? 0) >= MOST;
  };

  const steps = (): void => {
    const current = place?.steps ?? [];
    const without = (at: number): readonly string[] => current.filter((_, index) => index !== at);
    const swapped = (at: number): readonly string[] =>
      current.map((step, index) =>
        index === at ? (current[at + 1] ?? step) : index === at + 1 ? (current[at] ?? step) : step,
      );
    redraw(
      list,
      current.map((step, at) => {
        const button = (
          text: string,
          words: string,
          id: string,
          steps: readonly string[],
          off = false,
        ): HTMLElement => {
          const node = el("button", { type: "button", class: "plain", id, "aria-label": words }, text);
          node.disabled = off;
          node.addEventListener("click", () => goWith(steps));
          return node;
        };
        return el(
          "li",
          {},
          el("span", { class: "step-name" }, spokenName(step)),
          button("\u2191", `${spokenName(step)}: one step earlier`, `step-up-${at}`, swapped(at - 1), at === 0),
          button(
            "\u2193",
            `${spokenName(step)}: one step later`,
            `step-down-${at}`,
            swapped(at),
            at === current.length - 1,
          ),
          button("Remove", `Remove ${spokenName(step)}`, `step-remove-${at}`, without(at)),
        );
      }),
    );
  };

  const following = follow<Funnel>(
    stage,
    {
      path: "/v1/report/funnel",
      query: (at) => [...common(at), ...at.steps.map((step) => ["step", step] as const)],
      read: withLists<Funnel>("steps"),
      every: calmly,
    },
    {
      wait: () => result.setAttribute("aria-busy", "true"),
      fail: (text) => {
        result.removeAttribute("aria-busy");
        result.replaceChildren();
        state.hidden = false;
        say(state, text);
      },
      draw: (value) => {
        result.removeAttribute("aria-busy");
        state.hidden = true;
        redraw(result, drawFunnel(value));
      },
    },
  );
  state.hidden = true;
  // Where it fails, pages alone are offered; the masthead says what is wrong.
  void ask(stage.token, "/v1/report", [["minutes", String(WEEK_MINUTES)]], readReport, end.signal).then((answer) => {
    if (answer.kind !== "answer") return;
    goals = answer.value.goals.map(({ goal }) => goal).sort();
    options();
  });
  return {
    node: section(
      "funnel",
      "Funnel",
      [
        note("Steps in this order within one session, with anything in between. Add at least two."),
        note("The address holds the steps: copy it to share the funnel."),
      ],
      list,
      form,
      state,
      result,
    ),
    offer(names) {
      seen = names;
      options();
    },
    show(next) {
      place = next;
      steps();
      options();
      if (next.steps.length >= 2) return following.follow(next);
      result.replaceChildren(
        emptyState(
          next.steps.length === 0 ? "No steps yet." : "One step more makes a funnel.",
          "Choose pages and goals above, in the order that a visitor takes them.",
        ),
      );
    },
    dispose() {
      end.abort();
      following.dispose();
    },
  };
}

function drawFunnel({ steps }: Funnel): readonly Node[] {
  const first = steps[0]?.sessions ?? 0;
  if (first === 0)
    return [
      emptyState(
        `No session took the first step${steps[0] ? `, ${spokenName(steps[0].step)}` : ""}, in this range.`,
        "Look further back, or begin with another step.",
      ),
    ];
  const lines = steps.map((step, at) => {
    const before = steps[at - 1];
    const share = step.share ?? step.sessions / first;
    const fill = el("span", { class: "funnel-fill" });
    fill.style.width = `${(Math.min(1, share) * 100).toFixed(2)}%`;
    const lost = before ? before.sessions - step.sessions : 0;
    return el(
      "li",
      { class: "funnel-step" },
      el("p", { class: "funnel-name" }, spokenName(step.step)),
      el("span", { class: "funnel-room", "aria-hidden": "true" }, fill),
      el("p", { class: "funnel-figure" }, el("strong", {}, percent(share)), ` ${counted(step.sessions, "session")}`),
      el(
        "p",
        { class: "funnel-lost" },
        before
          ? `${lost > 0 ? `${count(lost)} lost (${percent(lost / Math.max(1, before.sessions))})` : "none lost"}${step.medianMs === null ? "" : `, half within ${duration(step.medianMs)}`}`
          : "",
      ),
    );
  });
  return [
    el("ol", { class: "funnel" }, ...lines),
    dataTable<FunnelStep>({
      id: "funnel-table",
      caption: "Funnel by step",
      file: "funnel",
      columns: [
        { label: "Step", name: "step", cell: (row) => row.step, text: (row) => spokenName(row.step) },
        {
          label: "Sessions",
          name: "sessions",
          cell: (row) => row.sessions,
          text: (row) => count(row.sessions),
          kind: "number",
        },
        {
          label: "Of the first",
          name: "share",
          cell: (row) => row.share,
          text: (row) => (row.share === null ? "\u2013" : percent(row.share)),
          kind: "number",
        },
        {
          label: "Median time from the step before",
          name: "median_ms",
          cell: (row) => row.medianMs,
          text: (row) => (row.medianMs === null ? "\u2013" : duration(row.medianMs)),
          kind: "number",
        },
      ],
      rows: steps,
    }),
  ];
}
