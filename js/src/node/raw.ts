/**
 * The only file that knows the glue of the server's module: it instantiates it, and again after a trap.
 *
 * The glue keeps one instance in a module variable, so all cores of a process share one. After a trap
 * its memory is not to be trusted: the next call gets a new instance, and every core compiles its
 * config anew in it. Nothing is lost by that, since a visit is opened anew whenever it is asked.
 */
import * as glue from "../../../pkg/node/unspoken_bg.js";
import type {
  Attributes,
  Config,
  Decision,
  Experiment,
  ExperimentResult,
  Explanation,
  FeatureResult,
} from "../types.js";

/** The class that `src/bindings/node.rs` exports. */
export interface RawCore {
  mistakes(): string[];
  open(told: object): void;
  slots(): Decision[];
  explain(slot: string): Explanation | null;
  feature(key: string): FeatureResult;
  keys(): string[];
  run(experiment: Experiment): ExperimentResult | null;
  snapshot(): object;
  attributes(): Attributes;
  free(): void;
}

/** The module that cores run in. */
export let loaded: WebAssembly.Module | undefined;
/** Which instance this is; 0 where there is none. */
let instance = 0;
let instances = 0;

/** Makes a module the one that cores run in, unless there is one: all are the same. */
export function use(module: WebAssembly.Module): void {
  loaded ??= module;
}

function instantiate(module: WebAssembly.Module): void {
  const { exports } = new WebAssembly.Instance(module, {
    "./unspoken_bg.js": glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(exports);
  const { __wbindgen_start: begin } = exports as { __wbindgen_start?: () => void };
  begin?.();
  instance = ++instances;
}

/** A config in the instance of this moment, and the visit that was opened last. */
export class Held {
  private readonly _config: Config;
  private _raw: RawCore | undefined;
  private _instance = 0;
  private _visit: object | undefined;
  private _isFreed = false;

  constructor(config: Config) {
    this._config = config;
  }

  /** Asks the core; where it holds another than `visit`, `begin` opens that first. Throws after a trap. */
  ask<T>(visit: object | undefined, begin: (raw: RawCore) => void, question: (raw: RawCore) => T): T {
    try {
      const raw = this._core();
      if (this._visit !== visit) {
        this._visit = undefined;
        begin(raw);
        this._visit = visit;
      }
      return question(raw);
    } catch (error) {
      // Nothing is thrown on purpose: whatever comes out has cut through Rust frames.
      instance = 0;
      throw error;
    } finally {
      if (this._isFreed) this.free();
    }
  }

  /** Gives the memory back; who asks later has the config compiled for that once. */
  free(): void {
    this._isFreed = true;
    if (this._raw && this._instance === instance) this._raw.free();
    this._raw = this._visit = undefined;
  }

  private _core(): RawCore {
    if (!instance && loaded) instantiate(loaded);
    if (!this._raw || this._instance !== instance) {
      this._visit = undefined;
      this._raw = new glue.RawCore(this._config);
      this._instance = instance;
    }
    return this._raw;
  }
}
