/**
 * Slots in what a framework renders, and those that it has yet to hydrate.
 *
 * React, Vue and their like hold on to the nodes that they made, and throw where one has been moved.
 * They leave marks on them, as properties; nothing else says whose a node is.
 */

/** React on its nodes and roots, Vue on its roots, Preact, Angular, Lit. */
const MARKS = /^(__react|_reactRoot|__vue|_vnode$|__k$|__ng|_\$lit)/;

/** Server-rendered, and to be taken over by a script: as the site says, or as these frameworks do. */
export const HYDRATES = "[data-unspoken-hydrate],#__next,#__nuxt,#___gatsby,[data-server-rendered],astro-island[ssr]";
/** The same for a whole document: what Next and React Router leave in it. */
const DOCUMENTS = ["__next_f", "__reactRouterContext"];

/** React's own flags of a fiber whose tree is not in the page yet: Placement and Hydrating. */
const NOT_YET = 4098;

/** What is asked of React's insides. */
interface Fiber {
  flags: number;
  alternate: Fiber | null;
  return: Fiber | null;
  stateNode: { current?: { memoizedState?: { isDehydrated?: boolean } } };
}

const marks = (node: Node): string[] => Object.getOwnPropertyNames(node).filter((name) => MARKS.test(name));

/** React's property of a node. */
function react(node: Node, name: string): unknown {
  const key = marks(node).find((mark) => mark.startsWith(`__react${name}$`));
  return key && (node as unknown as Record<string, unknown>)[key];
}

/** Whether a framework holds on to the nodes in a slot. */
export function rendered(slot: Element): boolean {
  for (let at: Node | null = slot; at; at = at.parentNode) if (marks(at).length > 0) return true;
  return [...slot.childNodes].some((node) => marks(node).length > 0);
}

/** Whether a slot is still to be hydrated. `done` are the nodes in which that is over. */
export function hydrating(slot: Element, done: WeakSet<Node>): boolean {
  const first = react(slot, "Fiber") as Fiber | undefined;
  // React marks a node when it comes to it, and may begin anew until all is in the page. This is how
  // its own events find out.
  if (first) {
    if (!first.alternate) for (let at: Fiber | null = first; at; at = at.return) if (at.flags & NOT_YET) return true;
    return false;
  }
  if (done.has(document)) return false;
  let waits = !!slot.closest(HYDRATES) || DOCUMENTS.some((name) => name in window);
  for (let at: Node | null = slot; at; at = at.parentNode) {
    // Vue marks its root when all is done. Markup that React takes as it is, it never looks into.
    if (done.has(at) || "__vue_app__" in at) return false;
    if ((react(at, "Props") as { dangerouslySetInnerHTML?: unknown } | undefined)?.dangerouslySetInnerHTML)
      return false;
    const root = react(at, "Container") as Fiber | undefined;
    if (root?.stateNode.current?.memoizedState?.isDehydrated) waits = true;
  }
  return waits;
}
