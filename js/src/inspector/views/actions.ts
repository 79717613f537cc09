/**
 * The two things one can do here: record the signals of this page into a file, and be forgotten.
 *
 * Both take effect at once and say what they did in a status line that is read out. Erasing asks
 * first, in place: a dialog of the browser would stop the page being looked at.
 */
import type { Recording, Unspoken } from "../../types.js";
import { button, h, mark, say } from "../dom.js";
import { bytes, clock } from "../format.js";
import type { Snapshot, View } from "../view.js";

export class ActionsView implements View {
  readonly root: HTMLElement;
  private readonly _recordLabel = h("span", {}, "Record");
  private readonly _record: HTMLButtonElement;
  private readonly _erase: HTMLButtonElement;
  private readonly _confirm: HTMLElement;
  private readonly _keep: HTMLButtonElement;
  private readonly _row: HTMLElement;
  private readonly _status = h("p", { class: "status", role: "status" });
  private _unspoken: Unspoken | undefined;
  private _recording: Recording | undefined;
  private _startedAt = 0;

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
    this._row = h("div", { class: "action-row" }, this._record, this._erase);
    this.root = h("footer", { class: "actions" }, this._row, this._confirm, this._status);
  }

  update(_snapshot: Snapshot, unspoken: Unspoken): void {
    this._unspoken = unspoken;
    if (this._recording)
      say(this._recordLabel, `Stop and save, ${clock((performance.now() - this._startedAt) / 1000)}`);
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
      const name = `unspoken-${new Date().toISOString().slice(0, 19).replace(/:/g, "-")}.jsonl`;
      if (text) this._download(text, name);
      say(this._status, text ? `Saved ${name}, ${bytes(new Blob([text]).size)}.` : "Nothing was recorded.");
    } else if (this._unspoken) {
      this._recording = this._unspoken.record();
      this._startedAt = performance.now();
      say(this._status, "Recording. A new page view has begun.");
    }
    mark(this._record, "aria-pressed", String(Boolean(this._recording)));
    say(this._recordLabel, this._recording ? "Stop and save, 0:00" : "Record");
  }

  private _download(text: string, name: string): void {
    const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    h("a", { href: url, download: name }).click();
    // The download has its own hold on the bytes once it has begun.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
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
