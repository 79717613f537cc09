/** Bars of counts over whole numbers, with the figure on each. */

import { el, say, set } from "../dom";
import { rove } from "../rove";

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly sentence: string;
}

/** A scale of its own: the longest bar is full. `axis` names what is counted across. */
export function bars(id: string, label: string, values: readonly Bar[], axis: string): HTMLElement {
  const most = Math.max(1, ...values.map(({ value }) => value));
  const readout = el("p", { class: "readout", id: `${id}-readout`, "aria-live": "polite" });
  const columns = values.map(({ name, value, text }) => {
    const fill = el("span", { class: "bar-fill", "data-none": String(value === 0) });
    fill.style.height = `${((value / most) * 100).toFixed(2)}%`;
    const room = el("span", { class: "bar-room" }, el("span", { class: "bar-value" }, text), fill);
    return el("span", { class: "bar" }, room, el("span", { class: "bar-name" }, name));
  });
  const node = el(
    "div",
    { class: "bars", role: "img", "aria-label": label, "aria-describedby": readout.id, id },
    ...columns,
  );
  const point = (at: number): void => {
    columns.forEach((column, index) => set(column, "data-pointed", String(index === at)));
    say(readout, values[at]?.sentence ?? "");
  };
  const move = rove(node, { count: () => values.length, point });
  columns.forEach((column, at) => column.addEventListener("pointerenter", () => move(at)));
  node.addEventListener("pointerleave", () => move(-1));
  return el(
    "div",
    { class: "chart" },
    el("div", { class: "bars-scroll" }, node),
    el("p", { class: "bars-axis" }, axis),
    readout,
  );
}
