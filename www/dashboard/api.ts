/** Asking the collector. Every way it can go wrong becomes a value, never an exception. */

export type Answer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "failed"; readonly status: number; readonly detail: string; readonly retrySeconds: number | null }
  | { readonly kind: "aborted" };

/** Names and values of a query; a name may stand several times. */
export type Query = readonly (readonly [name: string, value: string])[];

const PATIENCE_MS = 20_000;

export function headers(token: string, accept: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, accept };
}

/** A header carries visible ASCII only; `fetch` would throw, and it would read as a network fault. */
export function canBeSent(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

/** `read` finds the answer in a parsed body, and says null where the body is something else. */
export async function ask<T>(
  token: string,
  path: string,
  query: Query,
  read: (body: unknown) => T | null,
  abort: AbortSignal,
): Promise<Answer<T>> {
  if (!canBeSent(token)) return { kind: "refused" };
  const patience = new AbortController();
  const giveUp = (): void => patience.abort();
  const timer = setTimeout(giveUp, PATIENCE_MS);
  abort.addEventListener("abort", giveUp, { once: true });
  try {
    const search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
    const response = await fetch(search ? `${path}?${search}` : path, {
      headers: headers(token, "application/json"),
      cache: "no-store",
      credentials: "omit",
      signal: patience.signal,
    });
    if (response.status === 401) return { kind: "refused" };
    if (!response.ok) return await problem(response);
    const value = read(await response.json().catch(() => null));
    if (value !== null) return { kind: "answer", value };
    return {
      kind: "failed",
      status: response.status,
      detail: "its answer is not what was asked for",
      retrySeconds: null,
    };
  } catch {
    return abort.aborted ? { kind: "aborted" } : { kind: "unreachable" };
  } finally {
    clearTimeout(timer);
    abort.removeEventListener("abort", giveUp);
  }
}

/** Reads `application/problem+json`, or makes do with the status. */
export async function problem(response: Response): Promise<Extract<Answer<never>, { kind: "failed" }>> {
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

/** The sites whose data the token may read. */
export function readSites(body: unknown): readonly string[] | null {
  if (typeof body !== "object" || body === null) return null;
  const { sites } = body as Record<string, unknown>;
  return Array.isArray(sites) && sites.every((site) => typeof site === "string") ? sites : null;
}
