/**
 * Segment's `track`, and what speaks like it: exposures go out as "Experiment Viewed", in the words of
 * Segment's specification, goals go out and come in.
 */
import type { Unspoken } from "../types.js";
import { Echo, type Goals, goalsByEvent, numberOf, reach } from "./goals.js";

/** As far as `analytics` is used: Analytics.js 2.0, its snippet's stub, or another of that form. */
export interface Analytics {
  track(name: string, properties?: Record<string, unknown>): unknown;
  on?(event: "track", listener: (name: string, properties?: unknown) => void): unknown;
  off?(event: "track", listener: (name: string, properties?: unknown) => void): unknown;
}

/** What {@link segment} may be told. */
export interface SegmentOptions {
  /** What is tracked. Default both. */
  events?: readonly ("exposure" | "goal")[];
  /**
   * `"experiments"` (default): exposures that chance had a hand in, control among them; `"all"`: every
   * one, of the default without a rule too.
   */
  exposures?: "experiments" | "all";
  /**
   * Which of the page's tracked events are goals, such as `{ "Order Completed": "purchase" }`. Their
   * worth is `value`, `revenue` or `total`. Default none.
   */
  goals?: Goals;
}

/**
 * Joins Unspoken and Segment, until the function that it returns is called.
 * @example segment(unspoken, analytics, { goals: { "Order Completed": "purchase" } });
 */
export function segment(unspoken: Unspoken, analytics: Analytics, options: SegmentOptions = {}): () => void {
  const { events = ["exposure", "goal"], exposures = "experiments" } = options;
  const goals = goalsByEvent(options.goals);
  const tracked = new Echo();
  const reached = new Echo();
  const stops: (() => void)[] = [];
  let isOn = true;

  // What a plugin of theirs throws, now or later, is none of the page's business.
  const track = async (name: string, properties: Record<string, unknown>) => {
    try {
      await analytics.track(name, properties);
    } catch {}
  };

  if (events.includes("exposure"))
    stops.push(
      unspoken.on("exposure", ({ slot, variant, rule, by }) => {
        // A slot may show a feature of the payload, which may be one for everybody.
        const feature = by === "feature" && rule !== null ? unspoken.feature(rule) : undefined;
        const isChance = by === "test" || by === "learn" || feature?.source === "experiment";
        if (exposures === "experiments" && !isChance) return;
        const experiment = feature?.experiment?.key ?? (rule === null ? slot : `${slot}/${rule}`);
        void track("Experiment Viewed", {
          experiment_id: experiment,
          experiment_name: rule ?? slot,
          variation_id: variant,
          variation_name: variant,
        });
      }),
    );

  stops.push(
    unspoken.on("goal", ({ name, value }) => {
      if (reached.hears(name, value) || !events.includes("goal")) return;
      // Only what may come back as a goal has to be known again.
      if (goals.has(name) && analytics.on) tracked.say(name, value);
      void track(name, value === undefined ? {} : { value });
    }),
  );

  const hear = (name: string, properties?: unknown) => {
    const goal = goals.get(name);
    if (!isOn || goal === undefined) return;
    const { value, revenue, total } = (properties ?? {}) as Record<string, unknown>;
    const worth = numberOf(value, revenue, total);
    if (!tracked.hears(name, worth)) reach(unspoken, reached, goal, worth);
  };
  analytics.on?.("track", hear);
  stops.push(() => void analytics.off?.("track", hear));

  return () => {
    isOn = false;
    for (const stop of stops.splice(0)) stop();
  };
}
