/**
 * The access token: kept for this tab only, and taken from a link that carries it.
 *
 * `npm start` prints `/dashboard#token=…`. A fragment never leaves the browser; it is taken out of
 * the address bar at once, so that it is not copied along with the address.
 */

const KEY = "unspoken.dashboard.token";

/** Without storage (blocked by the browser) the token lives as long as the page. */
let remembered: string | null = null;

export function readToken(): string | null {
  try {
    return sessionStorage.getItem(KEY) ?? remembered;
  } catch {
    return remembered;
  }
}

export function keepToken(token: string): void {
  remembered = token;
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // The variable above has to do.
  }
}

export function dropToken(): void {
  remembered = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored.
  }
}

/** Keeps the token of `#token=…` and cleans the address; true when there was one. */
export function adoptTokenFromAddress(): boolean {
  const token = new URLSearchParams(location.hash.slice(1)).get("token")?.trim();
  if (!token) return false;
  keepToken(token);
  history.replaceState(history.state, "", location.pathname + location.search);
  return true;
}
