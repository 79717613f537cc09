/**
 * A provider for the OpenFeature web SDK: a site asks for flags in OpenFeature's words and gets
 * Unspoken's answers.
 *
 * A flag is a feature of the config, or a slot: its value is the variant that was decided. Asking counts
 * nothing: a slot is exposed when it was really seen, whoever asked for it before.
 */
import {
  ErrorCode,
  type EvaluationContext,
  type FlagMetadata,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  StandardResolutionReasons as Reason,
  type ResolutionDetails,
  type TrackingEventDetails,
} from "@openfeature/web-sdk";
import type { Attributes, Decision, FeatureResult, FeatureSource, RuleKind, Unspoken } from "../types.js";

/** Features whose changes are told; a page that asks for more asks for names it makes up. */
const MOST_WATCHED = 1_000;

const SOURCES: Record<FeatureSource, string> = {
  unknownFeature: Reason.ERROR,
  defaultValue: Reason.DEFAULT,
  force: Reason.TARGETING_MATCH,
  experiment: Reason.SPLIT,
  override: Reason.STATIC,
  // Another feature that it takes is off, and so is this.
  prerequisite: Reason.DISABLED,
  cyclicPrerequisite: Reason.ERROR,
};

const RULES: Record<RuleKind, string> = {
  show: Reason.TARGETING_MATCH,
  test: Reason.SPLIT,
  learn: Reason.SPLIT,
  feature: Reason.TARGETING_MATCH,
};

/** The instance, as a page has it: running, or on its way. */
export type Instance = Unspoken | Promise<Unspoken>;

/** What is known of a flag, before anybody asks for a type. */
interface Known {
  value: unknown;
  reason: string;
  variant?: string;
  flagMetadata: FlagMetadata;
}

/**
 * @example
 * const unspoken = init({ config: "/unspoken.json" });
 * await OpenFeature.setProviderAndWait(new UnspokenProvider(unspoken));
 * OpenFeature.getClient().getBooleanValue("new-checkout", false);
 */
export class UnspokenProvider implements Provider {
  readonly metadata = { name: "unspoken" } as const;
  readonly runsOn = "client";
  readonly events = new OpenFeatureEventEmitter();
  private readonly _instance: Instance;
  private _unspoken: Unspoken | undefined;
  /** Names of the config's slots. */
  private _slots = new Set<string>();
  /** What flags were last told to be, as text. */
  private readonly _last = new Map<string, string>();
  private _stops: (() => void)[] = [];
  private _fault: string | undefined;

  constructor(instance: Instance) {
    this._instance = instance;
  }

  async initialize(context: EvaluationContext = {}): Promise<void> {
    const unspoken = await (await this._instance).ready;
    const { fault } = unspoken.stats();
    if (fault !== null) throw new ProviderFatalError(`unspoken: ${fault}`);
    this._stop();
    this._unspoken = unspoken;
    this._tell(context, {});
    for (const { slot, variant } of unspoken.slots()) {
      this._slots.add(slot);
      this._last.set(slot, variant);
    }
    const look = () => this._look();
    this._stops = [
      unspoken.on("decision", look),
      unspoken.on("goal", look),
      // Up to four times a second: rules and features may rest on forecasts.
      unspoken.on("forecast", look),
      unspoken.on("fault", () => {
        // Others are told of too, such as a variant that a page lacks; after this one nothing runs.
        const message = unspoken.stats().fault;
        if (message === null) return;
        this._fault = `unspoken: ${message}`;
        this.events.emit(ProviderEvents.Error, { message: this._fault });
      }),
    ];
  }

  onContextChange(before: EvaluationContext, now: EvaluationContext): void {
    this._tell(now, before);
    // OpenFeature itself says that the context changed, and who listens asks again.
    this._changes();
  }

  async onClose(): Promise<void> {
    this._stop();
    this._unspoken = undefined;
  }

  track(name: string, _context: EvaluationContext, { value }: TrackingEventDetails = {}): void {
    this._unspoken?.goal(name, value === undefined ? {} : { value });
  }

  resolveBooleanEvaluation(key: string, fallback: boolean): ResolutionDetails<boolean> {
    return this._resolve(key, fallback, "a boolean", (value) => typeof value === "boolean");
  }

  resolveStringEvaluation(key: string, fallback: string): ResolutionDetails<string> {
    return this._resolve(key, fallback, "a string", (value) => typeof value === "string");
  }

