/**
 * Where nodes go that are out of their slot.
 *
 * Most lie nowhere: listeners, values, canvases and media live on in them. A frame does not, it would
 * load anew. So what holds one is moved, without leaving the document, into a shadow tree that shows
 * nothing, where neither the page's style sheets nor its forms nor its ids reach it. Browsers without
 * `moveBefore` cannot do that; there a frame loads anew when it comes back.
 */

/** Holds frames that are out of their slots, a document's each; gone when the last is back. */
const parks = new WeakMap<Document, ShadowRoot>();

type Movable = Node & { moveBefore?: (node: Node, place: Node | null) => void };

/** Takes nodes out of their slot. */
export function take(nodes: ChildNode[]): void {
  const hasFrame = nodes.some(
    (node) => node instanceof Element && (node.matches("iframe") || node.querySelector("iframe")),
  );
  for (const node of nodes) {
    if (!hasFrame || !move(parkOf(node.ownerDocument as Document), node, null)) node.remove();
  }
}

/** Puts a node into a slot. */
export function put(node: ChildNode, place: ChildNode | null, slot: Element): void {
  if (!move(slot, node, place)) slot.insertBefore(node, place);
  const page = slot.ownerDocument;
  const park = parks.get(page);
  if (!park || park.hasChildNodes()) return;
  park.host.remove();
  parks.delete(page);
}

/** Moves a node with its state; says false where it is not in the document, or the browser cannot. */
function move(to: Movable, node: Node, place: Node | null): boolean {
  try {
    if (!node.isConnected || !to.moveBefore) return false;
    to.moveBefore(node, place);
    return true;
  } catch {
    return false;
  }
}

function parkOf(page: Document): ShadowRoot {
  let park = parks.get(page);
  if (!park) {
    const host = page.createElement("div");
    host.hidden = true;
    park = host.attachShadow({ mode: "closed" });
    page.documentElement.append(host);
    parks.set(page, park);
  }
  return park;
}
