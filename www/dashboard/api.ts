/** Asking the collector for the report. Every way it can go wrong becomes a value, never an exception. */

import { type Days, readDays } from "./intents";
import { type Report, readReport } from "./report";

export type Answer =
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "failed"; readonly status: number; readonly detail: string; readonly retrySeconds: number | null }
  | { readonly kind: "aborted" };

const PATIENCE_MS = 10_000;

export async function fetchReport(token: string, minutes: number, abort: AbortSignal): Promise<Answer> {
  // A header carries visible ASCII only; `fetch` would throw, and it would read as a network fault.
  if (!/^[\x21-\x7e]+$/.test(token)) return { kind: "refused" };

  const patience = new AbortController();
  const giveUp = (): void => patience.abort();
  const timer = setTimeout(giveUp, PATIENCE_MS);
  abort.addEventListener("abort", giveUp, { once: true });
  try {
    const response = await fetch(`/v1/report?minutes=${minutes}`, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      cache: "no-store",
      credentials: "omit",
      signal: patience.signal,
    });
    if (response.status === 401) return { kind: "refused" };
    if (!response.ok) return await problem(response);
    const report = readReport(await response.json().catch(() => null));
    if (report) return { kind: "report", report };
    return { kind: "failed", status: response.status, detail: "its answer is not a report", retrySeconds: null };
  } catch {
    return abort.aborted ? { kind: "aborted" } : { kind: "unreachable" };
  } finally {
    clearTimeout(timer);
    abort.removeEventListener("abort", giveUp);
  }
}

/** The days of each head, or null: whatever is wrong, the report's heartbeat tells it. */
export async function fetchDays(token: string, abort: AbortSignal): Promise<Days | null> {
  try {
    const response = await fetch("/v1/intents?days=30", {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.any([abort, AbortSignal.timeout(PATIENCE_MS)]),
    });
    return response.ok ? readDays(await response.json()) : null;
  } catch {
    return null;
  }
}

/** Reads `application/problem+json`, or makes do with the status. */
async function problem(response: Response): Promise<Answer> {
  const body: unknown = await response.json().catch(() => null);
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const detail = [fields["detail"], fields["title"]].find((text) => typeof text === "string" && text !== "");
  const wait = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return {
    kind: "failed",
    status: response.status,
    detail: typeof detail === "string" ? detail : response.statusText,
    retrySeconds: Number.isFinite(wait) ? wait : null,
  };
}
