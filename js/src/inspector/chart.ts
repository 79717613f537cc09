/**
 * The forecasts of a minute as lines, 0 to 100 % upwards and 60 s to the right, on a canvas: its
 * redrawing touches neither style nor layout of the page. The numbers stand beside it as text.
 */
import { h } from "./dom.js";
import { type Happening, MINUTE_MS, type Minute } from "./history.js";

/** Room at both ends, in CSS px: half the handle of the slider that lies over it. */
const PAD = 6;
/** The foot, where what happened is marked, in CSS px. */
const FOOT = 12;

/** The ink of an intent: its own, or that of the site's own heads. */
const inkOf = (intent: string) => (/^(commit|struggle|compare|leave|buy)$/.test(intent) ? `--${intent}` : "--own");

export class Chart {
  readonly root: HTMLCanvasElement;
  private readonly _inks = new Map<string, string>();

  /** `only`: the line of one intent, without marks. */
  constructor(
    className: string,
    private readonly _only?: string,
  ) {
    this.root = h("canvas", { class: className, "aria-hidden": "true" });
  }

  /** Forgets the inks: the scheme may have changed. */
  restyle(): void {
    this._inks.clear();
  }

  draw({ end, samples, happenings }: Minute, leading?: string): void {
    const canvas = this.root;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const context = canvas.getContext("2d");
    if (!context || !width) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const [pad, foot] = this._only ? [1, 1] : [PAD, FOOT];
    const x = (at: number) => width - pad - ((end - at) / MINUTE_MS) * (width - 2 * pad);
    const y = (value: number) => height - foot - value * (height - foot - 3);

    if (!this._only) {
      context.fillStyle = this._ink("--line");
      for (let seconds = 0; seconds <= 60; seconds += 10)
        context.fillRect(Math.round(x(end - seconds * 1000)), 3, 1, height - foot - 3);
      for (const share of [0, 0.5, 1]) context.fillRect(pad, Math.round(y(share)), width - 2 * pad, 1);
    }
    const intents = this._only ? [this._only] : Object.keys(samples[samples.length - 1]?.intents ?? {});
    context.lineJoin = "round";
    for (const intent of intents) {
      context.strokeStyle = this._ink(inkOf(intent));
      context.lineWidth = this._only || intent === leading ? 2 : 1.25;
      context.beginPath();
      let before = 0;
      for (const { at, intents } of samples) {
        const value = Math.min(1, Math.max(0, (intents as unknown as Record<string, number>)[intent] ?? 0));
        // A page that is quiet or hidden is not forecast: the line has a gap there.
        if (at - before > 1500) context.moveTo(x(at), y(value));
        else context.lineTo(x(at), y(value));
        before = at;
      }
      context.stroke();
    }
    if (!this._only) for (const happening of happenings) this._mark(context, happening, x(happening.at), height - 5);
  }

  private _mark(context: CanvasRenderingContext2D, { event }: Happening, x: number, y: number): void {
    if (event === "batch") return;
    context.fillStyle = this._ink(event === "fault" ? "--struggle" : event === "goal" ? "--commit" : "--ink");
    context.beginPath();
    if (event === "exposure") context.arc(x, y, 2.5, 0, 7);
    else if (event === "goal")
      for (const [dx, dy] of [
        [0, -4],
        [4, 0],
        [0, 4],
        [-4, 0],
      ] as const)
        context.lineTo(x + dx, y + dy);
    else if (event === "fault") context.rect(x - 3, y - 3, 6, 6);
    else
      for (const [dx, dy] of [
        [0, -4],
        [3.5, 3],
        [-3.5, 3],
      ] as const)
        context.lineTo(x + dx, y + dy);
    context.fill();
  }

  private _ink(name: string): string {
    let ink = this._inks.get(name);
    if (ink === undefined) {
      ink = getComputedStyle(this.root).getPropertyValue(name).trim();
      this._inks.set(name, ink);
    }
    return ink;
  }
}
