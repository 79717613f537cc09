/**
 * What the browser forgets of content that leaves the document: the focus, the selection, how far it
 * was scrolled, and what was playing. What is typed, ticked and drawn stays with the nodes.
 *
 * Whoever had the focus in content that goes keeps it in the slot: on the element of the same `id`, on
 * the one that the variant marks, or on the slot itself, if it has any content, so that a keyboard and a screen reader go on
 * from there. Nobody else's focus is touched, and nothing is scrolled for it.
 */
import { SLOT } from "./content.js";

/** Marks the element of a variant that takes the focus over. */
const FOCUS = "data-unspoken-focus";

/** The most scrolled elements of a slot that are known. */
const MAX_SCROLLED = 32;

type Focusable = Element & HTMLOrSVGElement;
type Range = [anchor: Node, anchorOffset: number, focus: Node, focusOffset: number];

interface Left {
  _active: Focusable | null;
  _range: Range | null;
  _scrolled: [Element, number, number][];
  _playing: HTMLMediaElement[];
}

export class State {
  private readonly _left = new WeakMap<Element, Map<string, Left>>();
  private readonly _scrolled = new WeakMap<Element, Set<Element>>();

  constructor() {
    document.addEventListener("scroll", this._scroll, { capture: true, passive: true });
  }

  close(): void {
    document.removeEventListener("scroll", this._scroll, { capture: true });
  }

  /** Has `change` swap the content of a slot, `from` one variant `to` another. */
  over(slot: Focusable, from: string, to: string, change: () => void): void {
    const root = slot.getRootNode() as Document | ShadowRoot;
    const selection = slot.ownerDocument.getSelection();
    const isInside = (node: Node | null) => node !== slot && slot.contains(node);
    const active = isInside(root.activeElement) ? (root.activeElement as Focusable) : null;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? ({} as Partial<Selection>);
    const left: Left = {
      _active: active,
      _range:
        anchorNode && focusNode && isInside(anchorNode) && isInside(focusNode)
          ? [anchorNode, anchorOffset as number, focusNode, focusOffset as number]
          : null,
      // To ask how far an element is scrolled may cost a layout, so only those are asked that were.
      _scrolled: [...(this._scrolled.get(slot) ?? [])]
        .filter(isInside)
        .map((element) => [element, element.scrollTop, element.scrollLeft]),
      _playing: [...slot.querySelectorAll<HTMLMediaElement>("video,audio")].filter(({ paused }) => !paused),
    };
    for (const media of left._playing) media.pause();
    const all: Map<string, Left> = this._left.get(slot) ?? new Map();
    this._left.set(slot, all.set(from, left));
    // What comes back of it counts from when it comes back.
    const back = all.get(to);
    all.delete(to);
    change();
    for (const [element, top, start] of back?._scrolled ?? []) {
      element.scrollTop = top;
      element.scrollLeft = start;
    }
    for (const media of back?._playing ?? []) media.play().catch(() => {});
    if (active || root.activeElement === slot) this._focus(slot, active, back?._active);
    if (back?._range && (!selection?.rangeCount || selection.isCollapsed)) {
      try {
        selection?.setBaseAndExtent(...back._range);
      } catch {
        // The page has changed the text.
      }
    }
  }

  private _focus(slot: Focusable, active: Focusable | null, back: Focusable | null | undefined): void {
    const inside = (selector: string) => slot.querySelector<HTMLElement>(selector);
    const twin = active?.id && inside(`#${CSS.escape(active.id)}`);
    for (const element of [back, twin, inside(`[${FOCUS}]`)]) {
      if (element && focused(element)) return;
    }
    // Where nothing is left there is nothing to go on from; the page decides.
    if (!slot.querySelector(":not(template)") && !/\S/.test(slot.textContent ?? "")) return;
    if (focused(slot)) return;
    slot.setAttribute("tabindex", "-1");
    slot.addEventListener("blur", () => slot.removeAttribute("tabindex"), { once: true });
    focused(slot);
  }

  private readonly _scroll = ({ target }: Event): void => {
    const slot = (target as Element).closest?.(`[${SLOT}]`);
    if (!slot) return;
    const known = this._scrolled.get(slot) ?? new Set();
    if (known.size < MAX_SCROLLED) this._scrolled.set(slot, known.add(target as Element));
  };
}

/** Gives an element the focus, and says whether it took it. */
function focused(element: Focusable): boolean {
  element.focus({ preventScroll: true });
  return (element.getRootNode() as Document | ShadowRoot).activeElement === element;
}
