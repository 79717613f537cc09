/**
 * Page views without a load: routes of a single-page app, and pages that come back from the cache.
 *
 * The Navigation API tells when a route is done. Where there is none, going back and a changed hash are
 * events; of `history.pushState` nothing tells, and it is not patched: the address is looked at after a
 * click and whenever the page changes, since a route changes the page.
 *
 * A view begins with the route's first slots, before they are painted, or in the frame after the route
 * is done. Another path is a route; another query or fragment is none, but for a fragment that is a
 * path itself (`#/…`, `#!/…`).
 */

const key = () => location.pathname + (/^#!?\/[^?]*/.exec(location.hash)?.[0] ?? "");

/** Where the Navigation API is missing, and where it is not. */
interface Navigating {
  navigation?: EventTarget;
}

export class Routes {
  private _counted = key();
  private _isSoon = false;
  private _auto: boolean;
  private readonly _view: (isBack: boolean) => void;
  private readonly _off = new AbortController();

  /** `view` begins a page view, of a page that came back or of a route; routes do so with `auto`. */
  constructor(auto: boolean, view: (isBack: boolean) => void) {
    this._auto = auto;
    this._view = view;
    const listen = (target: EventTarget, events: string, heard: (event: Event) => void, capture = false) => {
      for (const event of events.split(" "))
        target.addEventListener(event, heard, { capture, signal: this._off.signal });
    };
    // After the sensors, which tell that the page is seen again and read what other tabs wrote.
    listen(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && this._begin(true));
    if (!auto) return;
    const { navigation } = globalThis as Navigating;
    if (navigation) listen(navigation, "navigatesuccess navigateerror", this._soon);
    else {
      listen(window, "popstate hashchange", this._soon);
      listen(document, "click submit", this._soon, true);
    }
  }

  /** The document has changed. `come`: slots have come, so what is on the screen next is the route. */
  changed(come: boolean): void {
    if (!this._auto || key() === this._counted) return;
    if (come) this._begin();
    else this._soon();
  }

  /**
   * The site begins a page view of its own, and from now on counts by itself. True where that says
   * nothing new: the first such call without a word, for an address that was counted as a route.
   */
  told(info?: object): boolean {
    const isRepeated = this._auto && this._began === key() && !info;
    this._auto = false;
    return isRepeated;
  }

  close(): void {
    this._off.abort();
  }

  /** The last address that was counted here. */
  private _began: string | undefined;

  private _begin(isBack = false): void {
    this._counted = key();
    if (!isBack) this._began = this._counted;
    this._view(isBack);
  }

  private readonly _soon = (): void => {
    if (this._isSoon) return;
    this._isSoon = true;
    const look = () => {
      if (!this._isSoon) return;
      this._isSoon = false;
      if (this._auto && key() !== this._counted) this._begin();
    };
    // The frame after: the title and the attributes of the body are often set last. A page that is
    // hidden has no frames.
    requestAnimationFrame(() => setTimeout(look));
    setTimeout(look, 500);
  };
}
