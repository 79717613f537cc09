/**
 * `<unspoken-inspector>`: opens and closes the panel, and behaves as a guest on the page.
 *
 * It is opened by Alt+Shift+U, by any element with `data-unspoken-inspector-toggle`, and where the page
 * has none, by a small tab of its own; `?unspoken` in the address opens it at once. It is not modal: the
 * page stays in use, since the page is what one looks at. The panel is built at the first opening.
 */
import { button, h, icon, mark } from "./dom.js";
import { find } from "./find.js";
import { Highlight } from "./highlight.js";
import { History } from "./history.js";
import { keep, recall } from "./kept.js";
import { Panel } from "./panel.js";
import { sheet } from "./style/sheet.js";

const TOGGLE = "[data-unspoken-inspector-toggle]";
const PULSE = "M1 9h3l2-5 3.500 9 2-6 1 2H15";

/** On a server there are no elements, and importing must do no harm. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

export class UnspokenInspector extends Base {
  private _panel: Panel | undefined;
  private _tab: HTMLButtonElement | undefined;
  private _opener: Element | null = null;
  private _listening: AbortController | undefined;
  private _isOpen = false;
  private readonly _history = new History();
  private readonly _highlight = new Highlight();

  get isOpen(): boolean {
    return this._isOpen;
  }

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet()];
      this._tab = button(
        { class: "tab", "aria-expanded": "false", "aria-keyshortcuts": "Alt+Shift+U", title: "Alt+Shift+U" },
        () => this.toggle(),
        icon(PULSE),
        h("span", {}, "Inspect"),
      );
      root.append(this._highlight.root, this._tab);
    }
    this._listening = new AbortController();
    const { signal } = this._listening;
    document.addEventListener("click", (event) => this._onClick(event), { signal });
    document.addEventListener("keydown", (event) => this._onKey(event), { signal });
    document.addEventListener("unspoken:ready", () => this._history.follow(find()), { signal });
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", () => this._reflect(), { signal });
    this._history.follow(find());
    this._reflect();
    if (recall().open ?? new URLSearchParams(location.search).has("unspoken")) this._open(false);
  }

  disconnectedCallback(): void {
    this._listening?.abort();
    this._panel?.stop();
    this._history.stop();
    this._highlight.show(null);
    this._isOpen = false;
    this._reflect();
  }

  open(): void {
    this._open(true);
  }

  close(): void {
    if (!this._isOpen) return;
    this._isOpen = false;
    keep({ open: false });
    const hadFocus = this.shadowRoot?.activeElement;
    this._panel?.stop();
    this._reflect();
    if (hadFocus && this._opener instanceof HTMLElement) this._opener.focus({ preventScroll: true });
  }

  toggle(): void {
    if (this._isOpen) this.close();
    else this.open();
  }

  private _open(takesFocus: boolean): void {
    if (this._isOpen || !this.shadowRoot) return;
    if (!this._panel) {
      this._panel = new Panel(this._history, this._highlight, () => this.close());
      this.shadowRoot.append(this._panel.root);
      // Where it starts from, so that the first opening slides in as well.
      if (takesFocus) this._panel.root.getBoundingClientRect();
    }
    const active = document.activeElement;
    this._opener = active === this || active === document.body ? (this._tab ?? null) : active;
    this._isOpen = true;
    keep({ open: true });
    this._reflect();
    this._panel.start();
    if (takesFocus) this._panel.root.focus({ preventScroll: true });
  }

  private _onClick(event: Event): void {
    const toggle = event.target instanceof Element ? event.target.closest(TOGGLE) : null;
    if (!toggle) return;
    event.preventDefault();
    this.toggle();
    // Safari does not focus a clicked button.
    if (this._isOpen) this._opener = toggle;
  }

  private _onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    // By its place: with Alt, some layouts make another letter of it.
    if (event.code === "KeyU" && event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.toggle();
      return;
    }
    if (event.key !== "Escape" || !this._isOpen) return;
    // Elsewhere on the page Esc belongs to the page.
    const active = document.activeElement;
    if (active !== this && active !== document.body && !active?.matches(TOGGLE)) return;
    event.preventDefault();
    if (!this._panel?.cancel()) this.close();
  }

  /** Shows in markup whether it is open. */
  private _reflect(): void {
    const toggles = document.querySelectorAll(TOGGLE);
    for (const toggle of toggles) mark(toggle, "aria-expanded", String(this._isOpen));
    if (this._tab) {
      mark(this._tab, "aria-expanded", String(this._isOpen));
      this._tab.hidden = toggles.length > 0 || this._isOpen;
    }
    if (this._panel) {
      mark(this._panel.root, "data-open", this._isOpen ? "" : null);
      this._panel.root.inert = !this._isOpen;
    }
  }
}
