/**
 * What one page says of itself to Unspoken: its slots with their variants, its kind, item and tags, and
 * the buttons that may be goals.
 *
 * The markup is read as a browser would read it, by parse5: unclosed tags, templates in tables and
 * attributes without quotes are what pages are made of. What cannot work is told with its line.
 */
import { parse } from "parse5";

/** Words on a button, in its id or in its form's address, and the goal they speak of. The first match counts. */
const GOALS = [
  [
    "add_to_cart",
    /\b(add|put|in)[\s_-]*(it[\s_-]*)?(to|in|into|den|dem)?[\s_-]*(the[\s_-]*|my[\s_-]*|your[\s_-]*)?(cart|basket|bag|warenkorb|trolley)\b|^data-add$/i,
  ],
  [
    "purchase",
    /\b(place[\s_-]*(my|your|the)?[\s_-]*order|order[\s_-]*now|pay[\s_-]*(now|and)?|buy([\s_-]*now)?|purchase|complete[\s_-]*order|bestellen|kaufen|bezahlen)\b|^(order|submit[\s_-]*order|checkout[\s_-]*submit)$/i,
  ],
  ["checkout", /\b(check[\s_-]?out|zur[\s_-]*kasse)\b/i],
  [
    "sign_up",
    /\b(sign[\s_-]*up|register|create[\s_-]*(an[\s_-]*)?account|subscribe|newsletter|join|anmelden|registrieren)\b/i,
  ],
  [
    "book",
    /\b(book|reserve|schedule)[\s_-]*(a|an|your|the|now)?[\s_-]*(call|demo|table|room|seat|appointment|visit|now)?\b/i,
  ],
  [
    "contact",
    /\b(contact([\s_-]*us)?|send[\s_-]*(a[\s_-]*)?message|get[\s_-]*in[\s_-]*touch|request[\s_-]*(a[\s_-]*)?(quote|demo|call))\b/i,
  ],
  ["download", /\bdownload\b/i],
];

/** An address that an order goes to says what its form's button is for. */
const ACTIONS = [
  ["purchase", /\/(orders?|pay(ment)?|purchase)\b/i],
  ["add_to_cart", /\/(cart|basket|bag)(\/add)?\b/i],
  ["sign_up", /\/(sign-?up|register|subscribe|newsletter)\b/i],
  ["contact", /\/(contact|enquir(y|ies)|message)\b/i],
];

/** Bounds of the core, in bytes: a name, and a selector. */
const MAX_NAME_BYTES = 256;

const attribute = (node, name) => node.attrs?.find((it) => it.name === name)?.value;
const lineOf = (node) => node.sourceCodeLocation?.startLine ?? 0;

/** Every element below a node, without the contents of templates. */
function* elements(node) {
  for (const child of node.childNodes ?? []) {
    if (child.tagName) yield child;
    yield* elements(child);
  }
}

function* ancestors(node) {
  for (let at = node.parentNode; at; at = at.parentNode) yield at;
}

/** The text of a node, as one line. */
export function textOf(node) {
  let text = "";
  const walk = (at) => {
    if (at.nodeName === "#text") text += at.value;
    else if (!["script", "style", "template"].includes(at.tagName))
      for (const child of at.childNodes ?? []) walk(child);
  };
  walk(node);
  return text.replace(/\s+/g, " ").trim();
}

/** An identifier in a selector, as `CSS.escape` writes it. */
function escaped(text) {
  return [...text]
    .map((char, at) => {
      const lone = at === 0 && text === "-";
      if (/[\w-]/.test(char) || char > "\x7f") {
        const digit = /\d/.test(char) && (at === 0 || (at === 1 && text[0] === "-"));
        return digit ? `\\${char.codePointAt(0).toString(16)} ` : lone ? `\\${char}` : char;
      }
      return char < " " || char === "\x7f" ? `\\${char.codePointAt(0).toString(16)} ` : `\\${char}`;
    })
    .join("");
}

const quoted = (text) => `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\a ")}"`;

/** The form that a click on this sends, or nothing. */
function formOf(node) {
  const type = (attribute(node, "type") ?? "submit").toLowerCase();
  const sends = type === "submit" || type === "image";
  return sends ? [...ancestors(node)].find((it) => it.tagName === "form") : undefined;
}

/** A selector that finds this button again, or nothing: a class is for looks, and a text may change. */
function selectorOf(node) {
  const id = attribute(node, "id");
  if (id && !/\s/.test(id)) return `#${escaped(id)}`;
  const data = node.attrs.find(({ name }) => /^data-(?!unspoken)[a-z][a-z0-9-]*$/.test(name));
  if (data) return `[${data.name}]`;
  const form = formOf(node);
  if (form) {
    const [formId, action] = [attribute(form, "id"), attribute(form, "action")];
    const of =
      formId && !/\s/.test(formId) ? `#${escaped(formId)}` : action ? `form[action=${quoted(action)}]` : undefined;
    const type = attribute(node, "type") ? `[type=${quoted(attribute(node, "type"))}]` : "";
    if (of) return `${of} ${node.tagName}${type}`;
  }
  const name = attribute(node, "name");
  if (name) return `${node.tagName}[name=${quoted(name)}]`;
  return undefined;
}

const isButton = (node) =>
  node.tagName === "button" ||
  (node.tagName === "input" && /^(submit|button|image)$/i.test(attribute(node, "type") ?? "")) ||
  (node.tagName === "a" && (attribute(node, "role") === "button" || attribute(node, "href") !== undefined));

