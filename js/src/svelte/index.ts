/**
 * `import { Slot, intent } from "unspoken/svelte"`: the component, uncompiled as Svelte has it, and the
 * helpers beside it.
 *
 * Its types stand here, since no tool of this build writes any for a `.svelte` file.
 */
import type { Component, Snippet } from "svelte";
import type { SvelteHTMLElements } from "svelte/elements";
import Raw from "./Slot.svelte";

export * from "./runes.js";

/** What {@link Slot} takes; everything else goes to the element. */
export interface SlotProps extends Omit<SvelteHTMLElements["div"], "children"> {
  /** The slot's name, as in the config. */
  name: string;
  /** The element that is rendered. Default `div`. */
  as?: string;
  /** The default. */
  children?: Snippet;
  /** Variants by their names, where a name is also an attribute's or begins with `on`. */
  variants?: Readonly<Record<string, Snippet>>;
  /** A variant: `{#snippet help()} … {/snippet}` inside of the component. */
  // biome-ignore lint/suspicious/noExplicitAny: snippets and the element's attributes share the names.
  [variant: string]: any;
}

/**
 * A slot: shows its children, or the snippet of the variant that was decided.
 *
 * Each variant is a subtree of its own: it is mounted when it is shown, and its state goes when another
 * takes its place.
 */
export const Slot: Component<SlotProps> = Raw;
