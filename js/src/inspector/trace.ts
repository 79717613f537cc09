/**
 * A line that moves to the left as time passes: the last half minute of one number, on a canvas.
 *
 * A canvas, because its redrawing touches neither style nor layout of the page. It draws its own
 * CSS `color`, which is read anew whenever the scheme changes.
 */
import { h } from "./dom.js";

export class Trace {
  readonly root: HTMLCanvasElement;
  private readonly _values: Float32Array;
  private _length = 0;
  private _next = 0;
  private _colour = "";
  private _ceiling = 1;

  /** `floor` is the least height of the scale: a flat line near zero should look like one. */
  constructor(
    points: number,
    className: string,
    private readonly _floor: number,
    private readonly _fixed: boolean,
  ) {
    this.root = h("canvas", { class: className, "aria-hidden": "true" });
    this._values = new Float32Array(points);
    this._ceiling = _floor;
  }

  push(value: number): void {
    this._values[this._next] = value;
    this._next = (this._next + 1) % this._values.length;
    this._length = Math.min(this._length + 1, this._values.length);
  }

  /** The greatest value on the line. */
  get peak(): number {
    return this._values.reduce((peak, value) => Math.max(peak, value), 0);
  }

  /** Forgets the colour: the scheme may have changed. */
  restyle(): void {
    this._colour = "";
  }

  draw(): void {
    const canvas = this.root;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    const context = canvas.getContext("2d");
    if (!context || !width || !this._length) return;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this._colour ||= getComputedStyle(canvas).color;
    const points = this._values.length;
    const at = (index: number) => this._values[(this._next - this._length + index + points) % points] ?? 0;
    if (!this._fixed) {
      const top = Math.max(this._floor, this.peak);
      // Rises at once, comes down slowly, so that the scale does not jump about.
      this._ceiling = top > this._ceiling ? top : this._ceiling + (top - this._ceiling) * 0.08;
    }
    const pen = 1.5 * ratio;
    const x = (index: number) => width - pen - ((this._length - 1 - index) * (width - pen)) / (points - 1);
    const y = (index: number) => height - pen - (at(index) / this._ceiling) * (height - 2 * pen);

    context.clearRect(0, 0, width, height);
    context.strokeStyle = context.fillStyle = this._colour;
    context.lineWidth = pen;
    context.lineJoin = "round";
    context.beginPath();
    for (let index = 0; index < this._length; index++) context.lineTo(x(index), y(index));
    context.stroke();
    const last = this._length - 1;
    context.lineTo(x(last), height);
    context.lineTo(x(0), height);
    context.globalAlpha = 0.1;
    context.fill();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(x(last) - pen / 2, y(last), pen * 1.4, 0, 7);
    context.fill();
  }
}
