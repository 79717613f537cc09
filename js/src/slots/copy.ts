/**
 * What the stage puts into a slot for the first time: a copy of a template, of the page or else of the
 * config, whose images load as early as the slot's place asks for.
 */
import type { Config } from "../types.js";
import { SLOT, templateOf } from "./content.js";
import { read, type Sanitize } from "./template.js";

/** How long a swap in view waits for its images, ms: long enough for a cached or small one. */
const PATIENCE_MS = 1000;

export class Copies {
  /** Templates of the config, read; undefined for those that were refused. */
  private readonly _read = new Map<string, DocumentFragment | undefined>();
  /** Those whose scripts have run. */
  private readonly _used = new WeakSet<DocumentFragment>();
  config: Config | undefined;
  sanitize: Sanitize | undefined;

  /** `fault` is told, once, why a template of the config is not used. */
  constructor(private readonly _fault: (message: string) => void) {}

  /** A copy; `isNear`: it is about to be seen. Undefined where there is no template. */
  of(slot: Element, variant: string, isNear: boolean): DocumentFragment | undefined {
    const source = templateOf(slot, variant)?.content ?? this._ofConfig(slot.getAttribute(SLOT) ?? "", variant);
    if (!source) return;
    // First a copy that loads nothing, in which the images can be told how to load.
    const copy = source.cloneNode(true) as DocumentFragment;
    for (const image of copy.querySelectorAll("img")) {
      if (isNear) {
        image.removeAttribute("loading");
        if (!image.hasAttribute("fetchpriority")) image.setAttribute("fetchpriority", "high");
      } else if (!image.hasAttribute("loading")) image.setAttribute("loading", "lazy");
    }
    // A script of a template runs once, however often copies are made of it.
    if (this._used.has(source)) for (const script of copy.querySelectorAll("script")) script.remove();
    this._used.add(source);
    return document.importNode(copy, true);
  }

  private _ofConfig(slot: string, variant: string): DocumentFragment | undefined {
    const html: unknown = this.config?.slots?.[slot]?.templates?.[variant];
    const key = `slots.${slot}.templates.${variant}`;
    if (typeof html !== "string") return;
    if (!this._read.has(key)) {
      let result: DocumentFragment | string;
      try {
        result = read(html, this.sanitize);
      } catch (error) {
        result = `${(error as Error | null)?.message ?? error}`;
      }
      const isRefused = typeof result === "string";
      if (isRefused) this._fault(`${key}: ${result}`);
      this._read.set(key, isRefused ? undefined : (result as DocumentFragment));
    }
    return this._read.get(key);
  }
}

/** Waits for images that still load; says false where that took too long. */
export function loaded(nodes: Iterable<Node>): Promise<boolean> | undefined {
  const images: HTMLImageElement[] = [];
  for (const node of nodes) {
    if (node instanceof HTMLImageElement) images.push(node);
    else if (node instanceof Element) images.push(...node.querySelectorAll("img"));
  }
  const loading = images.filter(({ complete, loading }) => !complete && loading !== "lazy");
  if (!loading.length) return;
  return Promise.race([
    // One that cannot be had stands there as its text.
    Promise.all(loading.map((image) => image.decode().catch(() => {}))).then(() => true),
    new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false)),
  ]);
}
