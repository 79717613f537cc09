/**
 * How the inspector stands, kept for the tab: open or not, how large, at which part, at which slot.
 *
 * Under a name that `erase()` removes. When the page has erased it, nothing is kept any more until the
 * next page, as the SDK itself has it.
 */
const NAME = "unspoken.inspector";

export interface Kept {
  open: boolean;
  tab: string;
  slot: string | null;
  /** Width of the drawer, and height of the sheet on a phone, in CSS px. */
  width: number;
  height: number;
}

let isErased = false;
let wasKept = false;

/** What the last page of this tab kept. */
export function recall(): Partial<Kept> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
    wasKept = kept !== null;
    return typeof kept === "object" && kept ? kept : {};
  } catch {
    // Storage is forbidden here, or somebody else wrote there: nothing was kept.
    return {};
  }
}

export function keep(state: Partial<Kept>): void {
  try {
    isErased ||= wasKept && sessionStorage.getItem(NAME) === null;
    if (isErased) return;
    sessionStorage.setItem(NAME, JSON.stringify({ ...recall(), ...state }));
    wasKept = true;
  } catch {
    // Storage is forbidden here; it will simply be closed on the next page.
  }
}
