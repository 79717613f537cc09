/**
 * When the last decisions are written down: soon after one changed, and when the page goes.
 */
import { forget, keep, type Lasting } from "./keep.js";

/** Decisions come in groups, and none of them is in a hurry. */
const SOON_MS = 300;

/** The part of the core that is asked. */
export interface Source {
  lasting(): readonly Lasting[] | null | undefined;
  shown(slot: string): string | undefined;
}

export class Memory {
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _afresh = false;
  private readonly _leave = () => this._write(false);

  constructor(
    private readonly _mode: string,
    private readonly _source: Source,
  ) {
    addEventListener("pagehide", this._leave);
  }

  /** An event of the core: after it the next page view may begin otherwise. */
  heard(event: string): void {
    if (event === "forecast" || event === "batch" || event === "fault") return;
    this._afresh ||= event === "goal" || event === "fact";
    this._timer ??= setTimeout(() => this._write(true), SOON_MS);
  }

  /** Writes nothing any more. */
  close(): void {
    clearTimeout(this._timer);
    removeEventListener("pagehide", this._leave);
  }

  /** Nor does it leave anything to the next page. */
  forget(): void {
    this.close();
    forget(this._mode);
  }

  private _write(isSettled: boolean): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    const lasting = this._source.lasting();
    if (!lasting) return;
    try {
      keep(this._mode, lasting, (slot) => this._source.shown(slot), isSettled, this._afresh);
    } catch {
      // Refused or full: the next page begins with its defaults.
    }
    this._afresh = false;
  }
}
