/**
 * Watches every place where slots may stand: one MutationObserver each for the document, for every
 * open shadow root, and for every frame of the same origin.
 *
 * What a page adds costs one query for each subtree, or one for the whole place where there are many.
 * A shadow root can only be seen by asking its host, so added elements are also walked over: some at
 * once, the others in idle time, each once. `attachShadow` is not patched. A root that an element gets
 * later is seen when the element is defined, at the page's next change, or at the next page view.
 */
import { SLOT } from "./content.js";
import { lives, look } from "./find.js";

type Place = Document | ShadowRoot;

/** Of so many subtrees the whole place is asked instead. */
const MANY = 32;
/** Elements that are asked for a shadow root within one change of the page, and in one idle moment. */
const AT_ONCE = 256;
const IN_IDLE = 1024;
/** Elements of a site's own, and names of such, that are asked again. */
const MAX_HOSTS = 64;

/** Gets the slots that may be new, and the nodes that have other children now; before paint. */
export type Changed = (slots: Element[], touched: Set<Node>) => void;

export class Watch {
  private readonly _places = new Map<Place, MutationObserver>();
  private readonly _changed: Changed;
  /** Found, and not told yet. */
  private _slots: Element[] = [];
  /** Whose insides are yet to be walked over, and where that stands. */
  private _unwalked: Node[] = [];
  private _walker: TreeWalker | undefined;
  private _idle = false;
  /** Elements of the site's own that have no shadow root yet, and names that nobody has defined. */
  private readonly _hosts = new Set<Element>();
  private readonly _names = new Set<string>();

  constructor(changed: Changed) {
    this._changed = changed;
  }

  /** Watches the page from now on, and looks everywhere anew. */
  look(): void {
    if (!this._places.has(document)) this._enter(document);
    else for (const place of this._places.keys()) this._search(place);
    this._tell();
  }

  close(): void {
    for (const place of this._places.keys()) this._leave(place);
    this._unwalked = [];
    this._walker = undefined;
    this._hosts.clear();
  }

  private readonly _mutated = (records: MutationRecord[]): void => {
    const touched = new Set<Node>();
    const added = new Set<Element>();
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") this._slots.push(target as Element);
      else {
        touched.add(target);
        for (const node of addedNodes) if (node.nodeType === 1) added.add(node as Element);
      }
    }
    this._sweep();
    const places = new Set<Node>();
    for (const element of added) {
      if (!element.isConnected) continue;
      if (added.size > MANY) places.add(element.getRootNode());
      else this._query(element);
      this._unwalked.push(element);
      this._ask(element);
    }
    for (const place of places) this._query(place as Place);
    for (const host of this._hosts) this._ask(host);
    this._walk(AT_ONCE);
    this._tell(touched);
  };

  /** A frame has another document now. Other loads are heard too. */
  private readonly _loaded = ({ target }: Event): void => {
    if ((target as Element).localName !== "iframe") return;
    this._sweep();
    this._query(target as Element);
    this._tell();
  };

  private _tell(touched = new Set<Node>()): void {
    const slots = this._slots;
    this._slots = [];
    this._changed(slots, touched);
  }

  private _enter(place: Place): void {
    if (this._places.has(place)) return;
    const observer = new MutationObserver(this._mutated);
    observer.observe(place, { childList: true, subtree: true, attributeFilter: [SLOT] });
    // A load does not bubble, but it is heard on its way down.
    place.addEventListener("load", this._loaded, true);
    this._places.set(place, observer);
    this._search(place);
  }

  private _leave(place: Place): void {
    this._places.get(place)?.disconnect();
    this._places.delete(place);
    place.removeEventListener("load", this._loaded, true);
  }

  private _sweep(): void {
    for (const place of this._places.keys()) if (!lives(place)) this._leave(place);
  }

  private _search(place: Place): void {
    this._query(place);
    this._unwalked.push(place);
    this._walk(AT_ONCE);
  }

  private _query(root: Place | Element): void {
    for (const element of look(root)) {
      if (element.localName === "iframe") {
        // A frame of another origin shows no document, and is left alone.
        const inner = (element as HTMLIFrameElement).contentDocument;
        if (inner?.defaultView) this._enter(inner);
      } else this._slots.push(element);
    }
  }

  private _ask(element: Element): void {
    const { shadowRoot, localName } = element;
    if (shadowRoot) this._enter(shadowRoot);
    if (shadowRoot || !element.isConnected) this._hosts.delete(element);
    else if (!localName.includes("-")) return;
    else if (customElements.get(localName)) {
      if (this._hosts.size < MAX_HOSTS) this._hosts.add(element);
    } else if (!this._names.has(localName) && this._names.size < MAX_HOSTS) {
      this._names.add(localName);
      customElements.whenDefined(localName).then(
        () => {
          for (const place of this._places.keys())
            place.querySelectorAll(localName).forEach((it) => void this._ask(it));
          this._tell();
        },
        // No element may have such a name (`font-face`).
        () => {},
      );
    }
  }

  /** Walks over so many elements, and leaves the rest to idle time. */
  private _walk(most: number): void {
    for (let left = most; left > 0; left--) {
      if (!this._walker) {
        const root = this._unwalked.pop();
        if (!root) return;
        this._walker = document.createTreeWalker(root, 1);
      }
      const element = this._walker.nextNode();
      if (element) this._ask(element as Element);
      else this._walker = undefined;
    }
    if (this._idle) return;
    this._idle = true;
    const go = () => {
      this._idle = false;
      this._walk(IN_IDLE);
      this._tell();
    };
    if (typeof requestIdleCallback === "function") requestIdleCallback(go, { timeout: 1000 });
    else setTimeout(go, 50);
  }
}
