/**
 * Asks for the days of each head: once, and then every few minutes while someone can see them. A
 * day changes with each batch, but nobody reads it by the second, and it costs the collector a
 * month of rows.
 */

import { fetchDays } from "./api";
import type { Days } from "./intents";

const EVERY_MS = 5 * 60_000;
/** After an answer that was none. */
const AGAIN_MS = 60_000;

export class Calendar {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly end = new AbortController();
  private due = false;

  constructor(
    private readonly token: string,
    private readonly onDays: (days: Days | null) => void,
  ) {}

  start(): void {
    document.addEventListener("visibilitychange", this.onVisibility);
    void this.ask();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.onVisibility);
    clearTimeout(this.timer);
    this.end.abort();
  }

  private readonly onVisibility = (): void => {
    if (!document.hidden && this.due) void this.ask();
  };

  private async ask(): Promise<void> {
    this.due = false;
    const days = await fetchDays(this.token, this.end.signal);
    if (this.end.signal.aborted) return;
    this.onDays(days);
    this.timer = setTimeout(
      () => {
        this.due = true;
        this.onVisibility();
      },
      days ? EVERY_MS : AGAIN_MS,
    );
  }
}
