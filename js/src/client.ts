/**
 * The instance that pages talk to: it starts the core when the page can spare the time, and stands
 * between the two so that neither can harm the other.
 *
 * Three promises are kept here. Whatever fails, the default stays and `stats().fault` says why. No
 * method throws, at any time. The page's own code never runs in the middle of core work: events wait
 * for a microtask, and a command that arrives while the core is at work is carried out right after it;
 * a question may be asked then, as the core holds no borrow while it touches the document.
 */
import { fetched } from "./fetched.js";
import {
  defaultDecision,
  defaultSlots,
  eraseCookie,
  eraseStorage,
  noExplanation,
  noFeature,
  noIntents,
  noRun,
  noStats,
  profileOfCookie,
} from "./inert.js";
import { inspect } from "./inspect.js";
import { Latency } from "./latency.js";
import { painted } from "./painted.js";
import { BRINGS, bits, partsFor, partsKept, without } from "./parts.js";
import { type Core, type Files, load, type RawUnspoken } from "./raw.js";
import { Routes } from "./routes.js";
import { Memory } from "./slots/memory.js";
import { release, releaseUnseen } from "./slots/reserved.js";
import { Stage } from "./slots/stage.js";
import type {
  Attributes,
  Config,
  Decision,
  EventMap,
  Experiment,
  ExperimentResult,
  Explanation,
  FeatureResult,
  InitOptions,
  Intents,
  ManagedSlot,
  PageInfo,
  Part,
  Receipt,
  Recording,
  State,
  Stats,
  Unspoken,
} from "./types.js";

/** Shared by every copy of this package on the page, so that two copies make one instance. */
const KEY = Symbol.for("unspoken");
const page = globalThis as { [KEY]?: Unspoken };

/** The most calls kept for a core that has not started; a page that makes more is in a loop. */
const MAX_WAITING = 500;

/** Who asks for messages on the console asks why, too. */
const TOOLS: Part[] = ["tools"];

const STOPPED = "core: stopped. Reload the page.";

/**
 * Methods that begin with a name. The glue takes any other type for a string and writes past its
 * buffer, which is a trap.
 */
const NAMED = /^(decide|explain|feature|place|goal|fact|dismiss|force)$/;

type Listener = (detail: never) => void;
type Command = "goal" | "fact" | "dismiss" | "force" | "set" | "page" | "flush" | "record";

class Client implements Unspoken {
  readonly ready: Promise<Unspoken>;
  private readonly _options: InitOptions;
  private _core: Core | undefined;
  private _raw: RawUnspoken | undefined;
  private _config: Config | undefined;
  private _fault: string | null = null;
  private readonly _swaps = new Latency();
  private _disposed = false;
  private _isErased = false;
  private _waiting: (() => void)[] | undefined = [];
  private _events: [event: string, detail: object][] = [];
  private readonly _listeners: Record<string, Set<Listener>> = {};
  /** The features that were asked for: where each stands in the core, and its last result. */
  private readonly _features = new Map<string, { _at: number; _last: FeatureResult | undefined }>();
  private readonly _stage = new Stage();
  private _memory: Memory | undefined;
  private _routes: Routes | undefined;
  /** What the site said of its page last: a page that comes back from the cache is the same one. */
  private _info: PageInfo = {};

  constructor(options: InitOptions, at: Addresses) {
    this._options = options;
    this.ready = this._start(at);
  }

  decide(slot: string): Decision {
    return this._ask("decide", slot) ?? defaultDecision(slot, this._reason());
  }

  explain(slot: string): Explanation {
    this._need(["tools"]);
    return this._ask("explain", slot) ?? noExplanation(slot, this._reason("tools"));
  }

  slots(): Decision[] {
    return this._ask("slots") ?? defaultSlots(this._config, this._reason());
  }

  feature<Value>(key: string): FeatureResult<Value> {
    // Pages ask for features while they render, so this is a path of its own: a name crosses to the
    // core once, and a result only when it is another than the last.
    const known = this._features.get(key);
    if (!known) return (this._find(key) ?? noFeature()) as FeatureResult<Value>;
    try {
      if (this._raw) known._last = this._raw.again(known._at) ?? known._last;
    } catch {
      // A dead core's glue trips over the undefined it gets; that fault has been told.
    }
    return (this._raw && known._last ? { ...known._last } : noFeature()) as FeatureResult<Value>;
  }

