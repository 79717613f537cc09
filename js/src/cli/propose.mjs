/**
 * A first config from what pages say: for each slot one rule whose reason can be said in a sentence, the
 * goals that were found, and a budget where something interrupts.
 *
 * It goes by names, since a name is all that is known: `help` is for somebody who struggles. A variant
 * whose name says nothing is shown to half of the visitors, so that the numbers can say what it is for.
 */

/** Bytes that joined selectors may have. */
const MAX_SELECTOR_BYTES = 256;
/** Slots that a config may have. */
const MAX_SLOTS = 256;

const has = (...names) => new RegExp(`(^|[^a-z])(${names.join("|")})([^a-z]|$)`, "i");

/** By the name of a variant: when it is shown, and why. The first that matches counts. */
const MEANINGS = [
  {
    of: has("help", "support", "assist", "stuck", "faq", "guide", "explain", "hilfe"),
    id: "stuck",
    when: { "intent.struggle": { $gte: 0.6 } },
    why: "for a visitor who struggles: clicks on nothing, clicks in a burst, or has a form refused",
  },
  {
    of: has("compare", "comparison", "versus", "vs", "alternatives", "vergleich"),
    id: "comparing",
    when: { "intent.compare": { $gte: 0.5 } },
    why: "for a visitor who is about to look at another item",
  },
  {
    of: has("leave", "leaving", "exit", "stay", "goodbye", "nudge", "wait"),
    id: "leaving",
    when: { "intent.leave": { $gte: 0.6 } },
    why: "for a visitor who is about to go",
  },
  {
    of: has("first", "new", "intro", "newcomer", "onboarding", "welcome"),
    not: has("back"),
    id: "first-visit",
    when: { $history: { event: "visit", count: { $lte: 1 } } },
    why: "for a first visit",
  },
  {
    of: has("back", "again", "returning", "return", "remind", "reminder"),
    id: "came-back",
    when: { $history: { event: "visit", count: { $gte: 2 } } },
    why: "for somebody who has been here before",
  },
  {
    of: has("owner", "owners", "customer", "customers", "member", "members", "care", "thanks", "bought"),
    id: "customer",
    goal: true,
    why: "for somebody who has reached the goal",
  },
  {
    of: has("buy", "reassure", "trust", "shipping", "delivery", "returns", "guarantee"),
    id: "about-to-buy",
    when: { "intent.buy": { $gte: 0.3 } },
    why: "for a visitor who may order in this visit",
  },
  { of: has("phone", "mobile"), id: "on-a-phone", when: { "device.type": "phone" }, why: "for a phone" },
  { of: has("desktop"), id: "on-a-desktop", when: { "device.type": "desktop" }, why: "for a large screen" },
];

/** Goals that say that somebody is a customer, the surest first. */
const CUSTOMER = ["purchase", "checkout", "sign_up", "book"];

function ruleOf({ variants }, goals, tags) {
  for (const { of, not, id, when, goal, why } of MEANINGS) {
    const show = variants.find((name) => of.test(name) && !not?.test(name));
    if (!show) continue;
    const reached = goal && CUSTOMER.find((name) => goals[name]);
    if (goal && !reached) continue;
    const rule = { id, when: when ?? { [`history.${reached}.count`]: { $gt: 0 } }, show };
    return { rule, why: `${show}: ${why}${reached ? ` ${reached}` : ""}` };
  }
  const tag = variants.find((name) => tags.has(name));
  if (tag)
    return {
      rule: { id: `likes-${tag}`, when: { [`profile.interest.${tag}`]: { $gt: 0.5 } }, show: tag },
      why: `${tag}: for a visitor with an interest in ${tag}, which pages are tagged with`,
    };
  // Weights are even: nothing is known of any of them.
  const shown = variants.slice(0, 4);
  return {
    rule: { id: "even-chances", test: { variants: ["default", ...shown] } },
    why: `${shown.join(", ")}: ${shown.length > 1 ? "the names do" : "the name does"} not say for whom, so chance decides, and the dashboard compares`,
  };
}

