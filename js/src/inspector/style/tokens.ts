/**
 * The inks and the plain elements of the inspector.
 *
 * Each intent has one ink, used for its bar, its line and nothing else; everything that is not a
 * reading is grey, and amber is for what a person has forced. Sizes are in px on purpose: the panel
 * must not change with the page's root size.
 */
export const TOKENS = `
:host {
  --ground: #f6f6f4; --raised: #fff; --ink: #17191c; --muted: #5b6068; --line: #e0e0dc; --track: #e8e8e4;
  --commit: #0b7d5e; --struggle: #c02f49; --compare: #2f5fcc; --leave: #8a5c00; --buy: #7b3fb5; --own: #17191c; --signal: #17191c;
  --forced: #8a5c00; --forced-ground: #fdf1d8;
  --shadow: 0 0 0 1px rgb(23 25 28 / .09), -12px 0 40px -12px rgb(23 25 28 / .22);
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  all: initial; position: fixed; inset: auto 0 0 auto; width: 0; height: 0; z-index: 2147483000;
  color-scheme: light dark; color: var(--ink);
  font: 13px/1.45 var(--sans); font-variant-numeric: tabular-nums; -webkit-text-size-adjust: none;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ground: #121315; --raised: #1a1c1f; --ink: #ebebe8; --muted: #a0a4aa; --line: #2c2e32; --track: #2a2c30;
    --commit: #41cf9f; --struggle: #ff7b8e; --compare: #8aadff; --leave: #e3b355; --buy: #cba2f4; --own: #ebebe8; --signal: #ebebe8;
    --forced: #f0c063; --forced-ground: #35290f;
    --shadow: 0 0 0 1px rgb(255 255 255 / .09), -12px 0 48px -8px rgb(0 0 0 / .7);
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, h4, p, ul, ol, dl, dd, fieldset, legend, table { margin: 0; padding: 0; border: 0; font: inherit; }
th { font: inherit; text-align: left; }
ul, ol { list-style: none; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; -webkit-tap-highlight-color: transparent; text-align: inherit; }
code { font: 12px/1.4 var(--mono); overflow-wrap: anywhere; }
svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; flex: none; }
:focus-visible { outline: 2px solid var(--compare); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.because { font-size: 12px; color: var(--muted); overflow-wrap: anywhere; }
.because[data-bad] { color: var(--struggle); }
.aside, .empty { color: var(--muted); font-size: 12px; }
.heading { display: flex; align-items: center; gap: 10px; min-height: 24px; margin-bottom: 8px; }
.heading .aside { margin-left: auto; }
h3 { font-size: 13px; font-weight: 650; white-space: nowrap; }
.link { min-height: 24px; font-size: 12px; font-weight: 600; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: 3px; }
.link:hover { text-decoration-color: currentColor; }
`;
