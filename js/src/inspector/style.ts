/**
 * The inspector's look, as a constructed style sheet: pages with `style-src 'self'` carry it.
 *
 * Each intent has one ink, used for its bar, its trace and nothing else; everything that is not a
 * reading is grey. Sizes are in px on purpose: the panel must not change with the page's root size.
 */

const TOKENS = `
:host {
  --ground: #f5f6f8; --raised: #fff; --ink: #14181f; --muted: #5a6371; --line: #dfe3e9; --track: #e2e6ec;
  --commit: #0b7d5e; --struggle: #c4314b; --compare: #2f5fcc; --leave: #946200; --buy: #7b3fb5; --signal: #14181f;
  --shadow: 0 0 0 1px rgb(20 24 31 / .08), -12px 0 40px -12px rgb(20 24 31 / .22);
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  all: initial; position: fixed; inset: auto 0 0 auto; width: 0; height: 0; z-index: 2147483000;
  color-scheme: light dark; color: var(--ink);
  font: 13px/1.45 var(--sans); font-variant-numeric: tabular-nums; -webkit-text-size-adjust: none;
}
@media (prefers-color-scheme: dark) {
  :host {
    --ground: #101317; --raised: #181c22; --ink: #e8ecf1; --muted: #98a2b0; --line: #272d36; --track: #262c35;
    --commit: #41cf9f; --struggle: #ff7186; --compare: #83a8ff; --leave: #e0ad4e; --buy: #c79bf2; --signal: #e8ecf1;
    --shadow: 0 0 0 1px rgb(255 255 255 / .09), -12px 0 48px -8px rgb(0 0 0 / .7);
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; font: inherit; }
ul, ol { list-style: none; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; -webkit-tap-highlight-color: transparent; }
code { font: 12px/1.4 var(--mono); overflow-wrap: anywhere; }
svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; flex: none; }
:focus-visible { outline: 2px solid var(--compare); outline-offset: 2px; }
.panel:focus, .body:focus:not(:focus-visible) { outline: none; }
.body:focus-visible { outline-offset: -2px; }
`;

const FRAME = `
.tab {
  position: fixed; right: 16px; bottom: max(16px, env(safe-area-inset-bottom)); display: flex; align-items: center; gap: 8px;
  height: 40px; padding: 0 16px 0 12px; border-radius: 20px; background: var(--raised); box-shadow: 0 0 0 1px var(--line), 0 6px 20px -6px rgb(0 0 0 / .3); font-weight: 600;
}
.panel {
  position: fixed; inset: 0 0 0 auto; width: min(404px, 100vw); display: flex; flex-direction: column; contain: layout paint style;
  background: var(--ground); box-shadow: var(--shadow);
  transform: translateX(calc(100% + 48px)); visibility: hidden;
  transition: transform .24s cubic-bezier(.2, .8, .2, 1), visibility 0s .24s;
}
.panel[data-open] { transform: none; visibility: visible; transition-delay: 0s; }
.head { display: flex; align-items: center; gap: 12px; padding: 12px 12px 12px 20px; background: var(--raised); border-bottom: 1px solid var(--line); }
.head > div { flex: 1; min-width: 0; }
.logo { display: grid; place-items: center; }
.logo svg { width: 28px; height: 28px; stroke-width: 1.1; }
h2 { font-size: 15px; line-height: 20px; font-weight: 650; letter-spacing: -.01em; }
.state { display: flex; align-items: center; gap: 6px; font-size: 12px; line-height: 16px; color: var(--muted); }
.state::before { content: ""; width: 7px; height: 7px; border-radius: 50%; background: var(--muted); }
[data-state="running"] .state::before { background: var(--commit); animation: breathe 2.4s ease-in-out infinite; }
[data-state="fault"] .state::before { background: var(--struggle); }
@keyframes breathe { 50% { opacity: .35; } }
.close { width: 40px; height: 40px; display: grid; place-items: center; border-radius: 8px; color: var(--muted); }
.close:hover { background: var(--track); color: var(--ink); }
.body { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.banner { padding: 12px 20px; border-bottom: 1px solid var(--line); background: var(--raised); overflow-wrap: anywhere; }
[data-state="waiting"] .readings, [data-state="fault"] .live { display: none; }
[data-state="starting"] .readings { opacity: .45; }
section { padding: 16px 20px 18px; border-bottom: 1px solid var(--line); }
section:last-child { border-bottom: 0; }
.heading { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; margin-bottom: 10px; }
h3 { font-size: 13px; font-weight: 650; white-space: nowrap; }
.aside, .empty { color: var(--muted); font-size: 12px; }
.aside { text-align: right; }
@media (prefers-reduced-motion: reduce) {
  .panel, .bar-fill, .why-toggle svg { transition: none !important; }
  .state::before, .dot { animation: none !important; }
}
`;

