/** A table as a file that spreadsheets and programs read (RFC 4180), made of the figures that are shown. */

import { el } from "./dom";

export type Cell = string | number | boolean | null;

/** One line a row, CRLF, quotes only where they are needed. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  // Names come from pages. A spreadsheet would run what begins like a formula.
  const tame = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/** Saves text as a file. */
function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A button that saves what `rows` gives when it is pressed. `caption` says of what, to those who cannot see it. */
export function csvLine(
  id: string,
  caption: string,
  file: string,
  rows: () => readonly (readonly Cell[])[],
): HTMLElement {
  const button = el(
    "button",
    { type: "button", class: "plain csv", id },
    "Save as CSV",
    el("span", { class: "unseen" }, `: ${caption}`),
  );
  button.addEventListener("click", () => save(`${file}.csv`, csv(rows())));
  return el("p", { class: "csv-line" }, button);
}
