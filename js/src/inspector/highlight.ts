/**
 * Marks a slot on the page by a frame that lies over it.
 *
 * The frame stands in the inspector's own shadow root and takes no clicks: the page's document is not
 * touched. It reads where the slot is, which the SDK itself never does; an inspector may.
 */
import { h, say } from "./dom.js";

/** A frame never covers more of these: a slot in a long list. */
const MOST = 12;

/** Every element of a slot, in open shadow roots too. */
export function elementsOf(slot: string, root: ParentNode = document): Element[] {
  const found = [...root.querySelectorAll(`[data-unspoken="${CSS.escape(slot)}"]`)];
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot && element.localName !== "unspoken-inspector")
      found.push(...elementsOf(slot, element.shadowRoot));
  }
  return found.slice(0, MOST);
}

export class Highlight {
  readonly root = h("div", { class: "frames", "aria-hidden": "true" });
  private _slot: string | null = null;
  private _elements: Element[] = [];
  private _foundAt = 0;
  private _frame = 0;
  private _ends: AbortController | undefined;

  /** Marks this slot, or none. */
  show(slot: string | null): void {
    if (slot === this._slot) return;
    this._slot = slot;
    this._ends?.abort();
    this.root.replaceChildren();
    if (slot === null) return;
    this._ends = new AbortController();
    const options = { signal: this._ends.signal, capture: true, passive: true };
    for (const event of ["scroll", "resize"]) addEventListener(event, () => this._soon(), options);
    this._foundAt = 0;
    this.draw();
  }

  /** Puts the frames where the slot is now. */
  draw(): void {
    if (this._slot === null) return;
    // Slots come and go with a page's own router.
    if (performance.now() - this._foundAt > 1000) {
      this._elements = elementsOf(this._slot);
      this._foundAt = performance.now();
    }
    const shown = this._elements.filter((element) => element.isConnected);
    while (this.root.children.length > shown.length) this.root.lastElementChild?.remove();
    while (this.root.children.length < shown.length) this.root.append(h("div", { class: "frame" }, h("span", {})));
    shown.forEach((element, at) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const frame = this.root.children[at] as HTMLElement;
      // An empty slot is still somewhere: a line says where.
      frame.style.transform = `translate(${left}px, ${top}px)`;
      frame.style.width = `${width}px`;
      frame.style.height = `${height}px`;
      frame.toggleAttribute("data-inside", top < 22);
      say(frame.firstElementChild as Element, this._slot as string);
    });
  }

  private _soon(): void {
    cancelAnimationFrame(this._frame);
    this._frame = requestAnimationFrame(() => this.draw());
  }
}
