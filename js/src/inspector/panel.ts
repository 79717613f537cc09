/**
 * The panel: its parts, and the loop that keeps them current while it is open.
 *
 * Closed, it asks the SDK nothing, and has no timer and no frame; only the last minute goes on being
 * kept. Open, it asks four times a second, which is how often forecasts change, and draws at most ten
 * times a second. A hidden tab gives no frames, so there the loop stands still by itself.
 */
import type { Unspoken } from "../types.js";
import { Announcer } from "./announce.js";
import { button, h, icon, mark, say } from "./dom.js";
import { find } from "./find.js";
import type { Highlight } from "./highlight.js";
import { explained, type History, momentOf, whyAt } from "./history.js";
import { keep, recall } from "./kept.js";
import { Edge } from "./resize.js";
import { Tabs } from "./tabs.js";
import { Timeline } from "./timeline.js";
import type { Snapshot, View } from "./view.js";
import { ActionsView } from "./views/actions.js";
import { CostView } from "./views/cost.js";
import { ForecastsView } from "./views/forecasts.js";
import { LogView } from "./views/log.js";
import { SlotsView } from "./views/slots.js";

const FRAME_MS = 100;
const TICK_MS = 250;
/** How long to wait for the SDK before saying where to look. */
const PATIENCE_MS = 4000;

const CROSS = "M4 4l8 8M12 4l-8 8";
/** A speech bubble with a pulse in it instead of words. */
const LOGO =
  "M2 4.5A2.5 2.5 0 0 1 4.5 2h7A2.5 2.5 0 0 1 14 4.5v4a2.5 2.5 0 0 1-2.5 2.5H8l-3.5 3v-3A2.5 2.5 0 0 1 2 8.500zM4.500 6.750h1.500l1.200-2 1.600 3.500 1.200-1.500h1.500";

type State = "waiting" | "starting" | "running" | "past" | "fault";
const STATES: Record<State, string> = {
  waiting: "Waiting for Unspoken",
  starting: "Starting",
  running: "Reading this page",
  past: "Looking back",
  fault: "Stood down",
};

export class Panel {
  readonly root: HTMLElement;
  private readonly _log = new LogView();
  private readonly _cost = new CostView();
  private readonly _actions = new ActionsView();
  private readonly _timeline: Timeline;
  private readonly _slots: SlotsView;
  private readonly _views: View[];
  private readonly _tabs: Tabs;
  private readonly _edge = new Edge();
  private readonly _announcer = new Announcer();
  private readonly _state = h("p", { class: "state", role: "status" });
  private readonly _banner = h("p", { class: "banner" });
  private readonly _scheme = matchMedia("(prefers-color-scheme: dark)");
  private readonly _restyle = () => {
    for (const view of this._views) view.restyle?.();
  };
  private _unspoken: Unspoken | undefined;
  private _isReady = false;
  private _isOpen = false;
  private _timer = 0;
  private _frame = 0;
  private _openedAt = 0;
  private _tickedAt = 0;

  constructor(
    private readonly _history: History,
    private readonly _highlight: Highlight,
    onClose: () => void,
  ) {
    const now = () => this._tick();
    const { tab = "slots", slot = null } = recall();
    this._timeline = new Timeline(_history, now);
    this._slots = new SlotsView(
      slot,
      (selected) => {
        keep({ slot: selected });
        this._mark();
      },
      now,
    );
    const forecasts = new ForecastsView();
    this._views = [this._slots, forecasts, this._log, this._cost, this._timeline, this._actions];
    this._tabs = new Tabs(
      [
        { id: "slots", title: "Slots", panel: this._slots.root },
        { id: "forecasts", title: "Forecasts", panel: forecasts.root },
        { id: "log", title: "Log", panel: this._log.root },
        { id: "cost", title: "Cost", panel: this._cost.root },
      ],
      (chosen) => {
        keep({ tab: chosen });
        this._mark();
      },
    );
    this._tabs.select(tab);
    this.root = h(
      "aside",
      { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: "-1" },
      this._edge.root,
      h(
        "header",
        { class: "head" },
        h("span", { class: "logo" }, icon(LOGO)),
        h("div", {}, h("h2", { id: "title" }, "Unspoken"), this._state),
        button(
          {
            class: "close",
            "aria-label": "Close the inspector",
            title: "Close (Esc, or Alt+Shift+U)",
            "aria-keyshortcuts": "Alt+Shift+U",
          },
          onClose,
          icon(CROSS),
        ),
      ),
      this._banner,
      this._tabs.root,
      h("div", { class: "body" }, ...this._tabs.panels),
      this._timeline.root,
      this._actions.root,
      this._announcer.root,
    );
    this._edge.hold(this.root);
    for (const happening of _history.minute().happenings) this._log.add(happening);
    _history.onHappening = (happening) => {
      this._log.add(happening);
      if (happening.event === "batch") this._cost.sent(happening.detail);
      if (!this._isOpen) return;
      if (happening.event === "decision") this._announcer.decided(happening.detail);
      if (happening.event === "fault") this._announcer.say(happening.detail.message);
    };
    this._show("waiting");
  }

  start(): void {
    this._isOpen = true;
    this._openedAt = performance.now();
    this._tickedAt = 0;
    this._scheme.addEventListener("change", this._restyle);
    this._edge.apply();
    this._restyle();
    this._mark();
    this._loop();
  }

  stop(): void {
    this._isOpen = false;
    clearTimeout(this._timer);
    cancelAnimationFrame(this._frame);
    this._scheme.removeEventListener("change", this._restyle);
    this._announcer.stop();
    this._highlight.show(null);
    this._timeline.release();
  }

  /** Whether Esc was answered inside the panel. */
  cancel(): boolean {
    return this._actions.cancel() || this._timeline.release();
  }

  /** The slot that is open is marked on the page, while it is looked at. */
  private _mark(): void {
    this._highlight.show(this._isOpen && this._slots.root.offsetParent ? this._slots.selected : null);
  }

  private readonly _loop = (): void => {
    const now = performance.now();
    if (now - this._tickedAt >= TICK_MS) {
      this._tickedAt = now;
      this._tick();
    }
    for (const view of this._views) view.draw?.();
    this._highlight.draw();
    this._timer = setTimeout(() => {
      this._frame = requestAnimationFrame(this._loop);
    }, FRAME_MS);
  };

  private _tick(): void {
    if (!this._isOpen) return;
    const unspoken = find();
    if (unspoken !== this._unspoken) this._follow(unspoken);
    if (!unspoken) {
      this._show("waiting");
      return;
    }
    const stats = unspoken.stats();
    const now = unspoken.slots();
    this._history.note(now);
    const { at, minute } = this._timeline;
    const then = at === null ? undefined : momentOf(minute, at);
    this._show(stats.fault ? "fault" : !this._isReady ? "starting" : then ? "past" : "running", stats.fault);
    const snapshot: Snapshot = {
      stats,
      intents: then?.intents ?? unspoken.intents(),
      focus: then ? then.focus : unspoken.focus(),
      slots: then?.slots ?? now,
      minute,
      at,
      explain: (slot) => (at === null ? explained(unspoken, slot) : whyAt(minute, slot, at)),
    };
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

  private _follow(unspoken: Unspoken | undefined): void {
    this._unspoken = unspoken;
    this._isReady = false;
    this._history.follow(unspoken);
    if (!unspoken) return;
    Promise.resolve(unspoken.ready).then(() => {
      if (this._unspoken === unspoken) this._isReady = true;
    });
  }
}