/** One selector for all the places of a goal. */
function joined(clicks) {
  let selector = "";
  for (const click of clicks) {
    const longer = selector ? `${selector}, ${click}` : click;
    if (new TextEncoder().encode(longer).length > MAX_SELECTOR_BYTES) break;
    selector = longer;
  }
  return selector;
}

/** Slots of the same name on several pages are one slot. */
function merged(pages) {
  const slots = new Map();
  for (const { place, slots: found } of pages) {
    for (const { name, variants, isEmpty, interrupts, isManaged } of found) {
      const slot = slots.get(name) ?? {
        name,
        variants: [],
        pages: [],
        isEmpty: true,
        interrupts: false,
        isManaged: false,
      };
      slots.set(name, slot);
      for (const variant of variants) if (!slot.variants.includes(variant)) slot.variants.push(variant);
      slot.pages.push(place);
      slot.isEmpty &&= isEmpty;
      slot.interrupts ||= interrupts;
      slot.isManaged ||= isManaged;
    }
  }
  return [...slots.values()];
}

/**
 * What to write, and what to say of it. `pages` are what `look` found.
 * Returns `{ config, slots: [{ name, variants, pages, why, notes }], goals: [{ name, click, labels }], problems }`.
 */
export function propose(pages, schema) {
  const problems = pages.flatMap((page) => page.problems);
  const found = new Map();
  for (const { goals } of pages)
    for (const { name, click, label } of goals) {
      const goal = found.get(name) ?? { name, clicks: [], labels: [] };
      found.set(name, goal);
      if (!goal.clicks.includes(click)) goal.clicks.push(click);
      if (!goal.labels.includes(label)) goal.labels.push(label);
    }
  const goals = Object.fromEntries([...found.values()].map(({ name, clicks }) => [name, { click: joined(clicks) }]));
  const tags = new Set(pages.flatMap(({ page, slots }) => [...page.tags, ...slots.flatMap((slot) => slot.tags)]));

  const all = merged(pages);
  for (const { name, pages } of all.slice(MAX_SLOTS))
    problems.push({
      place: pages[0],
      line: 0,
      message: `slot ${name} is left out: a config has at most ${MAX_SLOTS} slots`,
    });
  const slots = [];
  const written = {};
  for (const slot of all.slice(0, MAX_SLOTS)) {
    const { name, variants, isEmpty, interrupts, isManaged, pages } = slot;
    const notes = [];
    let why = "it has no variant yet, so its default stays";
    const entry = { rules: [] };
    if (variants.length) {
      const proposed = ruleOf(slot, goals, tags);
      why = proposed.why;
      entry.rules.push(proposed.rule);
      const shown = proposed.rule.show ? [proposed.rule.show] : proposed.rule.test.variants;
      const rest = variants.filter((variant) => !shown.includes(variant));
      if (rest.length) notes.push(`no rule shows ${rest.join(", ")} yet`);
    } else
      notes.push(
        isManaged ? "its variants are the framework's: name them in `show`" : "give it a <template data-variant>",
      );
    if (interrupts) {
      entry.interrupts = true;
      notes.push("it interrupts (a dialog), so the budget lets one such through a session");
    }
    if (isEmpty && variants.length && !isManaged)
      notes.push(
        'it changes only while out of view; with a box of fixed size, or out of flow, `"swap": "now"` is right',
      );
    written[name] = entry;
    slots.push({ name, variants, pages, why, notes });
  }
  const config = {
    $schema: schema,
    ...(slots.some(({ name }) => written[name].interrupts) && { budget: { perSession: 1 } }),
    slots: written,
    ...(found.size && { goals }),
    level: "events",
  };
  return {
    config,
    slots,
    goals: [...found.values()].map(({ name, labels }) => ({ name, ...goals[name], labels })),
    problems,
  };
}