/** What a button may be a goal of, and by which words. */
function goalOf(node) {
  const label = attribute(node, "aria-label") ?? (textOf(node) || attribute(node, "value")) ?? "";
  const data = node.attrs.map(({ name }) => name).filter((name) => /^data-(?!unspoken)/.test(name));
  const isLink = node.tagName === "a" && attribute(node, "role") !== "button";
  // A link that only leads somewhere is no goal, unless it downloads.
  if (isLink) return attribute(node, "download") === undefined ? undefined : ["download", label];
  // A long text is no label.
  const said = [label.length <= 60 ? label : "", attribute(node, "id"), attribute(node, "name"), ...data].filter(
    Boolean,
  );
  for (const words of said) {
    const found = GOALS.find(([, pattern]) => pattern.test(words));
    if (found) return [found[0], label || words];
  }
  const form = formOf(node);
  const action = form && attribute(form, "action");
  const found = action && ACTIONS.find(([, pattern]) => pattern.test(action));
  return found ? [found[0], label || action] : undefined;
}

/** Whether a variant asks for the visitor's attention. */
const interrupts = (node) =>
  [...elements(node)].some(
    (it) =>
      it.tagName === "dialog" ||
      /^(dialog|alertdialog)$/.test(attribute(it, "role") ?? "") ||
      attribute(it, "aria-modal") === "true" ||
      attribute(it, "popover") !== undefined,
  );

const words = (text) => (text ?? "").split(/\s+/).filter(Boolean);

/**
 * Looks at one page. `place` is its address or path, for what is told of it.
 * Returns `{ place, page: { kind, item, tags }, slots, goals, problems }`.
 */
export function look(html, place) {
  const document = parse(html, { sourceCodeLocationInfo: true });
  const seen = { place, page: { kind: "", item: "", tags: [] }, slots: [], goals: [], problems: [] };
  const tell = (node, message) => seen.problems.push({ place, line: lineOf(node), message });
  const byName = new Map();

  for (const node of elements(document)) {
    if (node.tagName === "body") {
      seen.page.kind = attribute(node, "data-unspoken-page") ?? "";
      seen.page.item = attribute(node, "data-unspoken-item") ?? "";
      seen.page.tags = words(attribute(node, "data-unspoken-tags"));
    }
    const isElement = node.tagName === "unspoken-slot";
    const name = isElement ? attribute(node, "name") : attribute(node, "data-unspoken");
    if (isElement || name !== undefined) slot(node, isElement, name ?? "");
    else if (node.tagName === "template" && attribute(node, "data-variant") !== undefined) variantOutside(node);
    if (isButton(node) && ![...ancestors(node)].some((it) => it.tagName === "template")) button(node);
  }
  return seen;

  function slot(node, isElement, name) {
    const attributeName = isElement ? "name" : "data-unspoken";
    if (!name.trim())
      return tell(node, `a slot without a name: write ${attributeName}="hero", or take the attribute away`);
    if (new TextEncoder().encode(name).length > MAX_NAME_BYTES)
      return tell(node, `a slot's name has at most ${MAX_NAME_BYTES} bytes; this one begins with ${name.slice(0, 20)}`);
    const outer = [...ancestors(node)].find(
      (it) => attribute(it, "data-unspoken") !== undefined || it.tagName === "unspoken-slot",
    );
    if (outer) tell(node, `slot ${name} stands inside another slot, which takes it away when it swaps: put it beside`);
    const found = byName.get(name) ?? {
      name,
      variants: [],
      isEmpty: true,
      interrupts: false,
      isManaged: false,
      tags: [],
      line: lineOf(node),
    };
    if (!byName.has(name)) seen.slots.push(found);
    byName.set(name, found);
    found.tags.push(...words(attribute(node, "data-unspoken-tags")));
    found.isManaged ||= attribute(node, "data-unspoken-managed") !== undefined;
    const here = new Set();
    for (const child of node.childNodes) {
      const variant = child.tagName === "template" ? attribute(child, "data-variant") : undefined;
      if (variant === undefined) {
        if (child.tagName || (child.nodeName === "#text" && child.value.trim())) found.isEmpty = false;
        continue;
      }
      if (!variant.trim()) tell(child, `a template of slot ${name} without a name: write data-variant="help"`);
      else if (here.has(variant))
        tell(child, `slot ${name} has two templates named ${variant}: only the first is ever shown`);
      else {
        here.add(variant);
        if (variant !== "default" && !found.variants.includes(variant)) found.variants.push(variant);
        found.interrupts ||= interrupts(child.content);
        if ([...elements(child.content)].some((it) => attribute(it, "data-unspoken") !== undefined))
          tell(
            child,
            `variant ${variant} of slot ${name} has a slot inside: slots within a variant are not looked at here`,
          );
      }
    }
  }

  function variantOutside(node) {
    const parent = node.parentNode;
    if (parent && (attribute(parent, "data-unspoken") !== undefined || parent.tagName === "unspoken-slot")) return;
    const variant = attribute(node, "data-variant");
    tell(node, `the template ${variant} is no child of a slot: only a slot's own children are its variants`);
  }

  function button(node) {
    const goal = goalOf(node);
    if (!goal) return;
    const [name, label] = goal;
    const click = selectorOf(node);
    if (click && new TextEncoder().encode(click).length <= MAX_NAME_BYTES) {
      if (!seen.goals.some((known) => known.name === name && known.click === click))
        seen.goals.push({ name, click, label, line: lineOf(node) });
    } else tell(node, `“${label}” looks like the goal ${name}, but nothing finds it again: give it an id`);
  }
}
