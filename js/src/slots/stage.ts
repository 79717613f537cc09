/**
 * The stage: the hands of the SDK in the document. It finds slots, has them show what the core says,
 * and puts every default back.
 */

import type { ManagedSlot } from "../types.js";
import { DEFAULT, MANAGED, SHOWN, SLOT } from "./content.js";
import { find } from "./find.js";
import { type Kept, keptOnPage, putBack, swap } from "./swap.js";

/** Whom the stage tells what it has found. */
export interface Audience {
  /** `standing` is the variant that stands there already, empty for the default. */
  found(element: Element, standing: string): void;
  lost(element: Element): void;
  fault(message: string): void;
}

/** What is known of one slot's element. */
interface Known {
  _name: string;
  _managed?: ManagedSlot;
}

export class Stage {
  private readonly _known = new Map<Element, Known>();
  private readonly _kept: Kept = keptOnPage();
  private _audience: Audience | undefined;

  /** Tells `audience` of every slot that is known and that will be. */
  open(audience: Audience): void {
    this._audience = audience;
    for (const [element, known] of this._known) this._tell(element, known);
    this.find();
  }

  /** Looks for slots that have come, and forgets those that went. */
  find(): void {
    if (!this._audience) return;
    for (const [element, known] of this._known) {
      // What was taken off the page takes its own content along.
      if (!element.isConnected && !known._managed) this._lose(element);
    }
    for (const element of find(document)) {
      if (!this._known.has(element)) this._add(element, { _name: element.getAttribute(SLOT) ?? "" });
    }
  }

  /** Shows a variant in all elements of a slot; false, and the default everywhere, where one lacks it. */
  show(slot: string, variant: string): boolean {
    const elements = [...this._known].filter(([, known]) => known._name === slot);
    const shown = elements.map(([element, known]) => this._show(element, known, variant));
    if (!shown.includes(false)) return true;
    for (const [element, known] of elements) this._show(element, known, DEFAULT);
    return false;
  }

  /** See `Unspoken.attach`. */
  attach(element: Element, slot: ManagedSlot): () => void {
    element.setAttribute(SLOT, slot.name);
    element.setAttribute(MANAGED, "");
    this._lose(element);
    this._add(element, { _name: slot.name, _managed: { ...slot } });
    return () => {
      if (this._known.get(element)?._managed?.show === slot.show) this._lose(element);
    };
  }

  /** Puts every default back. */
  restore(): void {
    for (const [element, known] of this._known) this._show(element, known, DEFAULT);
    for (const element of [...this._kept.keys()]) putBack(element, this._kept);
  }

  /** Puts every default back and lets go of the document. */
  close(): void {
    this.restore();
    this._audience = undefined;
    this._known.clear();
  }

  private _add(element: Element, known: Known): void {
    this._known.set(element, known);
    this._tell(element, known);
  }

  private _tell(element: Element, { _managed }: Known): void {
    const standing = _managed ? _managed.standing : element.getAttribute(SHOWN);
    this._audience?.found(element, standing && standing !== DEFAULT ? standing : "");
  }

  private _lose(element: Element): void {
    const known = this._known.get(element);
    if (!known) return;
    this._known.delete(element);
    if (!known._managed) putBack(element, this._kept);
    this._audience?.lost(element);
  }

  private _show(element: Element, { _name, _managed }: Known, variant: string): boolean {
    try {
      if (!_managed) return swap(element, variant, this._kept);
      if (variant !== DEFAULT && !_managed.variants.includes(variant)) return false;
      if ((_managed.standing ?? DEFAULT) !== variant) {
        _managed.standing = variant;
        _managed.show(variant);
      }
      return true;
    } catch (error) {
      this._lose(element);
      this._audience?.fault(`slot ${_name}: ${(error as Error | null)?.message ?? error}`);
      return false;
    }
  }
}