  run<Value>(experiment: Experiment<Value>): ExperimentResult<Value> {
    const asked = this._need(["experiment", ...partsFor(experiment)]) ? undefined : this._ask("run", experiment);
    return (asked ?? noRun(experiment)) as ExperimentResult<Value>;
  }

  intents(): Intents {
    return this._ask("intents") ?? noIntents();
  }

  focus(): string | null {
    return this._ask("focus") ?? null;
  }

  stats(): Stats {
    return {
      ...noStats(this._options.level ?? this._config?.level),
      ...this._ask("stats"),
      milliseconds: this._core?.spent() ?? 0,
      swaps: this._swaps.figures(),
      fault: this._fault,
    };
  }

  goal(name: string, options?: { value?: number }): void {
    const value = options?.value;
    // NaN and the infinities would be refused by the collector, with all that travels beside them.
    this._tell("goal", name, Number.isFinite(value) ? value : undefined);
  }

  fact(name: string, value: string | number | boolean | null): void {
    this._tell("fact", name, value);
    this._memory?.heard("fact");
  }

  dismiss(slot: string): void {
    this._tell("dismiss", slot);
  }

  force(slot: string, variant: string | null): void {
    this._tell("force", slot, variant == null ? undefined : String(variant));
    if (this._raw && !this._ask("decide", slot))
      this._emit("fault", { message: `force: the config has no slot ${slot}` });
  }

  set(attributes: Attributes): void {
    this._tell("set", attributes);
  }

  page(info?: PageInfo): void {
    if (!this._routes?.told(info)) this._view(info ?? {});
    this._stage.find();
  }

  hydrated(root?: Node): void {
    this._stage.hydrated(root);
  }

  attach(element: Element, slot: ManagedSlot): () => void {
    return this._disposed ? () => {} : this._stage.attach(element, slot);
  }

  flush(): void {
    this._tell("flush");
  }

  record(): Recording {
    let text: string | undefined;
    const begin = () => {
      if (text === undefined) this._tell("record");
    };
    const coming = this._need(["tools"]);
    if (coming) void coming.then(begin);
    else begin();
    return { stop: () => (text ??= this._ask("stop_recording") ?? "") };
  }

  erase(): Receipt {
    this._isErased = true;
    const ask = () => {
      // Every default, at once: what the core shows after it, it has decided for a stranger.
      this._stage.restore();
      return this._ask("erase");
    };
    const receipt = this._core?.busy() ? undefined : ask();
    // The core knows the storage of its own mode; an earlier visit may have used another.
    if (receipt) return { erased: [...new Set([...receipt.erased, ...eraseStorage()])] };
    // Not started yet: what is stored and what was said goes now, so the core starts with a stranger.
    if (this._waiting) this._waiting = [];
    else if (this._core?.busy()) queueMicrotask(ask);
    return { erased: eraseStorage() };
  }

