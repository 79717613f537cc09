/** Is it helping? One sentence, the interval it rests on as a drawing, and what the interval means in words. */

import { announce } from "./announcer";
import { linear, tamed } from "./charts/scale";
import { el, say, sayWithCode, set, svg } from "./dom";
import { counted } from "./format";
import type { Summary } from "./reports";
import type { Stage } from "./screen";
import { lift, liftRange, uncertainty } from "./words";

const HEIGHT = 44;
const MIDDLE = 17;

export interface Helping {
  readonly node: HTMLElement;
  update(summary: Summary, days: number): void;
  wait(): void;
  fail(text: string): void;
}

const EYEBROWS = {
  helping: "Is it helping? Yes.",
  hurting: "Is it helping? No: it hurts.",
  unclear: "Is it helping? Not clear yet.",
  none: "Is it helping?",
} as const;
const EMPTY =
  "Only a comparison can tell. Give a slot a rule with `test` in `unspoken.json`: some visitors then see the default, others the variant, and the difference is the effect. `unspoken check unspoken.json` says whether it holds.";

export function helping(stage: Stage): Helping {
  const eyebrow = el("h2", { class: "helping-eyebrow" }, "Is it helping?");
  const sentence = el("p", { class: "helping-sentence" }, "\u00a0");
  const words = el("p", { class: "helping-words" });
  const figure = el("div", { class: "helping-figure" });
  const link = el("a", { class: "helping-link", href: stage.href({ view: "experiments" }) }, "See the experiment");
  const basis = el("p", { class: "helping-basis" });
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    stage.go({ view: "experiments" });
  });
  const node = el(
    "section",
    { class: "helping", "aria-busy": "true" },
    el("div", { class: "helping-text" }, eyebrow, sentence, words, basis, link),
    figure,
  );
  let spoken = "";
  return {
    node,
    wait: () => node.setAttribute("aria-busy", "true"),
    fail(text) {
      node.removeAttribute("aria-busy");
      set(node, "data-verdict", "none");
      say(eyebrow, "Is it helping?");
      say(sentence, "That is not known now.");
      say(words, text);
      say(basis, "");
      link.hidden = true;
      figure.replaceChildren();
    },
    update(summary, days) {
      node.removeAttribute("aria-busy");
      const { verdict } = summary;
      set(node, "data-verdict", verdict);
      say(eyebrow, EYEBROWS[verdict]);
      say(sentence, summary.sentence);
      sayWithCode(words, verdict === "none" ? EMPTY : uncertainty(summary));
      const compared = verdict !== "none" && summary.slot !== null;
      link.hidden = !compared;
      link.setAttribute("href", stage.href({ view: "experiments" }));
      say(
        basis,
        compared
          ? `${summary.variant} in ${summary.slot} (${summary.rule}), on ${summary.metric}, ${counted(summary.visitors, "visitor")} in ${days === 1 ? "the last day" : `the last ${days} days`}.`
          : "",
      );
      figure.replaceChildren(...(compared ? [drawing(summary)] : []));
      // A verdict that turns is worth a word; a figure that moves is not.
      const now = `${EYEBROWS[verdict]} ${summary.sentence}`;
      if (spoken !== "" && spoken !== verdict) announce(now);
      spoken = verdict;
    },
  };
}

/** The interval on a line with nought in it. */
function drawing({ lift: value, low, high, verdict }: Summary): SVGElement | HTMLElement {
  if (value === null || low === null || high === null) return el("span");
  const scale = linear(tamed([value], [low, high], 6), 0, 4);
  const node = svg("svg", {
    class: "helping-plot",
    width: "100%",
    height: HEIGHT,
    role: "img",
    "aria-label": `The effect is ${lift(value)}, between ${liftRange(low, high)}.`,
    "data-verdict": verdict,
  });
  const at = (share: number): string => `${(share * 100).toFixed(2)}%`;
  node.append(svg("line", { class: "edge", x1: "0%", x2: "100%", y1: MIDDLE, y2: MIDDLE }));
  for (const tick of scale.ticks) {
    const x = scale.place(tick);
    node.append(
      svg("line", {
        class: tick === 0 ? "zero" : "grid",
        x1: at(x),
        x2: at(x),
        y1: tick === 0 ? 0 : MIDDLE - 4,
        y2: tick === 0 ? MIDDLE * 2 : MIDDLE + 4,
      }),
      svg(
        "text",
        { x: at(x), y: HEIGHT - 1, "text-anchor": x < 0.03 ? "start" : x > 0.97 ? "end" : "middle" },
        tick === 0 ? "no effect" : lift(tick),
      ),
    );
  }
  const [from, to] = [scale.place(low), scale.place(high)];
  node.append(
    svg("rect", { class: "inner", x: at(from), width: at(to - from), y: MIDDLE - 6, height: 12, rx: 2 }),
    svg("circle", { class: "estimate", cx: at(scale.place(value)), cy: MIDDLE, r: 6 }),
  );
  return node;
}
