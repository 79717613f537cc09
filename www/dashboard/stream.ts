/**
 * `GET /v1/live`, read as server-sent events by hand: `EventSource` can send no header, and a token in an
 * address would be in every log.
 *
 * Where the stream is not to be had the reader is told so, and asks again later.
 */

import { canBeSent, headers } from "./api";

export interface Beat {
  readonly at: number;
  readonly batches: number;
  readonly views: number;
  readonly clicks: number;
  readonly exposures: number;
  readonly goals: number;
}

export type StreamState = "opening" | "open" | "broken" | "refused";

interface Listener {
  event(name: string, data: unknown): void;
  state(state: StreamState): void;
}

/** The collector sends something every 15 s; twice that without a sign and the line is dead. */
const DEAD_MS = 35_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

/** Reads until the returned function is called. Closed while nobody can see it: readers are few. */
export function listen(token: string, site: string | null, listener: Listener): () => void {
  const address = site ? `/v1/live?${new URLSearchParams({ site })}` : "/v1/live";
  let flight: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;
  let stopped = false;

  const open = async (): Promise<void> => {
    clearTimeout(timer);
    flight?.abort();
    if (stopped || document.hidden) return;
    if (!canBeSent(token)) return listener.state("refused");
    const mine = new AbortController();
    flight = mine;
    listener.state("opening");
    let dead = setTimeout(() => mine.abort(), DEAD_MS);
    const alive = (): void => {
      clearTimeout(dead);
      dead = setTimeout(() => mine.abort(), DEAD_MS);
    };
    try {
      const response = await fetch(address, {
        headers: headers(token, "text/event-stream"),
        cache: "no-store",
        credentials: "omit",
        signal: mine.signal,
      });
      if (response.status === 401) return listener.state("refused");
      if (response.ok && response.body) {
        wait = FIRST_WAIT_MS;
        listener.state("open");
        await read(response.body, alive, (name, data) => listener.event(name, data));
      }
    } catch {
      // A line that breaks is opened again, below.
    } finally {
      clearTimeout(dead);
    }
    if (stopped || flight !== mine) return;
    listener.state("broken");
    timer = setTimeout(() => void open(), wait);
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  };
  const onVisibility = (): void => {
    if (!document.hidden) return void open();
    clearTimeout(timer);
    flight?.abort();
    flight = null;
  };
  document.addEventListener("visibilitychange", onVisibility);
  void open();
  return () => {
    stopped = true;
    document.removeEventListener("visibilitychange", onVisibility);
    clearTimeout(timer);
    flight?.abort();
  };
}

async function read(
  body: ReadableStream<Uint8Array>,
  alive: () => void,
  onEvent: (name: string, data: unknown) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) tell(block, onEvent);
  }
}

/** One event; a comment (a heartbeat) has no data and says nothing. */
function tell(block: string, onEvent: (name: string, data: unknown) => void): void {
  const lines = block.split("\n").map((line) => /^(event|data): ?(.*)$/.exec(line));
  const name = lines.find((line) => line?.[1] === "event")?.[2] ?? "message";
  const data = lines.flatMap((line) => (line?.[1] === "data" ? [line[2] ?? ""] : [])).join("\n");
  if (data === "") return;
  try {
    onEvent(name, JSON.parse(data));
  } catch {
    // What is not JSON is not ours.
  }
}
