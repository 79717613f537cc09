/**
 * Tabs, as WAI-ARIA has them: one of them in the order of focus, arrows go between them, and the one
 * that has the focus is the one that is shown.
 */
import { button, h, mark } from "./dom.js";

export interface Tab {
  id: string;
  title: string;
  panel: HTMLElement;
}

export class Tabs {
  readonly root: HTMLElement;
  readonly panels: HTMLElement[];
  private readonly _buttons: HTMLButtonElement[];

  constructor(
    private readonly _tabs: readonly Tab[],
    private readonly _onSelect: (id: string) => void,
  ) {
    this._buttons = _tabs.map(({ id, title }) =>
      button({ role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}` }, () => this._choose(id), title),
    );
    this.root = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the inspector" }, ...this._buttons);
    this.root.addEventListener("keydown", (event) => this._onKey(event));
    this.panels = _tabs.map(({ id, panel }) =>
      h(
        "div",
        { class: "tab-panel", role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, tabindex: "0" },
        panel,
      ),
    );
  }

  select(id: string): void {
    const known = this._tabs.some((tab) => tab.id === id) ? id : this._tabs[0]?.id;
    this._tabs.forEach((tab, at) => {
      const isChosen = tab.id === known;
      const [chosen, panel] = [this._buttons[at] as HTMLElement, this.panels[at] as HTMLElement];
      mark(chosen, "aria-selected", String(isChosen));
      chosen.tabIndex = isChosen ? 0 : -1;
      panel.hidden = !isChosen;
    });
  }

  private _choose(id: string): void {
    this.select(id);
    this._onSelect(id);
  }

  private _onKey(event: KeyboardEvent): void {
    const now = this._buttons.findIndex((tab) => tab.tabIndex === 0);
    const last = this._buttons.length - 1;
    const keys: Record<string, number> = {
      ArrowRight: now === last ? 0 : now + 1,
      ArrowLeft: now === 0 ? last : now - 1,
      Home: 0,
      End: last,
    };
    const next = keys[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this._choose((this._tabs[next] as Tab).id);
    this._buttons[next]?.focus();
  }
}
