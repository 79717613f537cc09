/**
 * The heartbeat: asks again and again while someone can see the answer, slower while the collector is in
 * trouble, not at all while the tab is hidden.
 */

import type { Answer } from "./api";

const AGAIN_MS = 2000;
const SLOWEST_MS = 16_000;

export type Health =
  | { readonly kind: "live" }
  | { readonly kind: "paused" }
  | { readonly kind: "unreachable"; readonly retryAt: number }
  | { readonly kind: "failed"; readonly status: number; readonly detail: string; readonly retryAt: number };

interface Listener<T> {
  onAnswer(value: T): void;
  onHealth(health: Health): void;
  onRefused(): void;
}

export class Poll<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private flight: AbortController | null = null;
  private faults = 0;
  private running = false;

  constructor(
    private readonly ask: (abort: AbortSignal) => Promise<Answer<T>>,
    private readonly beatMs: number,
    private readonly listener: Listener<T>,
  ) {}

  /** Asks for the first time, also where the tab is hidden: it may be looked at soon. */
  start(): void {
    this.running = true;
    document.addEventListener("visibilitychange", this.onVisibility);
    void this.beat();
  }

  stop(): void {
    this.running = false;
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.cancel();
  }

  /** Asks at once. */
  now(): void {
    this.cancel();
    if (this.running && !document.hidden) void this.beat();
  }

  private readonly onVisibility = (): void => {
    if (document.hidden) {
      this.cancel();
      this.listener.onHealth({ kind: "paused" });
    } else {
      this.now();
    }
  };

  private cancel(): void {
    clearTimeout(this.timer);
    this.flight?.abort();
    this.flight = null;
  }

  private plan(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.beat(), delay);
  }

  private async beat(): Promise<void> {
    const flight = new AbortController();
    this.flight = flight;
    const answer = await this.ask(flight.signal);
    if (this.flight !== flight || !this.running) return;
    this.flight = null;
    this.take(answer);
  }

  private take(answer: Answer<T>): void {
    switch (answer.kind) {
      case "answer":
        this.faults = 0;
        if (document.hidden) this.onVisibility();
        else this.plan(this.beatMs);
        this.listener.onAnswer(answer.value);
        this.listener.onHealth({ kind: "live" });
        return;
      case "refused":
        this.stop();
        this.listener.onRefused();
        return;
      case "aborted":
        return;
      default: {
        const patience = Math.min(SLOWEST_MS, AGAIN_MS * 2 ** this.faults++);
        const asked = answer.kind === "failed" ? (answer.retrySeconds ?? 0) * 1000 : 0;
        const delay = Math.max(patience, asked);
        this.plan(delay);
        const retryAt = performance.now() + delay;
        this.listener.onHealth(
          answer.kind === "failed"
            ? { kind: "failed", status: answer.status, detail: answer.detail, retryAt }
            : { kind: "unreachable", retryAt },
        );
      }
    }
  }
}
