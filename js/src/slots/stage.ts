/**
 * The stage: the hands of the SDK in the document. It finds slots, has them show what the core says,
 * puts it back where a page re-renders, and puts every default back.
 */

import type { Config, InitOptions, ManagedSlot } from "../types.js";
import { besideAgain, besideOf, canHide, showBeside, takeAway } from "./beside.js";
import { Box } from "./box.js";
import { contentOf, DEFAULT, MANAGED, SHOWN, SLOT } from "./content.js";
import { Copies, loaded } from "./copy.js";
import { lives, MAX_SLOTS } from "./find.js";
import { hydrating, rendered } from "./framework.js";
import { inTransition } from "./motion.js";
import { put, take } from "./park.js";
import { Patience } from "./patience.js";
import { State } from "./state.js";
import type { Styled } from "./style.js";
import { type Hands, type Kept, keptOnPage, type Out, prepare, putBack, shownIn, swap } from "./swap.js";
import { Watch } from "./watch.js";

/** Whom the stage tells what it has found. */
export interface Audience {
  /** `standing` is the variant that stands there already, empty for the default. */
  found(element: Element, standing: string): void;
  lost(element: Element): void;
  /** Whether what the slot was to show last has room: it had none, or is out of view and may try again. */
  room(slot: string, fits: boolean): void;
  fault(message: string): void;
  /** An element shows what was asked for at `since`, in ms of `performance.now()`. */
  swapped(since: number): void;
  /** The document has changed; `come` where slots have come, which are told after this. */
  changed(come: boolean): void;
}

/** What the site says of swaps. */
export type Settings = Pick<InitOptions, "hydrated" | "sanitize" | "transitions"> & { config: Config };

/** What is known of one slot's element. */
interface Known {
  _name: string;
  _managed?: ManagedSlot;
  /** What it is about to show: an image loads, or a transition begins. */
  _due?: string | undefined;
  /** What had no room. */
  _refused?: string | undefined;
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
  private readonly _copies = new Copies((message) => this._audience?.fault(message));
  private _box: Box | undefined;
  private _state: State | undefined;
  private _settings: Settings | undefined;
  private readonly _patience = new Patience();
  private readonly _watch = new Watch((slots, touched) => this._changed(slots, touched));
  private _audience: Audience | undefined;
  /** Slots whose framework has yet to hydrate them, and containers where it has. */
  private readonly _waiting = new Set<Element>();
  private readonly _hydrated = new WeakSet<Node>();
  private _hydratedAll = true;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  /** When what is asked for now was asked for. */
  private _since = 0;

  /** Tells `audience` of every slot that is known and that will be. */
  open(audience: Audience, settings: Settings): void {
    this._settings = settings;
    this._copies.config = settings.config;
    this._copies.sanitize = settings.sanitize;
    this._box = new Box((element, inView) => this._sight(element as Styled, inView));
    this._state = new State();
    this._audience = audience;
    if (settings.hydrated) this._await(settings.hydrated);
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
   * undefined where the stage has told itself why it cannot. `since`: when this was asked for.
   */
  show(slot: string, variant: string, since = performance.now()): boolean | undefined {
    this._since = since;
    const elements = [...this._known].filter(([, known]) => known._name === slot);
    if (variant !== DEFAULT && this._patience.rests(slot)) return undefined;
    const can = elements.every(([element, known]) => this._can(element, known, variant));
    const shown = can ? elements.map(([element, known]) => this._show(element, known, variant)) : [false];
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
    this._watch.close();
    clearTimeout(this._timer);
    this.restore();
    this._box?.close();
    this._state?.close();
    for (const [element] of this._known) silence(element);
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
    if (!rests && this._ready(element, _variant)) {
      this._swap(element as Styled, _variant);
      return;
    }
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
      this._putBack(element);
      this._audience?.lost(element);
      this._audience?.found(element, "");
    }
  }

