/** The signed-in page: the masthead, and under it the view that the address names. */

import { type Place, readPlace, type ViewName, writePlace } from "./address";
import { announce } from "./announcer";
import { el } from "./dom";
import { masthead, TITLES } from "./masthead";
import type { MakeScreen, Screen, Stage } from "./screen";

/** Each view is fetched when it is first looked at. */
const LOAD: Readonly<Record<ViewName, () => Promise<{ readonly make: MakeScreen }>>> = {
  overview: () => import("./views/overview"),
  experiments: () => import("./views/experiments"),
  bandits: () => import("./views/bandits"),
  intents: () => import("./views/intents"),
  attention: () => import("./views/attention"),
  journeys: () => import("./views/journeys"),
  interruptions: () => import("./views/interruptions"),
  live: () => import("./views/live"),
};

export interface Shell {
  readonly node: HTMLElement;
  /** Reads the address and shows what it says. The node must stand in the page. */
  start(): void;
  focus(): void;
  dispose(): void;
}

interface Options {
  readonly token: string;
  readonly sites: readonly string[];
  readonly onRefused: () => void;
  readonly onLeave: () => void;
}

export function shell({ token, sites, onRefused, onLeave }: Options): Shell {
  const main = el("main", { id: "main", tabindex: "-1" });
  let place: Place = readPlace(location.search);
  let screen: Screen | null = null;
  let shown: ViewName | null = null;
  let wanted: ViewName | null = null;

  const href = (change: Partial<Place>): string => location.pathname + writePlace({ ...place, ...change });
  const go = (change: Partial<Place>, replace = false): void => {
    const next = { ...place, ...change };
    const address = location.pathname + writePlace(next);
    if (address === location.pathname + writePlace(place)) return;
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    const moved = next.view !== place.view;
    place = next;
    void draw().then(() => {
      if (!moved) return;
      window.scrollTo(0, 0);
      main.focus({ preventScroll: true });
      announce(`${TITLES[place.view]}.`);
    });
  };
  const stage: Stage = {
    token,
    go,
    href,
    health: (health) => head.health(health),
    fresh: () => head.fresh(),
    refused: onRefused,
  };
  const head = masthead({
    sites,
    href,
    go,
    onRetry: () => {
      // A screen that comes up anew asks at once.
      shown = null;
      void draw();
    },
    onLeave,
  });

  const draw = async (): Promise<void> => {
    const { view } = place;
    wanted = view;
    document.title = `${TITLES[view]} \u2013 Unspoken`;
    head.show(place);
    if (shown !== view || !screen) {
      const module = await LOAD[view]().catch(() => null);
      if (wanted !== view) return;
      screen?.dispose();
      screen = module?.make(stage) ?? missing();
      shown = view;
      main.dataset["view"] = view;
      main.replaceChildren(screen.node);
    }
    screen.show(place);
  };
  const onPop = (): void => {
    place = readPlace(location.search);
    void draw();
  };
  addEventListener("popstate", onPop);

  const skip = el("a", { class: "skip", href: "#main" }, "Skip to the figures");
  skip.addEventListener("click", (event) => {
    // The address keeps no fragment: `#token=` is read from it.
    event.preventDefault();
    main.focus();
  });
  return {
    node: el("div", { class: "board" }, skip, head.node, main),
    start() {
      history.replaceState(history.state, "", location.pathname + writePlace(place));
      void draw();
    },
    focus: () => main.focus({ preventScroll: true }),
    dispose() {
      wanted = null;
      removeEventListener("popstate", onPop);
      screen?.dispose();
      head.dispose();
    },
  };
}

/** The view's script did not come: the collector is away, or was built anew under an open page. */
function missing(): Screen {
  const again = el("button", { type: "button", class: "primary" }, "Load the page again");
  again.addEventListener("click", () => location.reload());
  const node = el(
    "div",
    { class: "screen" },
    el("p", { class: "screen-state" }, "This view could not be loaded."),
    again,
  );
  return { node, show: () => undefined, dispose: () => undefined };
}
