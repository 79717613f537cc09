/** A table of figures with its name, its units, and a button that saves it as CSV. */

import { type Cell, csvLine } from "./csv";
import { el } from "./dom";

export interface Column<T> {
  /** The head, with the unit where there is one. */
  readonly label: string;
  /** The name in the file: a word or two, with the unit. */
  readonly name: string;
  /** What is read, of `cell` where it is not given. */
  readonly text?: (row: T) => string | Node;
  /** The figure itself. */
  readonly cell: (row: T) => Cell;
  readonly kind?: "number" | "text";
  /** In the file alone: the screen says it together with another. */
  readonly inFile?: true;
}

interface Options<T> {
  /** Unique on the page. */
  readonly id: string;
  /** What it is a table of, for those who cannot see where it stands. */
  readonly caption: string;
  /** The file's name, without its ending. */
  readonly file: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
}

export function dataTable<T>({ id, caption, file, columns, rows }: Options<T>): HTMLElement {
  const shown = columns.filter(({ inFile }) => !inFile);
  const heads = shown.map((column) => el("th", { scope: "col", class: column.kind ?? "text" }, column.label));
  const body = el("tbody");
  for (const row of rows) {
    const cells = shown.map((column, at) => {
      const cell = column.cell(row);
      const content = column.text ? column.text(row) : cell === null ? "\u2013" : String(cell);
      const attributes = { class: column.kind ?? "text" };
      return at === 0 ? el("th", { scope: "row", ...attributes }, content) : el("td", attributes, content);
    });
    body.append(el("tr", {}, ...cells));
  }
  const table = el(
    "table",
    { class: "data" },
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, ...heads)),
    body,
  );
  const scroller = el("div", { class: "data-scroll", id, role: "region", tabindex: "0", "aria-label": caption }, table);
  const lines = (): Cell[][] => [
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  return el("div", { class: "data-block" }, scroller, csvLine(`${id}-csv`, caption, file, lines));
}

/** The same behind a disclosure: a chart stands above it. */
export function tableBehind<T>(options: Options<T>, summary = "As a table"): HTMLElement {
  return el(
    "details",
    { class: "as-table", id: `${options.id}-fold` },
    el("summary", {}, summary, el("span", { class: "unseen" }, `: ${options.caption}`)),
    dataTable(options),
  );
}
