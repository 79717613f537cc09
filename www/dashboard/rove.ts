/**
 * A chart under the keyboard: it takes the focus once, and arrows move from mark to mark. What is pointed at
 * is said in words by a readout that the chart names.
 */

interface Options {
  /** How many marks there are, and how many of them make a row (all, where it is a list). */
  readonly count: () => number;
  readonly across?: () => number;
  readonly point: (at: number) => void;
}

/** Makes `node` focusable. Returns what puts the mark where the pointer is. */
export function rove(node: HTMLElement | SVGElement, { count, across, point }: Options): (at: number) => void {
  let at = -1;
  const move = (to: number): void => {
    at = count() === 0 ? -1 : Math.max(-1, Math.min(count() - 1, to));
    point(at);
  };
  node.setAttribute("tabindex", "0");
  (node as HTMLElement).addEventListener("keydown", (event) => {
    const row = across?.() ?? 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: row,
      ArrowUp: -row,
    };
    const step = steps[event.key];
    const to =
      event.key === "Home"
        ? 0
        : event.key === "End"
          ? count() - 1
          : event.key === "Escape"
            ? -1
            : step === undefined
              ? null
              : at < 0
                ? 0
                : at + step;
    if (to === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    // Arrows stop at the edges; only Escape and leaving take the mark away.
    move(event.key === "Escape" ? -1 : to < 0 || to >= count() ? at : to);
  });
  (node as HTMLElement).addEventListener("blur", () => move(-1));
  return move;
}