const READINGS = `
.rate { display: grid; grid-template-columns: auto 1fr; gap: 20px; align-items: end; }
.rate-figure { display: grid; min-width: 76px; }
.rate-number { font-size: 44px; line-height: 44px; font-weight: 300; letter-spacing: -.03em; }
.unit { color: var(--muted); font-size: 12px; }
.rate-trace { min-width: 0; }
.trace { display: block; width: 100%; }
.trace-signals { height: 52px; color: var(--signal); background: repeating-linear-gradient(to left, var(--line) 0 1px, transparent 1px calc(100% / 6)); }
.scale { display: flex; justify-content: space-between; padding-top: 3px; border-top: 1px solid var(--line); color: var(--muted); font-size: 11px; line-height: 14px; }
.forecasts { display: grid; gap: 10px; }
.forecast { display: grid; grid-template-columns: 1fr 112px; column-gap: 16px; align-items: start; }
.forecast-name { grid-area: 1 / 1 / 2 / -1; padding-right: 46px; align-self: baseline; font-size: 12px; color: var(--muted); }
.forecast-name strong { margin-right: 4px; font-size: 13px; font-weight: 600; color: var(--ink); }
.forecast-figure { grid-area: 1 / 1 / 2 / -1; justify-self: end; align-self: baseline; color: var(--muted); }
.forecast-number { font-size: 17px; line-height: 20px; font-weight: 500; margin-right: 1px; }
.forecast[data-leads] .forecast-number { color: var(--ink); font-weight: 650; }
.bar { position: relative; height: 8px; margin-top: 6px; background: var(--track); overflow: hidden; }
.bar::after { content: ""; position: absolute; inset: 0; background: repeating-linear-gradient(to right, transparent 0 calc(10% - 1px), var(--ground) calc(10% - 1px) 10%); }
.bar-fill { display: block; height: 100%; background: currentColor; transform: scaleX(0); transform-origin: 0 50%; transition: transform .25s linear; }
.trace-forecast { height: 22px; border-bottom: 1px solid var(--line); }
[data-intent="commit"] :is(.bar, .trace) { color: var(--commit); }
[data-intent="struggle"] :is(.bar, .trace) { color: var(--struggle); }
[data-intent="compare"] :is(.bar, .trace) { color: var(--compare); }
[data-intent="leave"] :is(.bar, .trace) { color: var(--leave); }
[data-intent="buy"] :is(.bar, .trace) { color: var(--buy); }
.focus-line { margin-top: 14px; color: var(--muted); }
.focus-line b { font: 600 12px/1.4 var(--mono); color: var(--ink); }
.focus-line[data-none] b { font: inherit; color: inherit; }
.figures { display: grid; grid-template-columns: repeat(4, auto); gap: 12px; margin: 12px 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dd { font-size: 17px; line-height: 22px; font-weight: 500; }
dt { color: var(--muted); font-size: 12px; }
.ids div { display: flex; gap: 12px; align-items: baseline; }
.ids dt { width: 52px; flex: none; }
`;

