/**
 * `<unspoken-slot name="hero">`: a slot as an element of its own, for pages without a framework.
 *
 * It is a slot like any other to the SDK, which finds and swaps it: this file only gives it its name,
 * and tells what happens to it as events, a property and states for CSS. So it works before, after and
 * without an instance, and never touches its own content.
 *
 *     <unspoken-slot name="hero">Welcome <template data-variant="help"> … </template></unspoken-slot>
 *
 * Limit: an element that is not known is `display: inline`, and so is this one: its box is the page's
 * to give, before any script runs (`unspoken-slot { display: block; min-height: 12rem }`).
 */
import { decisionOf } from "../framework/answer.js";
import { follow, pageSource } from "../framework/source.js";
import type { Decision, EventMap } from "../types.js";

/** What listeners of the element get. */
export interface UnspokenSlotEventMap {
  "unspoken-decision": CustomEvent<Decision>;
  "unspoken-exposure": CustomEvent<EventMap["exposure"]>;
}

/** Attributes of the element, and those of the slot that it becomes. */
const SLOT = { name: "data-unspoken", tags: "data-unspoken-tags" } as const;
const SHOWN = "data-unspoken-shown";

/** On a server there are no elements; the module may be imported there all the same. */
const Base = (typeof HTMLElement === "undefined" ? class {} : HTMLElement) as typeof HTMLElement;

/**
 * The element. Attributes `name` and `tags`; `unspoken-decision` and `unspoken-exposure` bubble and
 * leave shadow trees; `unspoken-slot:state(help)` matches where the variant `help` stands.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface declares overloads, and no property.
export class UnspokenSlotElement extends Base {
  static readonly observedAttributes = [...Object.keys(SLOT), SHOWN];
  private _stop: (() => void) | undefined;
  private _internals: ElementInternals | undefined;
  private _state = "";

  /** The slot's name, as in the config. */
  get name(): string {
    return this.getAttribute("name") ?? "";
  }
  set name(name: string) {
    this.setAttribute("name", name);
  }

  /** What its content is about, space separated. */
  get tags(): string {
    return this.getAttribute("tags") ?? "";
  }
  set tags(tags: string) {
    this.setAttribute("tags", tags);
  }

  /** What the slot shows, and why. */
  get decision(): Decision {
    return pageSource.current()?.decide(this.name) ?? decisionOf(this.name).first;
  }

  connectedCallback(): void {
    for (const attribute of Object.keys(SLOT) as (keyof typeof SLOT)[]) this._mirror(attribute);
    this._say();
    this._stop ??= follow(pageSource, (unspoken) => {
      const stops = [
        unspoken.on("decision", (decision) => this._tell("unspoken-decision", decision)),
        unspoken.on("exposure", (exposure) => this._tell("unspoken-exposure", exposure)),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    });
  }

  disconnectedCallback(): void {
    this._stop?.();
    this._stop = undefined;
  }

  attributeChangedCallback(attribute: string): void {
    // Before it is connected it is a slot to nobody, and a parser may not have got to its attributes.
    if (!this.isConnected) return;
    if (attribute === SHOWN) this._say();
    else this._mirror(attribute as keyof typeof SLOT);
  }

  private _mirror(attribute: keyof typeof SLOT): void {
    const value = this.getAttribute(attribute);
    if (value === null) this.removeAttribute(SLOT[attribute]);
    else if (this.getAttribute(SLOT[attribute]) !== value) this.setAttribute(SLOT[attribute], value);
  }

  /** Puts the variant that stands into the element's states. */
  private _say(): void {
    const shown = this.getAttribute(SHOWN) ?? "default";
    if (shown === this._state) return;
    this._internals ??= this.attachInternals?.();
    // Browsers of before 2024 have no states, or take none without two dashes: there CSS goes by the attribute.
    try {
      this._internals?.states?.delete(this._state);
      this._internals?.states?.add(shown);
    } catch {}
    this._state = shown;
  }

  private _tell(type: keyof UnspokenSlotEventMap, detail: { slot: string }): void {
    if (detail.slot !== this.name) return;
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** As usual, typed for this element's events. */
export interface UnspokenSlotElement {
  addEventListener<Type extends keyof UnspokenSlotEventMap>(
    type: Type,
    listener: (this: UnspokenSlotElement, event: UnspokenSlotEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "unspoken-slot": UnspokenSlotElement;
  }
}

// A page may carry this module twice, and a name can be given once.
if (typeof customElements !== "undefined" && !customElements.get("unspoken-slot"))
  customElements.define("unspoken-slot", UnspokenSlotElement);
