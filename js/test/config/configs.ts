/**
 * Configs as the types see them: what stands here has to compile, and each line after
 * `@ts-expect-error` must not. Run by `tsc`; nothing of it is ever executed.
 */
import type { Condition, Config, Journey, Limits, Rule } from "../../src/types.js";

export const whole: Config = {
  $schema: "unspoken/schema.json",
  slots: {
    hero: {
      swap: "before-seen",
      templates: { help: "<p>help</p>" },
      rules: [
        {
          id: "stuck",
          when: {
            "intent.struggle": { $gte: 0.6 },
            "device.type": "phone",
            plan: { $in: ["pro"], $not: { $eq: "x" } },
          },
          show: "help",
          limits: {
            perSession: 2,
            per: { count: 3, period: "7d" },
            cooldown: "1.5h",
            until: { goal: ["purchase"], for: "30d" },
          },
          notNow: [],
          schedule: { from: "2026-11-27T00:00", zone: "Europe/Berlin", days: ["mon"], hours: ["22:00", "02:00"] },
        },
        { id: "ab", test: { variants: ["default", "boots"], weights: [0.5, 0.5], namespace: ["checkout", 0, 0.5] } },
        { id: "factor", test: { experiment: "look", factor: "image" } },
        {
          id: "learn",
          learn: {
            variants: ["a", "b"],
            goal: "add_to_cart",
            context: ["intent.buy", { attribute: "plan", values: ["pro"] }],
          },
        },
      ],
      notNow: ["typing", "reading"],
      exposure: { share: 0.5, seconds: 1 },
      hold: "2s",
    },
    flagged: {},
  },
  goals: { purchase: { click: "#order" }, add_to_cart: {} },
  intents: { signup: { outcome: { goal: "signup" }, within: "session" } },
  journeys: { cart: { states: { empty: [{ on: "add_to_cart", to: "full" }], full: [{ after: "30d", to: "empty" }] } } },
  budget: { interruptionsPerSession: 1, cooldown: "10m" },
  exclusive: [["hero", "flagged/on"]],
  experiments: { look: { factors: { image: ["default", "people"] }, coverage: 1 } },
  holdout: { share: 0.05, seed: "2026-q4" },
  level: "events",
};

export const conditions: Condition[] = [
  { $history: { event: "add_to_cart", count: { $gte: 2 }, within: "7d", since: "purchase" } },
  { $history: { sequence: ["page:product", "add_to_cart"], within: "1h" } },
  { $nor: [{ a: { $veq: "1.2.3" } }, { b: { $elemMatch: { $gt: 3 } } }], tags: { $all: ["a"], $size: { $gt: 1 } } },
];

export const wrong: unknown[] = [
  // @ts-expect-error no such key
  { slot: {} } satisfies Config,
  // @ts-expect-error no such moment to swap
  { slots: { hero: { swap: "later" } } } satisfies Config,
  // @ts-expect-error a rule has an id
  { show: "help" } satisfies Rule,
  // @ts-expect-error a rule shows, tests or learns
  { id: "a" } satisfies Rule,
  // @ts-expect-error and only one of them
  { id: "a", show: "b", learn: { variants: ["a", "b"], goal: "g" } } satisfies Rule,
  // @ts-expect-error a factor of no experiment
  { id: "a", test: { factor: "image" } } satisfies Rule,
  // @ts-expect-error a bandit has a goal
  { id: "a", learn: { variants: ["a", "b"] } } satisfies Rule,
  // @ts-expect-error no such gate
  { id: "a", show: "b", notNow: ["sleeping"] } satisfies Rule,
  // @ts-expect-error no such day
  { id: "a", show: "b", schedule: { days: ["monday"] } } satisfies Rule,
  // @ts-expect-error a duration has a unit
  { cooldown: "90" } satisfies Limits,
  // @ts-expect-error no such bound
  { perDay: 1 } satisfies Limits,
  // @ts-expect-error a transition leads somewhere
  { states: { a: [{ on: "visit" }] } } satisfies Journey,
  // @ts-expect-error on an event or after a time
  { states: { a: [{ to: "a" }] } } satisfies Journey,
  // @ts-expect-error an event or a sequence
  { $history: { event: "a", sequence: ["b"] } } satisfies Condition,
  // @ts-expect-error an order of numbers and texts
  { a: { $gt: true }, $and: 3 } satisfies Condition,
  // @ts-expect-error shares are numbers
  { holdout: { share: "5%" } } satisfies Config,
];
