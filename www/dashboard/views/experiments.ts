/** Experiments: what each variant did against the control, how sure that is, and whether the shares hold. */

import type { Place } from "../address";
import { pick } from "../choice";
import { el } from "../dom";
import { count, counted, date, moment, percent } from "../format";
import { type Experiment, type Experiments, type Segment, withLists } from "../reports";
import { calmly, common, emptyState, type MakeScreen, reportScreen } from "../screen";
import { note, section } from "../section";
import { saidP } from "../words";
import { metricBlock } from "./metric";

const HOUR_MS = 3_600_000;
const LEVELS = ["high", "middle", "low", "unknown"] as const;

/** The heads that the SDK brings; a site's own may stand in the address. */
const HEADS = ["commit", "struggle", "compare", "leave", "buy"];

export const make: MakeScreen = (stage) => {
  const segments = pick("segment", "Divide by intent", "nobody apart", (segment) => stage.go({ segment }));
  const screen = reportScreen<Experiments>(
    stage,
    "Experiments",
    "What each variant did against the control, among visitors who saw it.",
    {
      path: "/v1/report/experiments",
      query: (place) => [...common(place), ...(place.segment ? [["segment", place.segment] as const] : [])],
      read: withLists<Experiments>("experiments"),
      every: calmly,
    },
    draw,
    [segments.node],
  );
  return {
    ...screen,
    show(place) {
      segments.fill(HEADS, place.segment);
      screen.show(place);
    },
  };
};

function draw(report: Experiments, place: Place): readonly Node[] {
  const ordered = [...report.experiments].sort((a, b) => kindRank(a) - kindRank(b) || b.visitors - a.visitors);
  if (ordered.length === 0) {
    return [
      emptyState(
        `No slot was seen in ${place.days === 1 ? "the last day" : `the last ${place.days} days`}.`,
        'An experiment is a rule with `test` in `unspoken.json`, such as `{ "id": "hero-test", "test": { "variants": ["default", "guide"] } }`. `unspoken check unspoken.json` says whether it holds.',
        "A visitor counts once the slot has been in view for a second.",
      ),
    ];
  }
  return [legend(report.alpha), ...ordered.map((experiment) => experimentSection(experiment, report.alpha))];
}

function kindRank({ kind }: Experiment): number {
  return kind === "experiment" ? 0 : kind === "bandit" ? 1 : 2;
}

function legend(alpha: number): HTMLElement {
  const sure = percent(1 - alpha);
  return el(
    "ul",
    { class: "legend" },
    el(
      "li",
      {},
      el("span", { class: "key key-inner", "aria-hidden": "true" }),
      `${sure} interval, for one look at a time that was fixed before`,
    ),
    el(
      "li",
      {},
      el("span", { class: "key key-outer", "aria-hidden": "true" }),
      `${sure} interval that may be looked at at any time; the colour goes by it`,
    ),
    el("li", {}, el("span", { class: "key key-better", "aria-hidden": "true" }), "better"),
    el("li", {}, el("span", { class: "key key-worse", "aria-hidden": "true" }), "worse"),
    el("li", {}, el("span", { class: "key key-open", "aria-hidden": "true" }), "not decided"),
  );
}

const KINDS: Readonly<Record<Experiment["kind"], string>> = {
  experiment: "Experiment",
  bandit: "Bandit: shares move with what is learnt",
  rule: "Rule: no chance at work, so differences are no effects",
};

function experimentSection(experiment: Experiment, alpha: number): HTMLElement {
  const { slot, rule, kind, visitors, multiple, firstAt, lastAt } = experiment;
  const id = `x-${slot}-${rule}`.replace(/[^\w-]/g, "_");
  const notes: HTMLElement[] = [
    el("p", { class: "tag", "data-kind": kind }, KINDS[kind]),
    note(`${counted(visitors, "visitor")}, against ${experiment.control}.`),
  ];
  if (firstAt !== null && lastAt !== null) notes.push(note(`Seen ${period(firstAt, lastAt)}.`));
  if (multiple > 0)
    notes.push(
      note(`${counted(multiple, "visitor")} saw more than one variant and ${multiple === 1 ? "is" : "are"} left out.`),
    );
  const shares = sharesLine(experiment);
  if (shares) notes.push(shares);
  const metrics = experiment.metrics.map((metric, at) =>
    metricBlock(`${id}-m${at}`, `${slot}-${rule}`, metric, experiment.control, { alpha, causal: kind !== "rule" }),
  );
  const body = metrics.length > 0 ? metrics : [noGoal()];
  const node = section(
    id,
    slot,
    [el("p", { class: "rule-name" }, rule), ...notes],
    ...body,
    ...segmentBlocks(experiment, id, alpha),
  );
  node.classList.add("experiment");
  return node;
}

/** `from 27 Oct to 22 Nov`; hours where it was a day. */
function period(from: number, to: number): string {
  const day = (at: number): string => date(new Date(at).toISOString().slice(0, 10));
  if (day(from) !== day(to)) return `from ${day(from)} to ${day(to)}`;
  return `on ${day(from)}, from ${moment(from, HOUR_MS)} to ${moment(to, HOUR_MS)}`;
}

function noGoal(): HTMLElement {
  return emptyState(
    "No goal was reached by those who saw it, so there is nothing to compare yet.",
    "Goals are named in `unspoken.json`, or told by `unspoken.goal(name, { value })`. `[[site.metric]]` in the collector’s settings says what experiments are judged by.",
  );
}

/** Whether visitors were divided as they should be: an alarm comes before every other number. */
function sharesLine({ srm, kind }: Experiment): HTMLElement | null {
  if (kind !== "experiment") return null;
  if (srm === null) return note("Too few visitors to check whether the shares are as expected.");
  if (!srm.alarm) return note(`The shares are as expected (${saidP(srm.p)}).`);
  return el(
    "p",
    { class: "srm", role: "note" },
    el("strong", {}, "Shares are off. "),
    `Such shares are not chance (${saidP(srm.p)}, chi-square ${srm.chiSquare.toFixed(1)}): visitors are lost on the way, and the numbers beside cannot be compared. Look for a variant that breaks, redirects or loads late.`,
  );
}

function segmentBlocks(experiment: Experiment, id: string, alpha: number): Node[] {
  const segments = [...(experiment.segments ?? [])].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  return segments.map((segment, at) => {
    const blocks = segment.metrics.map((metric, which) =>
      metricBlock(
        `${id}-s${at}-m${which}`,
        `${experiment.slot}-${experiment.rule}-${segment.head}-${segment.level}`,
        metric,
        experiment.control,
        {
          alpha,
          causal: experiment.kind !== "rule",
        },
      ),
    );
    const body = blocks.length > 0 ? blocks : [el("p", { class: "few" }, "Nobody in this group yet.")];
    return el("div", { class: "segment" }, el("h3", { class: "segment-title" }, segmentTitle(segment)), ...body);
  });
}

function segmentTitle({ head, level, metrics }: Segment): string {
  const visitors = metrics[0]?.variants.reduce((sum, variant) => sum + variant.visitors, 0) ?? 0;
  const who = level === "unknown" ? `${head} not known` : `${head} ${level}`;
  return `${who}: ${count(visitors)} ${visitors === 1 ? "visitor" : "visitors"}`;
}
