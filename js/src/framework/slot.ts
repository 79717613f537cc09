/**
 * A slot that a framework renders: what its element carries, and how it is handed to the instance.
 *
 * The framework keeps its document to itself: the instance observes the element, and says by `show`
 * which variant is wanted.
 */
import { follow, type Source } from "./source.js";

/** A slot as its component knows it. */
export interface SlotParts {
  name: string;
  /** What it can show besides the default. */
  variants: string[];
  /** What it was last told to show; a variant that it does not have stands for the default. */
  standing(): string;
  show(variant: string): void;
}

/** Hands the element over, to each instance that comes; the function it returns takes it back. */
export const attach = (source: Source, element: Element, { standing, ...slot }: SlotParts): (() => void) =>
  follow(source, (unspoken) => {
    const last = standing();
    return unspoken.attach(element, { ...slot, standing: slot.variants.includes(last) ? last : "default" });
  });

/** What the element carries, on a server too: whose it is, and what it shows. */
export const attributesOf = (name: string, shown: string) => ({
  "data-unspoken": name,
  "data-unspoken-managed": "",
  "data-unspoken-shown": shown === "default" ? undefined : shown,
});
