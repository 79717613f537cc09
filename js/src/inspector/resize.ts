/**
 * The edge of the drawer that can be moved, by pointer or by arrow keys: its width, or on a phone, where
 * it is a sheet at the foot, its height.
 */
import { h, mark } from "./dom.js";
import { keep, recall } from "./kept.js";

const NARROW = "(max-width: 640px)";
const LEAST = { width: 340, height: 240 };
const STEP = 24;

export class Edge {
  readonly root: HTMLElement;
  private readonly _narrow = matchMedia(NARROW);
  private readonly _size = { width: 420, height: Math.round(innerHeight * 0.66) };
  private _panel: HTMLElement | undefined;

  constructor() {
    const { width, height } = recall();
    if (Number.isFinite(width)) this._size.width = width as number;
    if (Number.isFinite(height)) this._size.height = height as number;
    this.root = h("div", { class: "edge", role: "separator", tabindex: "0", "aria-label": "Size of the inspector" });
    this.root.addEventListener("keydown", (event) => this._onKey(event));
    this.root.addEventListener("pointerdown", (event) => {
      this.root.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.root.addEventListener("pointermove", (event) => {
      if (!this.root.hasPointerCapture(event.pointerId)) return;
      this._set(this._axis === "width" ? innerWidth - event.clientX : innerHeight - event.clientY);
    });
    this.root.addEventListener("lostpointercapture", () => keep(this._size));
    this._narrow.addEventListener("change", () => this.apply());
  }

  /** The panel whose size it is. */
  hold(panel: HTMLElement): void {
    this._panel = panel;
    this.apply();
  }

  apply(): void {
    const axis = this._axis;
    const size = Math.min(this._size[axis], this._most);
    const style = this._panel?.style;
    style?.setProperty("width", axis === "width" ? `${size}px` : "100%");
    style?.setProperty("height", axis === "width" ? "auto" : `${size}px`);
    mark(this.root, "aria-orientation", axis === "width" ? "vertical" : "horizontal");
    mark(this.root, "aria-valuemin", String(LEAST[axis]));
    mark(this.root, "aria-valuemax", String(this._most));
    mark(this.root, "aria-valuenow", String(Math.round(size)));
    mark(this.root, "aria-valuetext", `${Math.round(size)} pixels ${axis === "width" ? "wide" : "high"}`);
  }

  private get _axis(): "width" | "height" {
    return this._narrow.matches ? "height" : "width";
  }

  private get _most(): number {
    return this._axis === "width"
      ? Math.max(LEAST.width, Math.min(720, innerWidth))
      : Math.max(LEAST.height, innerHeight - 40);
  }

  private _set(size: number): void {
    this._size[this._axis] = Math.round(Math.min(this._most, Math.max(LEAST[this._axis], size)));
    this.apply();
  }

  private _onKey(event: KeyboardEvent): void {
    const now = this._size[this._axis];
    const sizes: Record<string, number> = {
      ArrowLeft: now + STEP,
      ArrowUp: now + STEP,
      ArrowRight: now - STEP,
      ArrowDown: now - STEP,
      Home: LEAST[this._axis],
      End: this._most,
    };
    const size = sizes[event.key];
    if (size === undefined) return;
    event.preventDefault();
    this._set(size);
    keep(this._size);
  }
}
