/**
 * The stage: the hands of the SDK in the document. It finds slots, has them show what the core says,
 * puts it back where a page re-renders, and puts every default back.
 */

import type { ManagedSlot } from "../types.js";
import { besideAgain, besideOf, showBeside, takeAway } from "./beside.js";
import { contentOf, DEFAULT, MANAGED, SHOWN, SLOT } from "./content.js";
import { lives, MAX_SLOTS } from "./find.js";
import { hydrating, rendered } from "./framework.js";
import { Patience } from "./patience.js";
import { type Kept, keptOnPage, putBack, swap } from "./swap.js";
import { Watch } from "./watch.js";

/** Whom the stage tells what it has found. */
export interface Audience {
  /** `standing` is the variant that stands there already, empty for the default. */
  found(element: Element, standing: string): void;
  lost(element: Element): void;
  fault(message: string): void;
  /** The document has changed; `come` where slots have come, which are told after this. */
  changed(come: boolean): void;
}

/** What is known of one slot's element. */
interface Known {
  _name: string;
  _managed?: ManagedSlot;
  /** What it was made to show, and with which nodes; none for the default. */
  _variant?: string | undefined;
  _nodes?: ChildNode[];
}

/** What waits for hydration is looked at after this, and then ever more seldom; ms. */
const FIRST_LOOK = 100;
const LAST_LOOK = 2_000;

export class Stage {
  private readonly _known = new Map<Element, Known>();
  private readonly _kept: Kept = keptOnPage();
  private readonly _patience = new Patience();
  private readonly _watch = new Watch((slots, touched) => this._changed(slots, touched));
  private _audience: Audience | undefined;
  /** Slots whose framework has yet to hydrate them, and containers where it has. */
  private readonly _waiting = new Set<Element>();
  private readonly _hydrated = new WeakSet<Node>();
  private _hydratedAll = true;
  private _timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells `audience` of every slot that is known and that will be. */
  open(audience: Audience, hydrated?: PromiseLike<unknown> | (() => unknown)): void {
    this._audience = audience;
    if (hydrated) this._await(hydrated);
    for (const [element, known] of this._known) this._tell(element, known);
    this.find();
  }

  /** Looks everywhere for slots that have come. */
  find(): void {
    if (this._audience) this._watch.look();
  }

  /** Another page view: what a route puts in its place is no quarrel. */
  forgive(): void {
    this._patience.forgive();
  }

  /** What is hydrated need not wait any more: what is in `root`, or all. */
  hydrated(root: Node = document): void {
    this._hydrated.add(root);
    if (this._audience) this._changed([]);
  }

  /**
   * Shows a variant in all elements of a slot; false, and the default everywhere, where one lacks it;
   * undefined where the stage has told itself why it cannot.
   */
  show(slot: string, variant: string): boolean | undefined {
    const elements = [...this._known].filter(([, known]) => known._name === slot);
    if (variant !== DEFAULT && this._patience.rests(slot)) return undefined;
    const shown = elements.map(([element, known]) => this._show(element, known, variant));
    if (shown.every((it) => it)) return true;
    for (const [element, known] of elements) this._show(element, known, DEFAULT);
    return shown.includes(false) ? false : undefined;
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
    this._watch.close();
    clearTimeout(this._timer);
    this.restore();
    this._audience = undefined;
    this._known.clear();
    this._waiting.clear();
  }

  /** The document has changed: slots may have come, gone, been renamed, or been put back. */
  private _changed(slots: Element[], touched?: Set<Node>): void {
    if (!this._audience) return;
    const torn = new Set<string>();
    for (const [element, known] of [...this._known]) {
      if (known._managed) continue;
      const isGone = !lives(element);
      if (isGone || element.getAttribute(SLOT) !== known._name || element.hasAttribute(MANAGED)) {
        if (isGone && known._variant) torn.add(known._name);
        this._lose(element);
        // Under another name it is another slot.
        if (!isGone) slots.push(element);
      }
    }
    const come = [...this._waiting, ...slots].filter((element) => !this._known.has(element) && this._isReady(element));
    this._audience.changed(come.length > 0);
    const given = new Set<string>();
    const quarrel = (name: string) => {
      if (!this._patience.reverted(name)) given.add(name);
    };
    for (const name of new Set(come.map((element) => element.getAttribute(SLOT) ?? ""))) {
      if (torn.has(name)) quarrel(name);
    }
    for (const element of new Set(come)) {
      if (this._known.size < MAX_SLOTS && !this._known.has(element))
        this._add(element, { _name: element.getAttribute(SLOT) ?? "" });
    }
    const reverted = [...this._known].filter(([element, known]) => touched?.has(element) && isReverted(element, known));
    for (const name of new Set(reverted.map(([, known]) => known._name))) quarrel(name);
    for (const [element, known] of reverted) this._again(element, known);
    for (const name of given) this._giveUp(name);
  }

