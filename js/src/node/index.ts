/**
 * The core without a document, for servers (Node) and edge runtimes (workerd and its like): it decides
 * what a browser would decide at the beginning of a page view, and hands over what the browser needs to
 * agree.
 *
 * It asks for nothing: no clock, no chance and no network but in the defaults of `now` and `seed`. After
 * `createCore` everything is synchronous, and the same input gives the same answer.
 */
import { loadedModule } from "./load.js";
import { Held, use } from "./raw.js";
import type { Core, CoreOptions, VisitInit } from "./types.js";
import { ServerVisit } from "./visit.js";

export type * from "../types.js";
export { type Rewriter, render } from "./html.js";
export type * from "./types.js";

class ServerCore implements Core {
  readonly mistakes: readonly string[];
  private readonly _config: CoreOptions["config"];
  private readonly _held: Held;

  constructor(config: CoreOptions["config"]) {
    this._config = config;
    this._held = new Held(config);
    this.mistakes = this._held.ask(
      undefined,
      () => {},
      (raw) => raw.mistakes(),
    );
  }

  visit(init: VisitInit = {}): ServerVisit {
    return new ServerVisit(this._config, this._held, init);
  }

  decide(init?: VisitInit) {
    return this.visit(init).decisions;
  }

  dispose(): void {
    this._held.free();
  }
}

/**
 * Compiles a config, once for many visitors. Rejects where the module cannot be had or the config is no
 * object; what has a mistake is left out, as in the page, and named in `mistakes`.
 * @example
 * const core = await createCore({ config });
 * const visit = core.visit({ id: cookie, page: { url: request.url } });
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  const config = options?.config;
  if (typeof config !== "object" || config === null)
    throw new TypeError("unspoken: `config` is the content of unspoken.json, as an object; read and parse it first.");
  use(await loadedModule(options.wasm));
  return new ServerCore(config);
}
