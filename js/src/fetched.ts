/**
 * Fetches the two files the SDK needs, with an end to waiting and an error that names its mend.
 *
 * Why not plain `fetch`: a 404 is not an error to it, and a server that never answers would keep
 * `init` pending for ever. The limit covers the body as well as the headers.
 */

/**
 * What the files beside a script have to hash to, by name, in a build whose files never change
 * (scripts/lib/integrity.mjs); not there in any other.
 */
declare const INTEGRITY: Record<string, string> | undefined;

/** Long enough for a bad mobile connection, short enough that a page view is not over. */
const LIMIT_MS = 10_000;

/** Fetches `url` and reads it; rejects with an Error that says what happened and then `mend`. */
export async function fetched<T>(
  url: string | URL,
  mend: string,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), LIMIT_MS);
  try {
    const request: RequestInit = { credentials: "same-origin", signal: abort.signal };
    if (typeof INTEGRITY === "object") request.integrity = INTEGRITY[`${url}`.replace(/.*\//, "")] ?? "";
    const response = await fetch(url, request);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await read(response);
  } catch (error) {
    const what = abort.signal.aborted ? "took too long" : (error as Error).message;
    throw new Error(`${url}: ${what}. ${mend}`);
  } finally {
    clearTimeout(timer);
  }
}