  resolveNumberEvaluation(key: string, fallback: number): ResolutionDetails<number> {
    return this._resolve(key, fallback, "a number", (value) => typeof value === "number");
  }

  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T): ResolutionDetails<T> {
    return this._resolve(key, fallback, "an object", (value) => typeof value === "object");
  }

  private _resolve<T>(key: string, value: T, kind: string, fits: (value: unknown) => boolean): ResolutionDetails<T> {
    const error = (errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> => ({
      value,
      reason: Reason.ERROR,
      errorCode,
      errorMessage,
    });
    if (!this._unspoken) return error(ErrorCode.PROVIDER_NOT_READY, "unspoken: not running yet.");
    if (this._fault) return error(ErrorCode.GENERAL, this._fault);
    const known = this._known(this._unspoken, key);
    if (!known) return error(ErrorCode.FLAG_NOT_FOUND, `unspoken: the config has no feature and no slot "${key}".`);
    this._watch(key, known);
    if (known.reason === Reason.ERROR)
      return error(ErrorCode.GENERAL, `unspoken: feature "${key}" takes itself as a prerequisite.`);
    const { flagMetadata, reason } = known;
    // A feature without a value leaves it to the caller.
    if (known.value === null) return { value, reason, flagMetadata };
    if (!fits(known.value)) {
      const is = Array.isArray(known.value) ? "a list" : `of the type ${typeof known.value}`;
      return error(ErrorCode.TYPE_MISMATCH, `unspoken: "${key}" is ${is}, and not ${kind}.`);
    }
    return { ...known, value: known.value as T };
  }

  private _known(unspoken: Unspoken, key: string): Known | undefined {
    const feature = unspoken.feature(key);
    if (feature.source !== "unknownFeature") return ofFeature(feature);
    return this._slots.has(key) ? ofSlot(unspoken.decide(key)) : undefined;
  }

  private _watch(key: string, { value }: Known): void {
    // What is known already waits for `_look`, which tells everybody.
    if (!this._last.has(key) && this._last.size < MOST_WATCHED) this._last.set(key, textOf(value));
  }

  /** The flags that are others than they were last told to be. */
  private _changes(): string[] {
    const unspoken = this._unspoken;
    if (!unspoken) return [];
    const changed: string[] = [];
    for (const [key, last] of this._last) {
      const now = textOf(this._known(unspoken, key)?.value);
      if (now === last) continue;
      this._last.set(key, now);
      changed.push(key);
    }
    return changed;
  }

  private _look(): void {
    const flagsChanged = this._changes();
    if (flagsChanged.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  }

  /** Tells the context as attributes; what it no longer has is taken back. */
  private _tell(now: EvaluationContext, before: EvaluationContext): void {
    const unspoken = this._unspoken;
    if (!unspoken) return;
    const attributes = attributesOf(now);
    for (const name of Object.keys(attributesOf(before))) attributes[name] ??= null;
    // Without a key the visitor is again who they were: the browser's pseudonym.
    if (attributes["id"] === null) attributes["id"] = unspoken.stats().visitor;
    if (Object.keys(attributes).length > 0) unspoken.set(attributes);
  }

  private _stop(): void {
    for (const stop of this._stops) stop();
    this._stops = [];
    this._slots = new Set();
    this._last.clear();
  }
}

/** A text as it is, so that slots and text features need no quotes. */
const textOf = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function ofFeature({ value, source, ruleId, experiment, experimentResult }: FeatureResult): Known {
  const variant = experimentResult?.key;
  return {
    value,
    reason: SOURCES[source] ?? Reason.UNKNOWN,
    ...(variant === undefined ? {} : { variant: String(variant) }),
    flagMetadata: { source, ...(ruleId && { ruleId }), ...(experiment && { experiment: experiment.key }) },
  };
}

function ofSlot({ slot, variant, rule, by, shown, reason }: Decision): Known {
  return {
    value: variant,
    variant,
    reason: by ? RULES[by] : Reason.DEFAULT,
    flagMetadata: { slot, shown, because: reason, ...(rule !== null && { rule }), ...(by && { by }) },
  };
}

/** Dates as texts, which is what JSON makes of them; whatever else a context may hold stays. */
const plain = (value: unknown): unknown => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
};

/** The context as attributes: the targeting key is who it is, for experiments the attribute `id`. */
function attributesOf({ targetingKey, ...context }: EvaluationContext): Attributes {
  const attributes = plain(context) as Attributes;
  if (targetingKey) attributes["id"] = targetingKey;
  return attributes;
}
