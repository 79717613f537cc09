/** One of a few: radio buttons that look like a row of keys. Arrows move, as radio buttons do. */

import { el } from "./dom";

export interface Option {
  readonly value: string;
  readonly short: string;
  /** What is read aloud, where the short form is cryptic. */
  readonly long?: string;
}

export interface Choice {
  readonly node: HTMLElement;
  /** Shows another choice without telling anyone. */
  choose(value: string): void;
}

export function choice(
  name: string,
  legend: string,
  options: readonly Option[],
  onChange: (option: Option) => void,
): Choice {
  const node = el("fieldset", { class: "ranges" }, el("legend", { class: "unseen" }, legend));
  const radios = options.map((option) => {
    const id = `${name}-${option.value}`;
    const radio = el("input", { type: "radio", name, id, value: option.value });
    radio.addEventListener("change", () => onChange(option));
    const label = el(
      "label",
      { for: id },
      ...(option.long
        ? [el("span", { "aria-hidden": "true" }, option.short), el("span", { class: "unseen" }, option.long)]
        : [option.short]),
    );
    node.append(radio, label);
    return radio;
  });
  return {
    node,
    choose(value) {
      for (const radio of radios) radio.checked = radio.value === value;
    },
  };
}

/** A choice of many, with its name beside it. `null` is the first, which says so. */
export function pick(
  id: string,
  label: string,
  none: string,
  onChange: (value: string | null) => void,
): { readonly node: HTMLElement; fill(values: readonly string[], chosen: string | null): void } {
  const select = el("select", { id });
  const node = el("p", { class: "chooser" }, el("label", { for: id }, label), select);
  let listed = "";
  select.addEventListener("change", () => onChange(select.value || null));
  return {
    node,
    fill(values, chosen) {
      const all = chosen !== null && !values.includes(chosen) ? [...values, chosen] : values;
      if (all.join("\n") !== listed) {
        listed = all.join("\n");
        select.replaceChildren(
          el("option", { value: "" }, none),
          ...all.map((value) => el("option", { value }, value)),
        );
      }
      select.value = chosen ?? "";
    },
  };
}