const DECISIONS = `
.slots { display: grid; gap: 8px; }
.slot { position: relative; padding: 12px 14px 8px; border-radius: 10px; background: var(--raised); box-shadow: 0 0 0 1px var(--line); }
.slot[data-focus] { box-shadow: 0 0 0 1px var(--muted); }
.slot-line { display: flex; align-items: center; gap: 8px; min-width: 0; }
.slot-name { font-size: 13px; font-weight: 600; }
.considered { display: none; align-items: center; gap: 3px; color: var(--muted); font-size: 12px; white-space: nowrap; }
.considered svg { width: 13px; height: 13px; fill: currentColor; }
.slot[data-focus] .considered { display: flex; }
.variant { margin-left: auto; padding: 1px 8px; border-radius: 10px; background: var(--ink); color: var(--raised); font: 600 12px/18px var(--mono); overflow-wrap: anywhere; }
.variant[data-default] { background: none; color: var(--muted); box-shadow: inset 0 0 0 1px var(--line); font-weight: 400; }
.reason { margin-top: 4px; overflow-wrap: anywhere; }
section > .reason { margin-top: 0; }
.slot-foot { margin-top: 2px; font-size: 12px; color: var(--muted); white-space: nowrap; }
.slot-foot code { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.stage[data-waits]::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%; border: 1.5px solid var(--leave); }
.slot-foot code:not(:empty)::before { content: "by "; font-family: var(--sans); }
.why-toggle { display: flex; align-items: center; gap: 2px; height: 32px; margin: 0 -8px 0 auto; padding: 0 10px 0 4px; border-radius: 6px; font-weight: 600; color: var(--ink); }
.why-toggle:hover { background: var(--track); }
.why-toggle svg { transition: transform .15s; }
.why-toggle[aria-expanded="true"] svg { transform: rotate(90deg); }
.why { margin: 6px -14px 0; padding: 12px 14px 6px; border-top: 1px solid var(--line); }
.chain { display: grid; gap: 12px; }
h4 { margin: 0 0 3px; font-size: 12px; font-weight: 650; }
.trials { display: grid; gap: 10px; }
.trial { display: grid; grid-template-columns: 60px 1fr; color: var(--muted); }
.test { display: grid; grid-template-columns: 26px 1fr; font-size: 12px; overflow-wrap: anywhere; }
.test b { font-weight: 650; color: var(--ink); }
.trial[data-held] code { color: var(--ink); }
.trial[data-decides] code { font-weight: 650; }
.held { font-size: 12px; line-height: 18px; }
.trial[data-decides] > .held, .test[data-held] .held { color: var(--commit); font-weight: 650; }
.trial-line { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; }
.trial-show { margin-left: auto; font-size: 12px; text-align: right; }
.because { font-size: 12px; color: var(--muted); overflow-wrap: anywhere; }
details { margin-top: 10px; }
summary { padding: 6px 0; color: var(--muted); font-size: 12px; cursor: pointer; border-radius: 4px; }
.attributes { padding: 2px 0 8px; font: 12px/1.4 var(--mono); }
.attributes div { display: flex; justify-content: space-between; gap: 16px; padding: 3px 0; border-bottom: 1px solid var(--line); }
.attributes div:last-child { border: 0; }
.attributes dd { text-align: right; overflow-wrap: anywhere; }
.log { display: grid; gap: 5px; }
.log li { display: grid; grid-template-columns: 58px 66px 1fr; gap: 8px; align-items: baseline; overflow-wrap: anywhere; }
.log time { color: var(--muted); font-size: 12px; }
.kind { font-size: 12px; color: var(--muted); }
[data-event="goal"] .kind { color: var(--commit); font-weight: 650; }
[data-event="exposure"] .kind, [data-event="decision"] .kind { color: var(--ink); }
[data-event="fault"] .kind { color: var(--struggle); font-weight: 650; }
.actions { padding: 12px 20px; background: var(--raised); border-top: 1px solid var(--line); }
.action-row { display: grid; grid-template-columns: 1fr auto; gap: 8px; }
.confirm { display: grid; grid-template-columns: 1fr auto auto; gap: 8px; align-items: center; }
.action { display: flex; align-items: center; justify-content: center; gap: 8px; min-height: 40px; padding: 0 16px; border-radius: 8px; font-weight: 600; box-shadow: inset 0 0 0 1px var(--line); }
.action:hover { background: var(--track); }
.danger { background: var(--struggle); color: var(--raised); box-shadow: none; }
.danger:hover { background: var(--struggle); filter: brightness(.92); }
.dot { width: 10px; height: 10px; border-radius: 50%; background: var(--struggle); }
.record[aria-pressed="true"] { box-shadow: inset 0 0 0 1.5px var(--struggle); }
.record[aria-pressed="true"] .dot { border-radius: 2px; animation: breathe 1.2s ease-in-out infinite; }
.status { margin-top: 8px; font-size: 12px; color: var(--muted); overflow-wrap: anywhere; }
.status:empty { display: none; }
[data-state="waiting"] .actions { display: none; }
`;

const PHONE = `
@media (max-width: 640px) {
  .panel {
    inset: auto 0 0 0; width: 100%; height: min(66vh, 640px); height: min(66dvh, 640px); border-radius: 16px 16px 0 0; overflow: hidden;
    transform: translateY(calc(100% + 48px)); box-shadow: 0 0 0 1px var(--line), 0 -12px 40px -12px rgb(0 0 0 / .35);
  }
  .head { padding-block: 6px; }
  section { padding-block: 12px 14px; }
  .actions { padding-block: 8px; padding-bottom: max(8px, env(safe-area-inset-bottom)); }
}
`;

let made: CSSStyleSheet | undefined;

/** The style sheet, shared by every inspector of the page. */
export function sheet(): CSSStyleSheet {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(TOKENS + FRAME + READINGS + DECISIONS + PHONE);
  }
  return made;
}
