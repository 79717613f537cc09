/**
 * Templates that come with the config, made harmless.
 *
 * The browser's Sanitizer API reads the text, or what the site hands over, such as DOMPurify. Whatever
 * comes out of it is looked through once more: a config may come from elsewhere than the page, and
 * must not be able to do more than show something. Text is never made into elements in any other way.
 */

/** What the site hands over in `init({ sanitize })`. */
export type Sanitize = (html: string) => unknown;

/** Elements that load, style, run or embed, or by which one element may become another. */
const FORBIDDEN =
  /^(script|style|link|meta|base|i?frame|frameset|object|embed|applet|portal|fencedframe|noscript|noembed|noframes|plaintext|xmp|use|animate.*|set|foreignobject)$|-/;
/** Attributes that run, style or embed. */
const FORBIDDEN_ATTRIBUTE = /^(on.*|style|srcdoc|ping|is|autofocus|xmlns:.*)$/;
/** Attributes that hold an address. */
const ADDRESS = /^(href|src|action|formaction|poster|data|background|cite|codebase|manifest|longdesc)$/;
/** What an image may be besides a file. */
const IMAGE = /^data:image\//;

/** A fragment with what a text says, or a sentence that says why there is none. */
export function read(html: string, sanitize: Sanitize | undefined): DocumentFragment | string {
  const template = document.createElement("template") as HTMLTemplateElement & {
    setHTML?: (html: string, options: object) => void;
  };
  let result: unknown = template.content;
  if (sanitize) result = sanitize(html);
  // Without a list the browser lets through what cannot run; the rest is taken out below.
  else if (template.setHTML) template.setHTML(html, { sanitizer: {} });
  else return "this browser has no Sanitizer API; hand one over in init({ sanitize })";
  const { trustedTypes } = globalThis as { trustedTypes?: { isHTML(value: unknown): boolean } };
  if (trustedTypes?.isHTML(result)) {
    // A text that the site's own policy vouches for.
    result = new DOMParser().parseFromString(result as string, "text/html").body;
  }
  if (!(result instanceof Node))
    return "sanitize() is to return a fragment (with DOMPurify: RETURN_DOM_FRAGMENT) or TrustedHTML";
  // Into a document that loads nothing and runs nothing.
  const { content } = template;
  const { body = result } = result as Partial<Document>;
  if (result !== content) content.replaceChildren(...(body.nodeType === 1 ? body.childNodes : [body]));
  clean(content);
  return content;
}

function clean(root: ParentNode): void {
  // First what would stand in for what scripts ask the document or a form for, ours included.
  const form = document.createElement("form");
  const { getAttribute, removeAttribute } = Element.prototype;
  for (const element of root.querySelectorAll("[id],[name]")) {
    for (const key of ["id", "name"]) {
      const name = getAttribute.call(element, key) ?? "";
      if (name in document || name in form) removeAttribute.call(element, key);
    }
  }
  for (const element of root.querySelectorAll("*")) {
    // Names of SVG keep their case, a template's content is a tree of its own.
    if (FORBIDDEN.test(element.localName.toLowerCase())) element.remove();
    else {
      for (const attribute of [...element.attributes]) {
        if (!isHarmless(element, attribute)) element.removeAttributeNode(attribute);
      }
      if (element instanceof HTMLTemplateElement) clean(element.content);
      if (element.shadowRoot) clean(element.shadowRoot);
    }
  }
}

function isHarmless(element: Element, { name, localName, value }: Attr): boolean {
  const key = localName.toLowerCase();
  if (FORBIDDEN_ATTRIBUTE.test(name.toLowerCase()) || FORBIDDEN_ATTRIBUTE.test(key)) return false;
  const isImage = /^(img|source|video|input|image)$/.test(element.localName);
  if (key === "srcset") return value.split(/,\s+|\s+/).every((part) => !part || isAllowed(part, isImage));
  if (!ADDRESS.test(key)) return !isScript(value);
  if (!isAllowed(value, isImage && key !== "href" && key !== "formaction")) return false;
  return !/action$/.test(key) || new URL(value, document.baseURI).origin === location.origin;
}

/** Browsers pass over blanks and what cannot be printed. */
const isScript = (value: string) => /^(javascript|vbscript):/i.test(value.replace(/[\0-\x20\x7f-\xa0]+/g, ""));

function isAllowed(value: string, isImage: boolean): boolean {
  try {
    const { protocol, href } = new URL(value, document.baseURI);
    return /^(https?|mailto|tel|sms):$/.test(protocol) || (isImage && IMAGE.test(href));
  } catch {
    return false;
  }
}
