/**
 * Sets properties of an element's own style, and takes them back byte for byte.
 *
 * By CSSOM, which a Content-Security-Policy without `unsafe-inline` allows.
 */

/** What has a style of its own, and can take the focus. */
export type Styled = Element & ElementCSSInlineStyle & HTMLOrSVGElement;

/** The text of an element's style before the first of us, and after the last. */
interface Text {
  _before: string | null;
  _after: string | null;
  _users: number;
}

const texts = new WeakMap<Element, Text>();

/** Sets them, over whatever the page's style sheets say; the function it returns takes them back. */
export function styled(element: Styled, properties: Record<string, string>): () => void {
  const now = () => element.getAttribute("style");
  const text: Text = texts.get(element) ?? { _before: now(), _after: now(), _users: 0 };
  texts.set(element, text);
  const change = (difference: number, set: (name: string) => void) => {
    // What the page has changed meanwhile stays changed.
    if (now() !== text._after) text._before = "";
    Object.keys(properties).forEach(set);
    text._after = now();
    text._users += difference;
  };
  change(1, (name) => element.style.setProperty(name, properties[name] as string, "important"));
  return () => {
    change(-1, (name) => element.style.removeProperty(name));
    if (text._users) return;
    texts.delete(element);
    // The browser writes a style that it parsed in its own way. A policy that refuses the text here
    // has refused it in the page too.
    if (text._before && text._before !== now()) element.setAttribute("style", text._before);
    else if (!now() && text._before === null) element.removeAttribute("style");
  };
}