  on<Name extends keyof EventMap>(event: Name, listener: (detail: EventMap[Name]) => void): () => void {
    this._listeners[event] ??= new Set();
    const listeners = this._listeners[event];
    if (typeof listener === "function" && !this._disposed) listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  dispose(): void {
    if (this._disposed) return;
    this._disposed = true;
    if (page[KEY] === this) delete page[KEY];
    const leave = () => {
      this._memory?.close();
      this._routes?.close();
      // Before the core puts defaults back, which in view would be a transition.
      this._stage.close();
      release();
      this._ask("dispose");
      this._raw = undefined;
      this._waiting = undefined;
    };
    if (this._core?.busy()) queueMicrotask(leave);
    else leave();
    for (const listeners of Object.values(this._listeners)) listeners.clear();
  }

  private async _start({ wasm, javascript, parts: files }: Addresses): Promise<Unspoken> {
    if (typeof document === "undefined") {
      this._fault = "no document here";
      this._waiting = undefined;
      return this;
    }
    try {
      await painted();
      if (this._options.debug) inspect(wasm ?? this._options.wasm);
      const [config, core] = await Promise.all([
        named("config", configOf(this._options.config)),
        named(
          "core",
          load(this._options.wasm ?? wasm, this._options.javascript ?? javascript, this._options.wasm ? {} : files),
        ),
      ]);
      this._config = config;
      const { parts = [], overrides, endpoint, storage = "persistent", debug } = this._options;
      const needed = [
        ...parts,
        ...partsFor({ config, overrides, endpoint }),
        ...partsKept(storage, stateOf(this._options.state)?.profile),
        ...(debug ? TOOLS : []),
      ];
      await Promise.all(needed.map((part) => core.add(part)));
      if (!this._disposed) this._run(config, core);
    } catch (error) {
      // A core that could not start may have put listeners on the page by then.
      this._ask("dispose");
      this._fail(messageOf(error));
    }
    const waiting = this._waiting ?? [];
    this._waiting = undefined;
    for (const call of waiting) call();
    if (!this._disposed) document.dispatchEvent(new CustomEvent("unspoken:ready", { detail: this }));
    return this;
  }

  private _run(config: Config, core: Core): void {
    const { endpoint, key, storage = "persistent", level, overrides } = this._options;
    const state = stateOf(this._options.state);
    const attributes = { ...state?.attributes, ...this._options.attributes };
    if (core.dead()) throw STOPPED;
    core.onFault = (error) => this._fail(`${STOPPED} ${messageOf(error)}`);
    this._core = core;
    const told = {
      ...{ config, endpoint, key, storage, level, attributes, overrides },
      profile: state?.profile ?? (config.cookie && storage === "persistent" ? profileOfCookie() : undefined),
      without: without((part) => core.has(part)),
    };
    const show = (slot: string, variant: string) => this._stage.show(slot, variant, core.since());
    this._raw = core.create(told, show, this._emit);
    const { routes, hydrated, sanitize, transitions } = this._options;
    this._routes = new Routes(routes !== "manual", (isBack) => this._view(isBack ? this._info : {}));
    const audience = {
      found: (element: Element, standing: string) => this._do("found", element, standing),
      lost: (element: Element) => this._do("lost", element),
      room: (slot: string, fits: boolean) => this._do("room", slot, fits),
      fault: (message: string) => this._emit("fault", { message }),
      swapped: (since: number) => this._swaps.add(performance.now() - since),
      changed: (come: boolean) => this._routes?.changed(come),
    };
    this._stage.open(audience, { config, hydrated, sanitize, transitions });
    this._memory = new Memory(storage, {
      lasting: () => this._ask("lasting"),
      shown: (slot) => this._ask("decide", slot)?.shown,
    });
    this._raw.start();
    releaseUnseen();
  }

  /** A page view begins. */
  private _view(info: PageInfo): void {
    this._info = info;
    this._stage.forgive();
    this._tell("page", info);
  }

  /** A feature that is asked for the first time, or that there is not: a tester may force that too. */
  private _find(key: string): FeatureResult | undefined {
    const at = this._ask("place", key);
    if (at === undefined) return;
    if (at < 0 || typeof key !== "string") return this._ask("feature", key);
    this._features.set(key, { _at: at, _last: undefined });
    return this.feature(key);
  }

  /**
   * Loads what is not there of some parts, and resolves when the core has it; undefined where nothing has
   * to be loaded. A part that cannot be had is a fault, and ends nothing.
   */
  private _need(parts: Part[]): Promise<unknown> | undefined {
    const core = this._core;
    const missing = this._raw && core ? parts.filter((part) => !core.has(part)) : [];
    if (!core || missing.length === 0) return;
    const adding = missing.map((part) => core.add(part).then(() => this._do("have", bits([part]))));
    return Promise.all(adding).catch((error) => this._emit("fault", { message: messageOf(error) }));
  }

  /** Why a default stands, in a sentence. */
  private _reason(part?: Part): string {
    if (this._raw && part && !this._core?.has(part)) return `The part ${part} is being loaded: ask again.`;
    return `The default stands: ${this._fault ?? (this._raw ? "there is no such slot." : "Unspoken is not running.")}`;
  }

  /** Stands down for good; only the first fault is told, since the rest follow from it. */
  private _fail(message: string): void {
    if (this._fault !== null || this._disposed) return;
    this._fault = message;
    this._raw = undefined;
    this._stage.restore();
    // Else every page would begin with what this core cannot look after.
    this._memory?.forget();
    release();
    this._emit("fault", { message });
  }

  /** Calls the core for an answer; undefined where there is none. */
  private _ask<Name extends keyof RawUnspoken>(
    method: Name,
    ...args: Parameters<RawUnspoken[Name]>
  ): ReturnType<RawUnspoken[Name]> | undefined {
    const raw = this._raw;
    const part = BRINGS[method];
    if (!raw || (part && !this._core?.has(part))) return;
    try {
      if (NAMED.test(method)) args[0] = String(args[0]) as never;
      return (raw[method] as (...args: unknown[]) => ReturnType<RawUnspoken[Name]>)(...args);
    } catch (error) {
      // A dead core's glue trips over the undefined it gets; that fault has been told.
      if (this._options.debug && !this._fault) console.warn("unspoken:", method, error);
    }
    return;
  }

  /** Has the core do something, now or as soon as it can. */
  private _tell<Name extends Command>(method: Name, ...args: Parameters<RawUnspoken[Name]>): void {
    if (this._waiting) {
      if (this._waiting.length < MAX_WAITING) this._waiting.push(() => this._do(method, ...args));
    } else this._do(method, ...args);
  }

  /** Has the core do something, once it is not in the middle of something else and has the part for it. */
  private _do<Name extends Command | "found" | "lost" | "room" | "have">(
    method: Name,
    ...args: Parameters<RawUnspoken[Name]>
  ): void {
    const call = () => void this._ask(method, ...args);
    const part = BRINGS[method];
    const coming = part && this._need([part]);
    if (coming) void coming.then(call);
    else if (this._core?.busy()) queueMicrotask(call);
    else call();
  }

  private readonly _emit = (event: string, detail: object): void => {
    this._memory?.heard(event);
    // What was on its way when the visitor was forgotten may be answered with the cookie once more.
    if (this._isErased && event === "batch") eraseCookie();
    if (this._options.debug && event === "fault") console.warn("unspoken:", (detail as EventMap["fault"]).message);
    if (this._events.push([event, detail]) === 1) queueMicrotask(() => this._deliver());
  };

  private _deliver(): void {
    const events = this._events;
    this._events = [];
    for (const [event, detail] of events) {
      for (const listener of [...(this._listeners[event] ?? [])]) {
        try {
          listener(detail as never);
        } catch (error) {
          console.error(error);
        }
      }
    }
  }
}

const messageOf = (error: unknown) => `${(error as Error | null)?.message ?? error}`;

/** Says which part a rejection is about. */
const named = <T>(part: string, promise: Promise<T>): Promise<T> =>
  promise.catch((error) => {
    throw `${part}: ${messageOf(error)}`;
  });

async function configOf(config: InitOptions["config"] | undefined): Promise<Config> {
  if (typeof config === "string" || config instanceof URL)
    config = (await fetched(config, "See data-config and `unspoken check`.", (response) => response.json())) as Config;
  if (typeof config !== "object" || !config) throw "expected an address or an object";
  return config;
}

/**
 * What a server decided for this page view. An old one comes from a cache, where it may be another
 * visitor's.
 */
function stateOf(given: State | undefined): State | undefined {
  try {
    const text = document.querySelector("script[data-unspoken-state]")?.textContent;
    const state = given ?? (text && JSON.parse(text));
    if (state?.v === 1 && Math.abs(Date.now() - state.at) < 6e5) return state;
  } catch {
    // Whatever stands there is no state.
  }
  return;
}

/** Where the core lies, if the site does not say otherwise. */
export interface Addresses {
  wasm?: InitOptions["wasm"];
  javascript?: string | URL;
  parts?: Files;
}

/** The instance of this page, made at the first call. */
export function start(options: InitOptions, at: Addresses = {}): Unspoken {
  if (typeof document === "undefined") return new Client(options ?? {}, at);
  page[KEY] ??= new Client(options ?? {}, at);
  return page[KEY];
}
