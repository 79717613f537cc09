/**
 * One page view on the server.
 *
 * The core holds the view that was opened last. A visit keeps its whole input instead of a hold on the
 * core's memory: where another visit has been opened since, it is opened again, which gives the same
 * answers. So there is nothing to free, and a trap in one request harms no other.
 */
import { defaultDecision, defaultSlots, noExplanation, noFeature, noRun } from "../inert.js";
import type { Config, Decision, Experiment, ExperimentResult, Explanation, FeatureResult, State } from "../types.js";
import { type Rewriter, render, rewrite, stateScript } from "./html.js";
import type { Held, RawCore } from "./raw.js";
import type { SlotOptions, Visit, VisitInit } from "./types.js";

const hex = (seed: number | bigint) => BigInt.asUintN(64, BigInt(seed)).toString(16).padStart(32, "0");

const drawn = () => crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;

/** A part of an address; empty where it is none. */
function partOf(url: string | URL | null | undefined, part: "pathname" | "host"): string {
  try {
    return url ? new URL(url)[part] : "";
  } catch {
    return "";
  }
}

function profileOf(profile: VisitInit["profile"]): unknown {
  try {
    return typeof profile === "string" ? JSON.parse(profile) : profile;
  } catch {
    return null;
  }
}

/** What the core is told, whole: asked again, it is told the same. */
function told({ id, attributes, page = {}, device, language, timeZone, facts, profile, ...more }: VisitInit) {
  const { url, path, referrer, ...about } = page;
  const host = partOf(referrer, "host");
  const now = Number(more.now ?? Date.now());
  return {
    id: id ?? "",
    attributes: attributes ?? {},
    page: {
      ...about,
      // A query may hold what a visitor typed.
      path: path?.replace(/[?#].*/s, "") ?? partOf(url, "pathname"),
      referrer: host === partOf(url, "host") ? "" : host,
    },
    device: { ...device, language },
    facts: facts ?? {},
    profile: profileOf(profile),
    now: Number.isFinite(now) ? now : 0,
    timeZone: timeZone ?? "",
    seed: hex(Number.isInteger(more.seed) || typeof more.seed === "bigint" ? more.seed! : drawn()),
    overrides: { ...(url ? { url: String(url) } : {}), ...more.overrides },
  };
}

export class ServerVisit implements Visit {
  readonly decisions: Record<string, Decision>;
  readonly shown: Record<string, string>;
  private readonly _held: Held;
  private readonly _told: ReturnType<typeof told>;
  private readonly _features = new Map<string, FeatureResult>();
  private _state: State | undefined;

  constructor(config: Config, held: Held, init: VisitInit) {
    this._held = held;
    this._told = told(init);
    const slots = this._ask((raw) => raw.slots()) ?? defaultSlots(config, STOPPED);
    this.decisions = Object.fromEntries(slots.map((decision) => [decision.slot, decision]));
    const others = slots.filter(({ shown }) => shown !== "default");
    this.shown = Object.fromEntries(others.map(({ slot, shown }) => [slot, shown]));
  }

  get visitor(): string {
    return (this.state().profile as { visitor?: string } | null)?.visitor ?? "";
  }

  decide(slot: string): Decision {
    return Object.hasOwn(this.decisions, slot) ? this.decisions[slot]! : defaultDecision(slot, NO_SLOT);
  }

  slots(): Decision[] {
    return Object.values(this.decisions);
  }

  explain(slot: string): Explanation {
    return this._ask((raw) => raw.explain(String(slot))) ?? noExplanation(slot, NO_SLOT);
  }

  feature<Value>(key: string): FeatureResult<Value> {
    const name = String(key);
    const result = this._features.get(name) ?? this._ask((raw) => raw.feature(name)) ?? noFeature();
    this._features.set(name, result);
    return { ...result } as FeatureResult<Value>;
  }

  features(): Record<string, FeatureResult> {
    const keys = this._ask((raw) => raw.keys()) ?? [];
    return Object.fromEntries(keys.map((key) => [key, this.feature(key)]));
  }

  run<Value>(experiment: Experiment<Value>): ExperimentResult<Value> {
    const result = this._ask((raw) => raw.run(experiment as Experiment));
    return (result ?? noRun(experiment)) as ExperimentResult<Value>;
  }

  state(): State {
    this._state ??= {
      v: 1,
      at: this._told.now,
      profile: this._ask((raw) => raw.snapshot()) ?? null,
      attributes: this._ask((raw) => raw.attributes()) ?? {},
      shown: this.shown,
    };
    return this._state;
  }

  script(): string {
    return stateScript(this.state());
  }

  slot(name: string, variants: Record<string, string>, options?: SlotOptions): string {
    return render(name, variants, this.shown[name], options);
  }

  rewrite<R extends Rewriter>(rewriter: R, variants: Record<string, Record<string, string>>): R {
    return rewrite(rewriter, variants, this);
  }

  /** Asks the core of this visit; undefined after a trap. */
  private _ask<T>(question: (raw: RawCore) => T): T | undefined {
    try {
      return this._held.ask(this, this._begin, question);
    } catch (error) {
      console.error("unspoken: the core stopped, and this visit gets the defaults.", error);
      return;
    }
  }

  private readonly _begin = (raw: RawCore): void => {
    raw.open(this._told);
    // What experiments of features assigned belongs to the state.
    for (const key of this._features.keys()) raw.feature(key);
  };
}

const STOPPED = "The default stands: the core stopped.";
const NO_SLOT = "The default stands: there is no such slot.";
