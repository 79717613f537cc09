/**
 * The panel: its parts, and the loop that keeps them current while it is open.
 *
 * Closed, it costs nothing: no subscription, no timer, no frame. Open, it asks the SDK four times a
 * second, which is how often forecasts change, and draws at most ten times a second. A hidden tab
 * gives no frames, so there the loop stands still by itself.
 */
import type { EventMap, Unspoken } from "../types.js";
import { button, h, icon, mark, say } from "./dom.js";
import { find } from "./find.js";
import type { Happening, View } from "./view.js";
import { ActionsView } from "./views/actions.js";
import { ForecastsView } from "./views/forecasts.js";
import { LedgerView } from "./views/ledger.js";
import { LogView } from "./views/log.js";
import { PastView } from "./views/past.js";
import { SignalsView } from "./views/signals.js";
import { SlotsView } from "./views/slots.js";

const FRAME_MS = 100;
const TICK_MS = 250;
/** How long to wait for the SDK before saying where to look. */
const PATIENCE_MS = 4000;

const CROSS = "M4 4l8 8M12 4l-8 8";
/** A speech bubble with a pulse in it instead of words. */
const LOGO =
  "M2 4.5A2.5 2.5 0 0 1 4.5 2h7A2.5 2.5 0 0 1 14 4.5v4a2.5 2.5 0 0 1-2.5 2.5H8l-3.5 3v-3A2.5 2.5 0 0 1 2 8.500zM4.500 6.750h1.500l1.200-2 1.600 3.500 1.200-1.500h1.500";

const LOGGED = ["decision", "exposure", "goal", "batch", "fault"] as const;

type State = "waiting" | "starting" | "running" | "fault";
const STATES: Record<State, string> = {
  waiting: "Waiting for Unspoken",
  starting: "Starting",
  running: "Reading this page",
  fault: "Stood down",
};

export class Panel {
  readonly root: HTMLElement;
  private readonly _log = new LogView();
  private readonly _actions = new ActionsView();
  private readonly _views: View[] = [
    new SignalsView(),
    new ForecastsView(),
    new SlotsView(),
    new PastView(),
    this._log,
    new LedgerView(),
    this._actions,
  ];
  private readonly _state = h("p", { class: "state", role: "status" });
  private readonly _banner = h("p", { class: "banner" });
  private readonly _scheme = matchMedia("(prefers-color-scheme: dark)");
  private readonly _restyle = () => {
    for (const view of this._views) view.restyle?.();
  };
  private _unspoken: Unspoken | undefined;
  private _isReady = false;
  private _stops: (() => void)[] = [];
  private _timer = 0;
  private _frame = 0;
  private _openedAt = 0;
  private _tickedAt = 0;

  constructor(onClose: () => void) {
    const sections = this._views.filter((view) => view !== this._actions).map((view) => view.root);
    this.root = h(
      "aside",
      { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: "-1" },
      h(
        "header",
        { class: "head" },
        h("span", { class: "logo" }, icon(LOGO)),
        h("div", {}, h("h2", { id: "title" }, "Unspoken"), this._state),
        button({ class: "close", "aria-label": "Close the inspector", title: "Close (Esc)" }, onClose, icon(CROSS)),
      ),
      h(
        "div",
        { class: "body", tabindex: "0", role: "group", "aria-label": "Readings" },
        this._banner,
        h("div", { class: "readings" }, ...sections),
      ),
      this._actions.root,
    );
    this._show("waiting");
  }

  start(): void {
    this._openedAt = performance.now();
    this._scheme.addEventListener("change", this._restyle);
    this._restyle();
    this._loop();
  }

  stop(): void {
    clearTimeout(this._timer);
    cancelAnimationFrame(this._frame);
    this._scheme.removeEventListener("change", this._restyle);
    this._follow(undefined);
  }

  /** Whether Esc was answered inside the panel. */
  cancel(): boolean {
    return this._actions.cancel();
  }

  private readonly _loop = (): void => {
    const now = performance.now();
    if (now - this._tickedAt >= TICK_MS) {
      this._tickedAt = now;
      this._tick();
    }
    for (const view of this._views) view.draw?.();
    this._timer = setTimeout(() => {
      this._frame = requestAnimationFrame(this._loop);
    }, FRAME_MS);
  };

  private _tick(): void {
    const unspoken = find();
    if (unspoken !== this._unspoken) this._follow(unspoken);
    if (!unspoken) {
      this._show("waiting");
      return;
    }
    const stats = unspoken.stats();
    this._show(stats.fault ? "fault" : this._isReady ? "running" : "starting", stats.fault);
    const snapshot = { stats, intents: unspoken.intents(), focus: unspoken.focus(), slots: unspoken.slots() };
    for (const view of this._views) view.update(snapshot, unspoken);
  }

  private _show(state: State, fault?: string | null): void {
    mark(this.root, "data-state", state);
    say(this._state, STATES[state]);
    const isLate = state === "waiting" && performance.now() - this._openedAt > PATIENCE_MS;
    const text =
      state === "fault"
        ? `${fault} Every slot shows its default.`
        : isLate
          ? "Nothing has started Unspoken on this page. Look for the script tag with data-config, or the call of init()."
          : "";
    say(this._banner, text);
    this._banner.hidden = !text;
  }

  /** Listens to this instance, and no longer to the one before. */
  private _follow(unspoken: Unspoken | undefined): void {
    for (const stop of this._stops) stop();
    this._unspoken = unspoken;
    this._isReady = false;
    if (!unspoken) {
      this._stops = [];
      return;
    }
    Promise.resolve(unspoken.ready).then(() => {
      if (this._unspoken === unspoken) this._isReady = true;
    });
    this._stops = LOGGED.map((event) =>
      unspoken.on(event, (detail: EventMap[typeof event]) =>
        this._log.add({ event, detail, at: new Date() } as Happening),
      ),
    );
  }
}
