/**
 * The box: sees to it that a swap in view moves nothing around the slot.
 *
 * Nothing is measured when a swap is asked for, which may be in a listener. Observers tell how large
 * slots are and which are in view; a swap in view holds the box at that size, and in the frame that
 * would paint it, before it is painted, the slot is looked at once. Content that needs less keeps
 * the held box as long as the slot is in view, if the page would close up otherwise; content that needs
 * more, and would push something visible, is refused.
 */
import { type Styled, styled } from "./style.js";

/** How a slot stands: as the last frame had it. */
interface Stand {
  /** Sizes as CSS has them, so that `box-sizing` is minded; "auto" without a box. */
  _block: string;
  _inline: string;
  /** How far it stands from what is before and after it; margins of its content may stick out of it. */
  _above: Gap;
  _below: Gap;
}

type Gap = readonly [px: number, beside: Node];

/** The most nodes beside a slot, on each level above it, whose place is looked at. */
const MAX_BESIDE = 200;

/** Whom the box tells that an element came into view or went out of it. */
export type Sight = (element: Element, inView: boolean) => void;

export class Box {
  private readonly _stands = new WeakMap<Element, Stand>();
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
          this._stands.set(target, standOf(target));
          states.set(target, isIntersecting);
          tell?.(target, isIntersecting);
        }
      }, options);
    this._observers = [
      // What it is told of has just been laid out, so its size costs nothing.
      new ResizeObserver((entries) => {
        for (const { target } of entries) this._stands.set(target, standOf(target));
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

  /** Takes back what holds a slot's box. */
  release(slot: Element): void {
    this._release(slot);
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
   * anything is painted, where the content has no room. `isFrame`: that is now, in a transition.
   */
  hold(slot: Styled, refuse: (() => void) | undefined): (isFrame?: boolean) => void {
    if (!this._observers.length) return () => {};
    const stand = this._stands.get(slot) ?? standOf(slot);
    const inView = this._inView.get(slot) !== false;
    this._release(slot);
    if (inView) this._hold(slot, [pinned(stand)]);
    const release = this._held.get(slot);
    return (isFrame) => {
      const settle = () => {
        if (inView ? this._held.get(slot) !== release : this._held.has(slot)) return;
        if (!inView) follow(slot, stand);
        else if (slot.isConnected) this._settle(slot, stand, refuse);
      };
      if (isFrame) settle();
      else requestAnimationFrame(settle);
    };
  }

  /** Takes back all that holds boxes open, and observes nothing any more. */
  close(): void {
    for (const slot of [...this._held.keys()]) this._release(slot);
    for (const observer of this._observers) observer.disconnect();
  }

  private _settle(slot: Styled, stand: Stand, refuse: (() => void) | undefined): void {
    if (!isSeen(slot)) {
      this._release(slot);
      return;
    }
    const held = [limits("min", stand)];
    // At the size that it had it stands where it stood, or margins stick out of the old content or the
    // new; then they become the slot's own, as wide as it takes.
    const margins = [stand._above[0], stand._below[0]] as [number, number];
    const hasBox = stand._block !== "auto";
    let fits = hasBox && isLike(standOf(slot), stand);
    for (let tries = 2; hasBox && !fits && tries--; ) {
      held[1] = { display: "flow-root", "margin-top": `${margins[0]}px`, "margin-bottom": `${margins[1]}px` };
      this._hold(slot, [pinned(stand), held[1]]);
      const now = standOf(slot);
      fits = isLike(now, stand);
      margins[0] += stand._above[0] - now._above[0];
      margins[1] += stand._below[0] - now._below[0];
    }
    const open = around(slot);
    this._hold(slot, held);
    if (refuse && !(fits && around(slot) === open)) {
      this._release(slot);
      refuse();
      // What stood there may have needed the box as well.
      this._hold(slot, [pinned(stand)]);
      this._settle(slot, stand, undefined);
      return;
    }
    // If the page closes up without it, the box stays open; a page that grew shorter meanwhile has
    // been scrolled by the browser.
    const { scrollX, scrollY } = window;
    const own = placeOf(slot);
    this._release(slot);
    if (around(slot) === open && placeOf(slot) === own) return;
    this._hold(slot, held);
    scrollTo({ left: scrollX, top: scrollY, behavior: "instant" });
  }

  private _hold(slot: Styled, all: Record<string, string>[]): void {
    this._held.get(slot)?.();
    this._held.set(slot, styled(slot, Object.assign({}, ...all)));
  }

  private _release(slot: Element, isOut = false): void {
    const release = this._held.get(slot);
    if (!release) return;
    this._held.delete(slot);
    const stand = isOut && standOf(slot);
    release();
    if (stand) follow(slot, stand);
  }
}

function standOf(slot: Element): Stand {
  const { blockSize, inlineSize } = getComputedStyle(slot);
  const { top, bottom } = slot.getBoundingClientRect();
  const page = slot.ownerDocument.documentElement;
  const gap = (way: "previousSibling" | "nextSibling", from: (box: DOMRect) => number): Gap | undefined => {
    for (let node: Node | null = slot; node; node = node.parentNode) {
      // What is out of the flow pushes nothing outside of itself, and scrolling moves it past the rest.
      if (!isInFlow(node)) return [0, page];
      for (let beside = node[way]; beside; beside = beside[way]) {
        const box = boxOf(beside);
        if (box?.height && isInFlow(beside)) return [Math.round(from(box)), beside];
      }
    }
    return;
  };
  return {
    _block: blockSize,
    _inline: inlineSize,
    _above: gap("previousSibling", (box) => top - box.bottom) ?? [
      Math.round(top - page.getBoundingClientRect().top),
      page,
    ],
    _below: gap("nextSibling", (box) => box.top - bottom) ?? [0, page],
  };
}

/** Whether both stand as far from what is beside them; what is not beside both says nothing. */
const isLike = (one: Stand, other: Stand) => isGapLike(one._above, other._above) && isGapLike(one._below, other._below);
const isGapLike = (one: Gap, other: Gap) => one[1] !== other[1] || one[0] === other[0];

/** Whether a slot is in view, with or without a size. */
function isSeen(slot: Element): boolean {
  const { left, top, right, bottom } = slot.getBoundingClientRect();
  return bottom >= 0 && right >= 0 && top <= innerHeight && left <= innerWidth;
}

/** At the size that it has, for a frame at most. */
const pinned = (stand: Stand) => ({ ...limits("min", stand), ...limits("max", stand), overflow: "clip" });

const limits = (which: "min" | "max", { _block, _inline }: Stand): Record<string, string> => ({
  [`${which}-block-size`]: _block,
  [`${which}-inline-size`]: _inline,
});

const isInFlow = (node: Node): boolean => {
  if (!(node instanceof Element)) return true;
  const { position, float } = getComputedStyle(node);
  return float === "none" && /static|relative/.test(position);
};

/** Where a node stands; undefined where it cannot be seen. */
function boxOf(node: Node): DOMRect | undefined {
  if (node instanceof Element) return node.getBoundingClientRect();
  if (!/\S/.test(node.nodeValue ?? "") || node.nodeType !== Node.TEXT_NODE) return;
  const range = document.createRange();
  range.selectNode(node);
  return range.getBoundingClientRect();
}

/**
 * Scrolls along where content above the window has changed its height and the browser does not do so
 * itself: WebKit has no scroll anchoring, and a page may have switched it off.
 */
function follow(slot: Element, { _block }: Stand): void {
  const scroller = document.scrollingElement;
  if (!scroller || getComputedStyle(scroller).getPropertyValue("overflow-anchor") === "auto") return;
  const grown = Number.parseFloat(standOf(slot)._block) - Number.parseFloat(_block);
  if (grown && slot.getBoundingClientRect().bottom - grown <= 0) scrollBy({ top: grown, behavior: "instant" });
}

/** Where a slot itself begins; nowhere where it has no height, or moves nothing but itself. */
function placeOf(slot: Element): string {
  const { left, top, height } = slot.getBoundingClientRect();
  return height && isInFlow(slot) ? [left, top].map(Math.round).join() : "";
}

/** Where everything stands that is beside the slot or beside what the slot is in, as far as it is in view. */
function around(slot: Element): string {
  const { innerWidth, innerHeight } = slot.ownerDocument.defaultView ?? window;
  const places: number[] = [];
  for (let node: Node = slot, above: ParentNode & Node; node.parentNode; node = (above as ShadowRoot).host ?? above) {
    above = node.parentNode;
    for (const beside of [...above.childNodes].slice(0, MAX_BESIDE)) {
      const box = beside !== node && boxOf(beside);
      if (!box) continue;
      const { left, top, right, bottom } = box;
      const isSeen = bottom > Math.max(top, 0) && right > 0 && top < innerHeight && left < innerWidth;
      places.push(isSeen ? Math.round(left) : -1, isSeen ? Math.round(top) : -1);
    }
  }
  return places.join();
}
