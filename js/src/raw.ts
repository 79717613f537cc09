/**
 * The only file that knows wasm-bindgen exists: it instantiates the core and hands it over guarded.
 *
 * It does so by itself, rather than by wasm-bindgen's own loader, because the glue must get the
 * guarded exports (see guard.ts) and because one build has to serve a URL, bytes, and a server that
 * sends the wrong MIME type.
 *
 * Limit: the glue keeps one instance in a module variable, and listeners of a dead instance cannot be
 * taken off the page. So a core is loaded once for the page; a dead one stays dead until a reload.
 */
import * as glue from "../../pkg/unspoken_bg.js";
import { fetched } from "./fetched.js";
import { type Guard, guarded } from "./guard.js";
import { instantiateJavaScript, runsWebAssembly } from "./javascript.js";
import type { Lasting } from "./slots/keep.js";
import type {
  Attributes,
  Config,
  Decision,
  ExperimentResult,
  Explanation,
  FeatureResult,
  Intents,
  Overrides,
  PageInfo,
  Part,
  Receipt,
  Stats,
} from "./types.js";

/** What the core's constructor takes. */
export interface RawOptions {
  config: Config;
  endpoint?: string | undefined;
  key?: string | undefined;
  storage: string;
  level?: string | undefined;
  attributes?: Attributes | undefined;
  overrides?: Overrides | undefined;
  /** Parts that are not there, as bits. */
  without: number;
  /** The profile to begin with, where none is stored. */
  profile?: object | null | undefined;
}

/** The class that `src/bindings` exports. Every method returns undefined once the core is dead. */
export interface RawUnspoken {
  start(): void;
  found(element: Element, standing: string): void;
  lost(element: Element): void;
  room(slot: string, fits: boolean): void;
  decide(slot: string): Decision | undefined;
  explain(slot: string): Explanation | undefined;
  feature(key: string): FeatureResult | undefined;
  /** Where a feature stands, for `again`; below 0 where it does not. */
  place(key: string): number | undefined;
  /** The feature's result, which the caller keeps; undefined where it is that of the last time. */
  again(at: number): FeatureResult | undefined;
  /** Parts have come, as bits. */
  have(parts: number): void;
  run(experiment: object): ExperimentResult | null | undefined;
  slots(): Decision[] | undefined;
  /** What each slot would show if a page view began now; null where nothing is to be kept. */
  lasting(): Lasting[] | null | undefined;
  intents(): Intents | undefined;
  focus(): string | undefined;
  stats(): Omit<Stats, "fault" | "milliseconds" | "swaps"> | undefined;
  goal(name: string, value?: number): void;
  fact(name: string, value: unknown): void;
  dismiss(slot: string): void;
  force(slot: string, variant?: string): void;
  set(attributes: object): void;
  page(info: PageInfo): void;
  flush(): void;
  erase(): Receipt | undefined;
  dispose(): void;
  record(): void;
  stop_recording(): string | undefined;
}

/** Has every element of a slot show a variant; false where one of them lacks it, undefined where the reason was told. */
export type Show = (slot: string, variant: string) => boolean | undefined;

/** The core of this page. */
export interface Core extends Omit<Guard, "exports"> {
  /** Throws a string or an Error where the config is wrong. */
  create(options: RawOptions, show: Show, emit: (event: string, detail: object) => void): RawUnspoken;
  has(part: Part): boolean;
  /** Loads a part, once. */
  add(part: Part): Promise<void>;
  /** Called once if the core dies. */
  onFault: (error: unknown) => void;
}

type Imports = Record<string, WebAssembly.ModuleImports>;

async function instantiate(
  wasm: string | URL | BufferSource | undefined,
  imports: Imports,
): Promise<WebAssembly.Instance> {
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  if (!wasm) throw new Error("it has no address here. Name one, or the bytes, in `wasm`");
  try {
    if (typeof wasm === "string" || wasm instanceof URL)
      return (
        await fetched(wasm, "Name its address in `wasm`.", async (response) =>
          // Streaming refuses every other type, and a server may not know this one.
          "instantiateStreaming" in WebAssembly && response.headers.get("content-type") === "application/wasm"
            ? WebAssembly.instantiateStreaming(response, imports)
            : WebAssembly.instantiate(await response.arrayBuffer(), imports),
        )
      ).instance;
    return (await WebAssembly.instantiate(wasm, imports)).instance;
  } catch (error) {
    // Chrome and Safari: "Refused to …"; Firefox: "… blocked by CSP".
    throw /Refused to|unsafe-eval|by CSP/.test(String(error))
      ? new Error("Content-Security-Policy forbids it. Add 'wasm-unsafe-eval' to script-src")
      : error;
  }
}

/** A part's address where nobody names it: beside the core, `unspoken.wasm` → `unspoken-learn.wasm`. */
const beside = (wasm: unknown, part: Part) => String(wasm).replace(/(?=\.wasm\b)/, `-${part}`);

async function loadOnce(
  wasm: string | URL | BufferSource | undefined,
  javascript: string | URL | undefined,
  files: Files,
): Promise<Core> {
  const imports = { g: glue.imports };
  const isScript = javascript && !runsWebAssembly();
  const exports = isScript
    ? await instantiateJavaScript(javascript, imports)
    : (await instantiate(wasm, imports)).exports;
  // A core that has parts shares its table with them; any other is whole.
  const isWhole = isScript || !Object.values(exports).some((it) => it instanceof WebAssembly.Table);
  const parts = new Map<Part, Promise<void>>();
  const there = new Set<Part>();
  const guard = guarded(exports, (error) => core.onFault(error));
  const core: Core = {
    ...guard,
    onFault() {},
    has: (part) => isWhole || there.has(part),
    add(part) {
      if (core.has(part)) return Promise.resolve();
      // Exports as they are, unguarded: what goes wrong in a part comes out through the guard that let it in.
      const both = { ...imports, p: exports as WebAssembly.ModuleImports };
      const adding =
        parts.get(part) ??
        instantiate(files[part] ?? beside(wasm, part), both)
          .then(() => void there.add(part))
          .catch((error) => {
            parts.delete(part);
            throw `part ${part}: ${error.message ?? error}`;
          });
      parts.set(part, adding);
      return adding;
    },
    create: (options, show, emit) => new glue.RawUnspoken(options, show, emit),
  };
  glue.__wbg_set_wasm(guard.exports);
  const { __wbindgen_start: begin } = guard.exports as { __wbindgen_start?: () => void };
  begin?.();
  return core;
}

let loading: Promise<Core> | undefined;

/** Where parts lie that do not lie beside the core under its name. */
export type Files = Partial<Record<Part, string | URL>>;

/**
 * Loads the core, once for the page: from `wasm`, or from `javascript` where WebAssembly may not run.
 * A failed attempt may be made again.
 */
export function load(
  wasm: string | URL | BufferSource | undefined,
  javascript?: string | URL,
  files: Files = {},
): Promise<Core> {
  loading ??= loadOnce(wasm, javascript, files).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
