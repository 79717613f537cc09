/**
 * Says new decisions to those who do not see the panel: politely, several at once, and none twice.
 */
import type { Decision } from "../types.js";
import { h } from "./dom.js";

/** Decisions come in groups: one is said when it is quiet for this long. */
const QUIET_MS = 700;
const MOST = 4;

export class Announcer {
  readonly root = h("p", { class: "unseen", "aria-live": "polite", "data-announced": true });
  private readonly _waiting = new Map<string, string>();
  private _timer = 0;

  decided({ slot, variant, rule }: Decision): void {
    this._waiting.set(slot, `${slot}: ${variant}${rule ? `, by ${rule}` : ""}`);
    this._soon();
  }

  say(text: string): void {
    this._waiting.set("", text);
    this._soon();
  }

  stop(): void {
    clearTimeout(this._timer);
    this._waiting.clear();
    this.root.textContent = "";
  }

  private _soon(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => {
      const said = [...this._waiting.values()];
      const more = said.length > MOST ? ` And ${said.length - MOST} more.` : "";
      this.root.textContent = `${said.slice(0, MOST).join(". ")}.${more}`;
      this._waiting.clear();
    }, QUIET_MS);
  }
}
