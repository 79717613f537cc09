/**
 * The stage: the hands of the SDK in the document. It finds slots, has them show what the core says,
 * and puts every default back.
 */

import type { Config, InitOptions, ManagedSlot } from "../types.js";
import { Box } from "./box.js";
import { DEFAULT, MANAGED, SHOWN, SLOT } from "./content.js";
import { Copies, loaded } from "./copy.js";
import { find } from "./find.js";
import { inTransition } from "./motion.js";
import { put, take } from "./park.js";
import { State } from "./state.js";
import type { Styled } from "./style.js";
import { type Hands, type Kept, keptOnPage, prepare, putBack, shownIn, swap } from "./swap.js";

/** Whom the stage tells what it has found. */
export interface Audience {
  /** `standing` is the variant that stands there already, empty for the default. */
  found(element: Element, standing: string): void;
  lost(element: Element): void;
  /** Whether what the slot was to show last has room: it had none, or is out of view and may try again. */
  room(slot: string, fits: boolean): void;
  fault(message: string): void;
}

/** What the site says of swaps. */
export type Settings = Pick<InitOptions, "sanitize" | "transitions"> & { config: Config };

/** What is known of one slot's element. */
interface Known {
  _name: string;
  _managed?: ManagedSlot;
  /** What it is about to show: an image loads, or a transition begins. */
  _due?: string | undefined;
  /** What had no room. */
  _refused?: string | undefined;
}

export class Stage {
  private readonly _known = new Map<Element, Known>();
  private readonly _kept: Kept = keptOnPage();
  private readonly _copies = new Copies((message) => this._audience?.fault(message));
  private _box: Box | undefined;
  private _state: State | undefined;
  private _settings: Settings | undefined;
  private _audience: Audience | undefined;

  /** Tells `audience` of every slot that is known and that will be. */
  open(audience: Audience, settings: Settings): void {
    this._settings = settings;
    this._copies.config = settings.config;
    this._copies.sanitize = settings.sanitize;
    this._box = new Box((element, inView) => this._sight(element as Styled, inView));
    this._state = new State();
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
    const can = elements.every(([element, known]) => this._can(element, known, variant));
    if (can && !elements.map(([element, known]) => this._show(element, known, variant)).includes(false)) return true;
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

  /** Puts every default back, at once and byte for byte. */
  restore(): void {
    for (const [element, known] of this._known) {
      known._due = undefined;
      if (known._managed) this._show(element, known, DEFAULT);
      else this._putBack(element);
    }
    for (const element of [...this._kept.keys()]) this._putBack(element);
  }

  /** Puts every default back and lets go of the document. */
  close(): void {
    this.restore();
    this._box?.close();
    this._state?.close();
    for (const [element] of this._known) silence(element);
    this._audience = undefined;
    this._known.clear();
  }

  private _add(element: Element, known: Known): void {
    this._known.set(element, known);
    if (!known._managed) this._box?.watch(element);
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
    known._due = undefined;
    if (!known._managed) this._putBack(element);
    this._box?.leave(element);
    silence(element);
    this._audience?.lost(element);
  }

  private _can(element: Element, { _managed }: Known, variant: string): boolean {
    if (variant === DEFAULT) return true;
    if (_managed) return _managed.variants.includes(variant);
    return shownIn(element) === variant || !!prepare(element, variant, this._kept, this._hands);
  }

  private _show(element: Element, known: Known, variant: string): boolean {
    const { _managed } = known;
    return this._try(element, known, () => {
      if (!_managed) return this._change(element as Styled, known, variant);
      if ((_managed.standing ?? DEFAULT) !== variant) {
        _managed.standing = variant;
        _managed.show(variant);
      }
      return true;
    });
  }

  /** Whatever fails in a slot, its default is put back and it is a slot no more. */
  private _try(element: Element, known: Known, work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      this._lose(element);
      this._audience?.fault(`slot ${known._name}: ${(error as Error | null)?.message ?? error}`);
      return false;
    }
  }

  /** Has an element show a variant now, or as soon as its images and the frame are there. */
  private _change(element: Styled, known: Known, variant: string): boolean {
    if (known._due === variant) return true;
    known._due = undefined;
    if (shownIn(element) === variant) return true;
    const out = prepare(element, variant, this._kept, this._hands);
    if (!out) return false;
    // A default that had no room and is wanted all the same goes in.
    const insists = variant === DEFAULT && known._refused === DEFAULT;
    const refuse = () => this._refuse(element, known, variant);
    const turn = (isFrame = false) => {
      known._due = undefined;
      const shown = shownIn(element);
      const settle = this._box?.hold(element, insists ? undefined : () => {
        // Not by `_change`: what stood there had room.
        this._swap(element, shown);
        refuse();
      });
      this._swap(element, variant);
      settle?.(isFrame);
    };
    if (!this._box?.inView(element)) {
      turn();
      return true;
    }
    known._due = variant;
    const later = (isFrame?: boolean) => known._due === variant && this._try(element, known, () => (turn(isFrame), true));
    const begin = () => {
      if (!this._moves(known) || !inTransition(element, () => later(true))) later();
    };
    const images = loaded(out.map(([node]) => node));
    if (images) {
      images.then((inTime) => {
        if (known._due !== variant) return;
        if (inTime) begin();
        else refuse();
      });
    } else begin();
    return true;
  }

  /** Whether swaps in view are transitions: where the site asked for one at once, only if it says so. */
  private _moves({ _name }: Known): boolean {
    const { transitions, config } = this._settings ?? {};
    return transitions ?? config?.slots?.[_name]?.swap !== "now";
  }

  private _swap(element: Styled, variant: string): void {
    const change = () => void swap(element, variant, this._kept, this._hands);
    if (this._state) this._state.over(element, shownIn(element), variant, change);
    else change();
  }

  private _putBack(element: Element): void {
    this._box?.leave(element);
    const change = () => putBack(element, this._kept, this._hands);
    if (this._state && this._kept.has(element)) this._state.over(element as Styled, shownIn(element), DEFAULT, change);
    else change();
  }

  /** The content has no room in view: all elements of the slot show what they showed. */
  private _refuse(element: Styled, known: Known, variant: string): void {
    known._due = undefined;
    known._refused = variant;
    const stands = shownIn(element);
    for (const [other, { _name, _managed }] of this._known) {
      if (other !== element && _name === known._name && !_managed) this._swap(other as Styled, stands);
    }
    this._audience?.room(known._name, false);
  }

  /** An element came into view, or went out of it. */
  private _sight(element: Styled, inView: boolean): void {
    const known = this._known.get(element);
    if (!known) return;
    // Before anything changes: a region that begins to be live with its news is not read out.
    if (element.hasAttribute(LIVE) && inView) element.setAttribute("aria-live", "polite");
    else silence(element);
    if (inView || known._refused === undefined) return;
    known._refused = undefined;
    this._audience?.room(known._name, true);
  }

  private readonly _hands: Hands = {
    _copy: (slot, variant) => this._copies.of(slot, variant, this._box?.isNear(slot) ?? true),
    _take: take,
    _put: put,
  };
}

/** Marks a slot whose changes in view are to be read out. */
const LIVE = "data-unspoken-live";

const silence = (slot: Element) => {
  if (slot.hasAttribute(LIVE)) slot.removeAttribute("aria-live");
};
