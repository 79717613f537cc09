/** The drawer itself: its tab, its edge, its head, the tabs, the foot; and the frame over a slot. */
export const FRAME = `
.tab {
  position: fixed; right: 16px; bottom: max(16px, env(safe-area-inset-bottom)); display: flex; align-items: center; gap: 8px;
  height: 40px; padding: 0 16px 0 12px; border-radius: 20px; background: var(--raised); box-shadow: 0 0 0 1px var(--line), 0 6px 20px -6px rgb(0 0 0 / .3); font-weight: 600;
}
.panel {
  position: fixed; inset: 0 0 0 auto; width: 420px; max-width: 100vw; display: flex; flex-direction: column; contain: layout paint style;
  background: var(--ground); box-shadow: var(--shadow);
  transform: translateX(calc(100% + 48px)); visibility: hidden;
  transition: transform .24s cubic-bezier(.2, .8, .2, 1), visibility 0s .24s;
}
.panel[data-open] { transform: none; visibility: visible; transition-delay: 0s; }
.panel:focus { outline: none; }
.edge { position: absolute; z-index: 2; inset: 0 auto 0 0; width: 9px; cursor: ew-resize; touch-action: none; }
.edge::after { content: ""; position: absolute; left: 3px; top: calc(50% - 18px); width: 3px; height: 36px; border-radius: 2px; background: var(--line); }
.edge:hover::after, .edge:focus-visible::after { background: var(--muted); }
.edge:focus-visible { outline-offset: -2px; }
.head { display: flex; align-items: center; gap: 12px; padding: 12px 12px 10px 20px; background: var(--raised); }
.head > div { flex: 1; min-width: 0; }
.logo { display: grid; place-items: center; }
.logo svg { width: 28px; height: 28px; stroke-width: 1.1; }
h2 { font-size: 15px; line-height: 20px; font-weight: 650; letter-spacing: -.01em; }
.state { display: flex; align-items: center; gap: 6px; font-size: 12px; line-height: 16px; color: var(--muted); }
.state::before { content: ""; width: 7px; height: 7px; border-radius: 50%; background: var(--muted); }
[data-state="running"] .state::before { background: var(--commit); animation: breathe 2.4s ease-in-out infinite; }
[data-state="past"] .state::before { background: var(--compare); }
[data-state="fault"] .state::before { background: var(--struggle); }
@keyframes breathe { 50% { opacity: .35; } }
.close { width: 40px; height: 40px; display: grid; place-items: center; border-radius: 8px; color: var(--muted); }
.close:hover { background: var(--track); color: var(--ink); }
.banner { padding: 12px 20px; border-top: 1px solid var(--line); background: var(--raised); overflow-wrap: anywhere; }
.tabs { display: flex; gap: 2px; padding: 0 14px; background: var(--raised); border-bottom: 1px solid var(--line); }
.tabs button { position: relative; height: 40px; padding: 0 10px; color: var(--muted); font-weight: 600; border-radius: 6px; }
.tabs button:hover { color: var(--ink); }
.tabs [aria-selected="true"] { color: var(--ink); }
.tabs [aria-selected="true"]::after { content: ""; position: absolute; inset: auto 10px -1px; height: 2px; background: var(--ink); }
.tabs :focus-visible { outline-offset: -4px; }
.body { flex: 1; min-height: 0; display: grid; }
.tab-panel { min-height: 0; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.tab-panel:focus-visible { outline-offset: -2px; }
[data-state="waiting"] :is(.body, .timeline, .actions) { visibility: hidden; }
[data-state="fault"] .live { display: none; }
[data-state="starting"] .body { opacity: .45; }
section { padding: 14px 20px 18px; border-bottom: 1px solid var(--line); }
.tab-panel section:last-child { border-bottom: 0; }
.actions { padding: 10px 20px; background: var(--raised); border-top: 1px solid var(--line); }
.action-row { display: grid; grid-template-columns: 1fr auto; gap: 8px; }
.confirm { display: grid; grid-template-columns: 1fr auto auto; gap: 8px; align-items: center; margin-bottom: 8px; }
.confirm:last-of-type { margin: 0; }
.confirm p { font-size: 12px; }
.action { display: flex; align-items: center; justify-content: center; gap: 8px; min-height: 38px; padding: 0 16px; border-radius: 8px; font-weight: 600; box-shadow: inset 0 0 0 1px var(--line); }
.action:hover { background: var(--track); }
.danger { background: var(--struggle); color: var(--raised); box-shadow: none; }
.danger:hover { background: var(--struggle); filter: brightness(.92); }
.dot { width: 10px; height: 10px; border-radius: 50%; background: var(--struggle); }
.record[aria-pressed="true"] { box-shadow: inset 0 0 0 1.5px var(--struggle); }
.record[aria-pressed="true"] .dot { border-radius: 2px; animation: breathe 1.2s ease-in-out infinite; }
.status { margin-top: 8px; font-size: 12px; color: var(--muted); overflow-wrap: anywhere; }
.status:empty { display: none; }
.frames { position: fixed; inset: 0; pointer-events: none; }
.frame { position: absolute; left: 0; top: 0; min-height: 2px; outline: 2px solid var(--compare); outline-offset: 2px; border-radius: 2px; background: rgb(47 95 204 / .06); }
.frame span { position: absolute; left: -4px; bottom: calc(100% + 4px); padding: 1px 7px; border-radius: 3px 3px 0 0; background: var(--compare); color: var(--raised); font: 600 12px/18px var(--mono); white-space: nowrap; }
.frame[data-inside] span { bottom: auto; top: 0; border-radius: 0 0 3px 0; }
@media (prefers-reduced-motion: reduce) {
  .panel, .bar-fill, .slot-head svg { transition: none !important; }
  .state::before, .dot { animation: none !important; }
}
@media (max-width: 640px) {
  .panel { inset: auto 0 0 0; width: 100%; border-radius: 14px 14px 0 0; overflow: hidden; transform: translateY(calc(100% + 48px)); box-shadow: 0 0 0 1px var(--line), 0 -12px 40px -12px rgb(0 0 0 / .35); }
  .edge { inset: 0 0 auto 0; width: auto; height: 16px; cursor: ns-resize; }
  .edge::after { left: calc(50% - 18px); top: 6px; width: 36px; height: 3px; }
  .head { padding-block: 12px 4px; }
  .logo { display: none; }
  .close { width: 44px; }
  section { padding: 10px 16px 12px; }
  .tabs { padding: 0 8px; }
  .actions { padding: 8px 16px max(8px, env(safe-area-inset-bottom)); }
}
`;
