/**
 * The two things one can do here: record the signals of this page as a trace, and be forgotten.
 *
 * Both say what they did in a status line that is read out. A trace that was made stays at hand until
 * the next: to save, or to copy. Erasing asks first, in place: a dialog of the browser would stop the
 * page being looked at.
 */
import type { Recording, Unspoken } from "../../types.js";
import { button, h, mark, say } from "../dom.js";
import { bytes, clock, count } from "../format.js";
import type { Snapshot, View } from "../view.js";

export class ActionsView implements View {
  readonly root: HTMLElement;
  private readonly _recordLabel = h("span", {}, "Record a trace");
  private readonly _record: HTMLButtonElement;
  private readonly _erase: HTMLButtonElement;
  private readonly _confirm: HTMLElement;
  private readonly _keep: HTMLButtonElement;
  private readonly _row: HTMLElement;
  private readonly _made: HTMLElement;
  private readonly _what = h("p", {});
  private readonly _save: HTMLButtonElement;
  private readonly _status = h("p", { class: "status", role: "status" });
  private _unspoken: Unspoken | undefined;
  private _recording: Recording | undefined;
  private _startedAt = 0;
  private _level = "";
  private _trace = { text: "", name: "" };

  constructor() {
    this._record = button(
      { class: "action record", "aria-pressed": "false" },
      () => this._flipRecording(),
      h("i", { class: "dot" }),
      this._recordLabel,
    );
    this._erase = button({ class: "action" }, () => this._ask(true), "Erase");
    this._keep = button({ class: "action" }, () => this._ask(false), "Keep");
    this._confirm = h(
      "div",
      { class: "confirm", role: "group", "aria-label": "Erase this visitor" },
      h("p", {}, "Forget this visitor?"),
      this._keep,
      button({ class: "action danger" }, () => this._eraseNow(), "Erase"),
    );
    this._confirm.hidden = true;
    this._save = button({ class: "action" }, () => this._download(), "Save");
    this._made = h(
      "div",
      { class: "confirm", role: "group", "aria-label": "The trace" },
      this._what,
      this._save,
      button({ class: "action" }, () => this._copy(), "Copy"),
    );
    this._made.hidden = true;
    this._row = h("div", { class: "action-row" }, this._record, this._erase);
    this.root = h("footer", { class: "actions" }, this._made, this._row, this._confirm, this._status);
  }

  update({ stats }: Snapshot, unspoken: Unspoken): void {
    this._unspoken = unspoken;
    this._level = stats.level;
    if (this._recording) say(this._recordLabel, `Stop, ${clock((performance.now() - this._startedAt) / 1000)}`);
  }

  /** Whether Esc has something to answer here before it closes the panel. */
  cancel(): boolean {
    if (this._confirm.hidden) return false;
    this._ask(false);
    return true;
  }

  private _flipRecording(): void {
    if (this._recording) {
      const text = this._recording.stop();
      this._recording = undefined;
      this._made.hidden = !text;
      const name = `unspoken-${new Date().toISOString().slice(0, 19).replace(/:/g, "-")}.jsonl`;
      this._trace = { text, name };
      const lines = text.split("\n").length - 1;
      const size = `${bytes(new Blob([text]).size)}, ${count(lines)} lines`;
      say(this._what, `Trace: ${size}, page at level ${this._level}.`);
      say(
        this._status,
        text ? `Recorded ${size}: the cursor's path, paths and titles; nothing typed.` : "Nothing was recorded.",
      );
      if (text) this._save.focus();
    } else if (this._unspoken) {
      this._recording = this._unspoken.record();
      this._startedAt = performance.now();
      this._made.hidden = true;
      say(this._status, "Recording. A new page view has begun.");
    }
    mark(this._record, "aria-pressed", String(Boolean(this._recording)));
    say(this._recordLabel, this._recording ? "Stop, 0:00" : "Record a trace");
  }

  private _download(): void {
    const { text, name } = this._trace;
    const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    h("a", { href: url, download: name }).click();
    // The download has its own hold on the bytes once it has begun.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    say(this._status, `Saved ${name}.`);
  }

  private async _copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this._trace.text);
      say(this._status, "Copied.");
    } catch {
      say(this._status, "The browser does not let this page copy. Save it instead.");
    }
  }

  private _ask(open: boolean): void {
    this._confirm.hidden = !open;
    this._row.hidden = open;
    (open ? this._keep : this._erase).focus();
  }

  private _eraseNow(): void {
    const erased = this._unspoken?.erase().erased ?? [];
    this._ask(false);
    say(this._status, erased.length ? `Erased: ${erased.join(", ")}.` : "There was nothing to erase.");
  }
}
