/**
 * The box: sees to it that a swap in view moves nothing around the slot.
 *
 * Nothing is measured when a swap is asked for, which may be in a listener. Observers tell how large
 * slots are and which are in view; a swap in view holds the box open at that size, and in the frame
 * that would paint it, before it is painted, the slot is looked at once. Content that needs less keeps
 * the held box as long as the slot is in view, if the page would close up otherwise; content that needs
 * more, and would push something visible, is refused.
 */
import { type Styled, styled } from "./style.js";

/** Block and inline size as CSS has them, so that `box-sizing` is minded; "auto" without a box. */
type Size = readonly [block: string, inline: string];

/** The most nodes beside a slot, on each level above it, whose place is looked at. */
const MAX_BESIDE = 200;

/** Whom the box tells that an element came into view or went out of it. */
export type Sight = (element: Element, inView: boolean) => void;

export class Box {
  private readonly _sizes = new WeakMap<Element, Size>();
  private readonly _inView = new WeakMap<Element, boolean>();
  private readonly _near = new WeakMap<Element, boolean>();
  /** Takes back what holds a box open. */
  private readonly _held = new Map<Element, () => void>();
  private readonly _observers: (ResizeObserver | IntersectionObserver)[] = [];

  constructor(sight: Sight) {
    if (typeof ResizeObserver !== "function" || typeof IntersectionObserver !== "function") return;
    const sees = (states: WeakMap<Element, boolean>, tell?: Sight, options?: IntersectionObserverInit) =>
      new IntersectionObserver((entries) => {
        for (const { target, isIntersecting } of entries) {
          states.set(target, isIntersecting);
          tell?.(target, isIntersecting);
        }
      }, options);
    this._observers = [
      // What it is told of has just been laid out, so its size costs nothing.
      new ResizeObserver((entries) => {
        for (const { target } of entries) this._sizes.set(target, sizeOf(target));
      }),
      sees(this._inView, (element, inView) => {
        if (!inView) this._release(element, true);
        sight(element, inView);
      }),
      sees(this._near, undefined, { rootMargin: "100%" }),
    ];
  }

  watch(slot: Element): void {
    for (const observer of this._observers) observer.observe(slot);
  }

  leave(slot: Element): void {
    this._release(slot);
    for (const observer of this._observers) observer.unobserve(slot);
  }

  /** Whether a slot is in view, as last told; undefined before. */
  inView(slot: Element): boolean | undefined {
    return this._inView.get(slot);
  }

  /** Whether it is in view, or less than a screen away. */
  isNear(slot: Element): boolean {
    return this._near.get(slot) !== false;
  }

  /**
   * Before a swap: the function that it returns is to be called after it. `refuse` is called, before
   * anything is painted, where the content has no room.
   */
  hold(slot: Styled, refuse: (() => void) | undefined): () => void {
    if (!this._observers.length) return () => {};
    const size = this._sizes.get(slot) ?? sizeOf(slot);
    const inView = this._inView.get(slot) !== false;
    this._release(slot);
    if (inView) this._held.set(slot, styled(slot, limits("min", size)));
    const release = this._held.get(slot);
    return () => {
      const frame = requestAnimationFrame(() => settle());
      // For a swap in the midst of a frame, which is painted before the next one begins.
      const late = new ResizeObserver(() => settle());
      late.observe(slot);
      const settle = () => {
        cancelAnimationFrame(frame);
        late.disconnect();
        if (inView ? this._held.get(slot) !== release : this._held.has(slot)) return;
        if (!inView) follow(slot, size);
        else if (slot.isConnected) this._settle(slot, size, refuse);
      };
    };
  }

  /** Takes back all that holds boxes open, and observes nothing any more. */
  close(): void {
    for (const slot of [...this._held.keys()]) this._release(slot);
    for (const observer of this._observers) observer.disconnect();
  }

  private _settle(slot: Styled, size: Size, refuse: (() => void) | undefined): void {
    const grown = around(slot);
    if (sizeOf(slot).join() !== size.join()) {
      const full = styled(slot, limits("max", size));
      const fits = size[0] !== "auto" && around(slot) === grown;
      full();
      if (!fits && refuse) {
        this._release(slot);
        refuse();
        return;
      }
    }
    // If the page closes up without it, the box stays open; a page that grew shorter meanwhile has
    // been scrolled by the browser.
    const { scrollX, scrollY } = window;
    this._release(slot);
    if (around(slot) === grown) return;
    this._held.set(slot, styled(slot, limits("min", size)));
    scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
  }

  private _release(slot: Element, isOut = false): void {
    const release = this._held.get(slot);
    if (!release) return;
    this._held.delete(slot);
    const size = isOut && sizeOf(slot);
    release();
    if (size) follow(slot, size);
  }
}

const sizeOf = (slot: Element): Size => {
  const { blockSize, inlineSize } = getComputedStyle(slot);
  return [blockSize, inlineSize];
};

const limits = (which: "min" | "max", [block, inline]: Size): Record<string, string> => ({
  [`${which}-block-size`]: block,
  [`${which}-inline-size`]: inline,
});

/**
 * Scrolls along where content above the window has changed its height and the browser does not do so
 * itself: WebKit has no scroll anchoring, and a page may have switched it off.
 */
function follow(slot: Element, [before]: Size): void {
  const scroller = document.scrollingElement;
  if (!scroller || getComputedStyle(scroller).getPropertyValue("overflow-anchor") === "auto") return;
  const grown = Number.parseFloat(sizeOf(slot)[0]) - Number.parseFloat(before);
  if (grown && slot.getBoundingClientRect().bottom - grown <= 0) scrollBy({ top: grown, behavior: "instant" });
}

/** Where everything stands that is beside the slot or beside what the slot is in, as far as it is in view. */
function around(slot: Element): string {
  const range = document.createRange();
  const { innerWidth, innerHeight } = slot.ownerDocument.defaultView ?? window;
  const places: number[] = [];
  const note = ({ left, top, right, bottom }: DOMRect) => {
    const isSeen = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    if (isSeen && bottom > top) places.push(Math.round(left), Math.round(top));
    else places.push(-1);
  };
  for (let node: Node = slot, above: ParentNode & Node; node.parentNode; node = (above as ShadowRoot).host ?? above) {
    above = node.parentNode;
    for (const beside of [...above.childNodes].slice(0, MAX_BESIDE)) {
      if (beside === node) continue;
      if (beside.nodeType === Node.ELEMENT_NODE) note((beside as Element).getBoundingClientRect());
      else if (/\S/.test(beside.nodeValue ?? "")) {
        range.selectNode(beside);
        note(range.getBoundingClientRect());
      }
    }
  }
  return places.join();
}
