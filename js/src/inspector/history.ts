/**
 * The last minute of the page: forecasts, and what was decided, seen, reached and refused.
 *
 * Kept by the inspector from public events, from when it stands in the page, so that one can look back
 * at what happened before it was opened. Nothing older than a minute is kept, but for what still holds.
 */
import type { Decision, EventMap, Explanation, Intents, Unspoken } from "../types.js";

export const MINUTE_MS = 60_000;
/** The most happenings kept of one minute: a page that has more is in a loop. */
const MOST = 500;

/** Forecasts of one moment. */
export type Sample = EventMap["forecast"];

/** An event, and when it came, in ms of `performance.now()`. */
export type Happening = {
  [Name in Exclude<keyof EventMap, "forecast">]: { event: Name; detail: EventMap[Name]; at: number };
}[Exclude<keyof EventMap, "forecast">];

/** A slot's decision from a moment on. */
interface Entry {
  at: number;
  decision: Decision;
  /** What was read when it was decided; undefined where only what is shown has changed. */
  why: Explanation | undefined;
}

/** A minute that stands still, or the one that is passing. */
export interface Minute {
  /** Its last moment, in ms of `performance.now()`. */
  end: number;
  samples: readonly Sample[];
  happenings: readonly Happening[];
  slots: ReadonlyMap<string, readonly Entry[]>;
}

/** The last of a list in order of time that is not after `at`. */
export function latest<T extends { at: number }>(list: readonly T[], at: number): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as T).at <= at) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

/** What was forecast and decided at a moment of the minute. */
export function momentOf(
  minute: Minute,
  at: number,
): { intents: Intents | undefined; focus: string | null; slots: Decision[] } {
  const sample = latest(minute.samples, at);
  const slots: Decision[] = [];
  for (const entries of minute.slots.values()) {
    const entry = latest(entries, at);
    if (entry) slots.push(entry.decision);
  }
  return { intents: sample?.intents, focus: sample?.focus ?? null, slots };
}

/** What was read when a slot was last decided before a moment. */
export function whyAt(minute: Minute, slot: string, at: number): Explanation | undefined {
  const known = minute.slots.get(slot)?.filter((entry) => entry.why && entry.at <= at);
  return known?.[known.length - 1]?.why;
}

/** What a slot's explanation is; none while the part of the core that explains is being loaded. */
export function explained(unspoken: Unspoken, slot: string): Explanation | undefined {
  const explanation = unspoken.explain(slot);
  return /is being loaded/.test(explanation.sentence) ? undefined : explanation;
}

const EVENTS = ["decision", "exposure", "goal", "batch", "fault"] as const;

export class History {
  private _samples: Sample[] = [];
  private _happenings: Happening[] = [];
  private _slots = new Map<string, Entry[]>();
  private _stops: (() => void)[] = [];
  private _unspoken: Unspoken | undefined;

  /** Called for each happening as it comes. */
  onHappening: (happening: Happening) => void = () => {};

  /** Listens to this instance, and no longer to the one before. */
  follow(unspoken: Unspoken | undefined): void {
    if (unspoken === this._unspoken) return;
    this.stop();
    this._unspoken = unspoken;
    if (!unspoken) return;
    this._stops = EVENTS.map((event) =>
      unspoken.on(event, (detail: EventMap[typeof event]) =>
        this._take({ event, detail, at: performance.now() } as Happening),
      ),
    );
    this._stops.push(unspoken.on("forecast", (sample) => this._sample(sample)));
    Promise.resolve(unspoken.ready).then(() => {
      if (this._unspoken === unspoken) this.note(unspoken.slots());
    });
  }

  stop(): void {
    for (const stop of this._stops) stop();
    this._stops = [];
    this._unspoken = undefined;
    this._samples = [];
    this._happenings = [];
    this._slots = new Map();
  }

  /** Takes note of what slots show now: that a decision is shown at last is no event. */
  note(slots: readonly Decision[]): void {
    const now = performance.now();
    for (const decision of slots) {
      const last = this._slots.get(decision.slot)?.at(-1)?.decision;
      const same = (key: keyof Decision) => last?.[key] === decision[key];
      if (!(same("variant") && same("shown") && same("seen") && same("waits") && same("present") && same("reason")))
        this._keep(decision, now, last && same("variant") && same("reason") ? undefined : this._why(decision.slot));
    }
  }

  /** The minute until now; with `still`, a copy that time does not change. */
  minute(still = false): Minute {
    const minute = { end: performance.now(), samples: this._samples, happenings: this._happenings, slots: this._slots };
    if (!still) return minute;
    const slots = new Map([...this._slots].map(([slot, entries]) => [slot, [...entries]]));
    return { ...minute, samples: [...this._samples], happenings: [...this._happenings], slots };
  }

  private _sample(sample: Sample): void {
    this._samples.push(sample);
    const oldest = sample.at - MINUTE_MS;
    while ((this._samples[0]?.at ?? oldest) < oldest) this._samples.shift();
  }

  private _take(happening: Happening): void {
    this._happenings.push(happening);
    const oldest = happening.at - MINUTE_MS;
    while (this._happenings.length > MOST || (this._happenings[0]?.at ?? oldest) < oldest) this._happenings.shift();
    const { event, detail } = happening;
    if (event === "decision") this._keep(detail, happening.at, this._why(detail.slot));
    this.onHappening(happening);
  }

  private _why(slot: string): Explanation | undefined {
    return this._unspoken && explained(this._unspoken, slot);
  }

  private _keep(decision: Decision, at: number, why: Explanation | undefined): void {
    const entries = this._slots.get(decision.slot) ?? [];
    this._slots.set(decision.slot, entries);
    entries.push({ at, decision, why });
    // The last one before the minute still holds when it begins.
    while ((entries[1]?.at ?? at) < at - MINUTE_MS) entries.shift();
  }
}