  /** Lets go of a default that somebody has replaced. */
  private _forget(element: Element, known: Known): void {
    takeAway(element);
    this._kept.delete(element);
    element.removeAttribute(SHOWN);
    known._variant = known._due = undefined;
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
    return shownIn(element) === variant || !!this._ready(element, variant);
  }

  private _show(element: Element, known: Known, variant: string): boolean | undefined {
    const { _managed } = known;
    return this._try(element, known, () => {
      if (!_managed) return this._change(element as Styled, known, variant);
      if ((_managed.standing ?? DEFAULT) !== variant) {
        _managed.standing = variant;
        _managed.show(variant);
        this._audience?.swapped(this._since);
      }
      return true;
    });
  }

  /** Whatever fails in a slot, its default is put back and it is a slot no more. */
  private _try(element: Element, known: Known, work: () => boolean): boolean | undefined {
    try {
      return work();
    } catch (error) {
      this._lose(element);
      this._audience?.fault(`slot ${known._name}: ${(error as Error | null)?.message ?? error}`);
      return undefined;
    }
  }

  /** Has an element show a variant now, or as soon as its images and the frame are there. */
  private _change(element: Styled, known: Known, variant: string): boolean {
    if (known._due === variant) return true;
    known._due = undefined;
    if (shownIn(element) === variant) return true;
    const out = this._ready(element, variant);
    if (!out) return false;
    // A default that had no room and is wanted all the same goes in.
    const insists = variant === DEFAULT && known._refused === DEFAULT;
    const refuse = () => this._refuse(element, known, variant);
    const since = this._since;
    const turn = (isFrame = false) => {
      known._due = undefined;
      const shown = shownIn(element);
      const settle = this._box?.hold(
        element,
        insists
          ? undefined
          : () => {
              // Not by `_change`: what stood there had room.
              this._swap(element, shown);
              refuse();
            },
      );
      this._swap(element, variant);
      this._audience?.swapped(since);
      settle?.(isFrame);
    };
    if (!this._box?.inView(element)) {
      turn();
      return true;
    }
    known._due = variant;
    const later = (isFrame = false) => {
      if (known._due !== variant) return;
      this._try(element, known, () => {
        turn(isFrame);
        return true;
      });
    };
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

  /** Whether a framework holds on to the default's nodes, which then stay where they are. */
  private _isTheirs(element: Element): boolean {
    return !!besideOf(element) || (!this._kept.has(element) && rendered(element));
  }

  /** Has a variant's nodes at hand, as far as they are known before; undefined where there are none. */
  private _ready(element: Element, variant: string): Out | undefined {
    if (!this._isTheirs(element)) return prepare(element, variant, this._kept, this._hands);
    return variant === DEFAULT || (canHide() && this._hands._copy(element, variant)) ? [] : undefined;
  }

  private _swap(element: Styled, variant: string): void {
    const isTheirs = this._isTheirs(element);
    const change = () => {
      if (isTheirs) showBeside(element, variant, this._hands._copy);
      else swap(element, variant, this._kept, this._hands);
    };
    if (this._state && !isTheirs) this._state.over(element, shownIn(element), variant, change);
    else change();
    const known = this._known.get(element);
    if (!known) return;
    known._variant = variant === DEFAULT ? undefined : variant;
    known._nodes = besideOf(element) ?? contentOf(element);
  }

  private _putBack(element: Element): void {
    const known = this._known.get(element);
    if (known) known._variant = known._due = undefined;
    const isTheirs = this._isTheirs(element);
    takeAway(element);
    this._box?.release(element);
    if (isTheirs) return;
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

/** Whether other content stands where all that was shown is gone. What was only closed is nobody's revert. */
const isReverted = (slot: Element, { _variant, _nodes = [] }: Known): boolean =>
  !!_variant &&
  _nodes.length > 0 &&
  _nodes.every((node) => node.parentNode !== slot) &&
  contentOf(slot).some((node) => node.nodeType === 1 || /\S/.test(node.nodeValue ?? ""));