  /** Shows again what a re-render has put away. What stands there now is the default. */
  private _again(element: Element, known: Known): void {
    const { _name, _variant = DEFAULT } = known;
    const rests = this._patience.rests(_name);
    if (!rests && besideAgain(element)) return;
    this._forget(element, known);
    if (!rests && this._show(element, known, _variant)) return;
    // The core is asked anew, and hears there that it cannot be shown.
    this._audience?.lost(element);
    this._audience?.found(element, "");
  }

  private _giveUp(slot: string): void {
    this._audience?.fault(
      `slot ${slot}: something on this page keeps putting its own content back; the default stays. ` +
        "Render the slot by a binding, or mark it data-unspoken-managed and hand it over by attach()",
    );
    for (const [element, known] of [...this._known]) {
      if (known._name !== slot || known._managed) continue;
      this._show(element, known, DEFAULT);
      this._audience?.lost(element);
      this._audience?.found(element, "");
    }
  }

  /** Lets go of a default that somebody has replaced. */
  private _forget(element: Element, known: Known): void {
    takeAway(element);
    this._kept.delete(element);
    element.removeAttribute(SHOWN);
    known._variant = undefined;
  }

  private _isReady(element: Element): boolean {
    if (!lives(element) || element.hasAttribute(MANAGED) || !element.hasAttribute(SLOT)) {
      this._waiting.delete(element);
      return false;
    }
    if (this._hydratedAll && !hydrating(element, this._hydrated)) {
      this._waiting.delete(element);
      return true;
    }
    if (this._waiting.size < MAX_SLOTS) this._waiting.add(element);
    if (this._timer === undefined) this._look(FIRST_LOOK);
    return false;
  }

  /** A property that a framework sets on a node changes nothing that could be observed. */
  private _look(wait: number): void {
    this._timer = setTimeout(() => {
      this._timer = undefined;
      if (this._waiting.size > 0) this._look(Math.min(wait * 2, LAST_LOOK));
      this._changed([]);
    }, wait);
  }

  private _await(hydrated: PromiseLike<unknown> | (() => unknown)): void {
    this._hydratedAll = false;
    const done = () => {
      this._hydratedAll = true;
      this.hydrated();
    };
    if (typeof hydrated !== "function") Promise.resolve(hydrated).then(done, done);
    else {
      const ask = () => {
        let is: unknown = true;
        try {
          is = hydrated();
        } catch {
          // What cannot be asked must not keep the slots waiting for ever.
        }
        if (is) done();
        else setTimeout(ask, FIRST_LOOK);
      };
      ask();
    }
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
    if (!known._managed) {
      takeAway(element);
      putBack(element, this._kept);
    }
    this._audience?.lost(element);
  }

  private _show(element: Element, known: Known, variant: string): boolean | undefined {
    const { _name, _managed } = known;
    try {
      if (!_managed) {
        const isTheirs = besideOf(element) || (!this._kept.has(element) && rendered(element));
        const is = isTheirs ? showBeside(element, variant) : swap(element, variant, this._kept);
        if (is) {
          known._variant = variant === DEFAULT ? undefined : variant;
          known._nodes = besideOf(element) ?? contentOf(element);
        }
        return is;
      }
      if (variant !== DEFAULT && !_managed.variants.includes(variant)) return false;
      if ((_managed.standing ?? DEFAULT) !== variant) {
        _managed.standing = variant;
        _managed.show(variant);
      }
      return true;
    } catch (error) {
      this._lose(element);
      this._audience?.fault(`slot ${_name}: ${(error as Error | null)?.message ?? error}`);
      return undefined;
    }
  }
}

/** Whether other content stands where all that was shown is gone. What was only closed is nobody's revert. */
const isReverted = (slot: Element, { _variant, _nodes = [] }: Known): boolean =>
  !!_variant &&
  _nodes.length > 0 &&
  _nodes.every((node) => node.parentNode !== slot) &&
  contentOf(slot).some((node) => node.nodeType === 1 || /\S/.test(node.nodeValue ?? ""));
