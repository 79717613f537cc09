/** Slots, what forces them, and their conditions. */
export const SLOTS = `
.slots { margin: 0 -20px -18px; border-top: 1px solid var(--line); }
.slot { border-bottom: 1px solid var(--line); }
.slot:last-child { border-bottom: 0; }
.slot[data-open] { background: var(--raised); }
.slot-head { display: grid; grid-template-columns: 16px 1fr auto; gap: 0 8px; align-items: center; width: 100%; padding: 10px 20px 10px 14px; }
.slot-head:hover { background: var(--track); }
.slot-head:focus-visible { outline-offset: -2px; }
.slot-head svg { color: var(--muted); transition: transform .15s; }
.slot-head[aria-expanded="true"] svg { transform: rotate(90deg); }
.slot-name { font: 600 13px/1.4 var(--mono); overflow-wrap: anywhere; }
.variant { padding: 1px 8px; border-radius: 10px; background: var(--ink); color: var(--raised); font: 600 12px/18px var(--mono); overflow-wrap: anywhere; }
.variant[data-default] { background: none; color: var(--muted); box-shadow: inset 0 0 0 1px var(--line); font-weight: 400; }
.slot[data-forced] .variant { background: var(--forced-ground); color: var(--forced); box-shadow: inset 0 0 0 1px var(--forced); font-weight: 600; }
.slot-foot { grid-column: 2 / -1; display: flex; gap: 10px; font-size: 12px; color: var(--muted); min-width: 0; }
.stage { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.stage[data-waits]::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%; border: 1.5px solid var(--leave); }
.considered { margin-left: auto; white-space: nowrap; color: var(--ink); }
.slot-detail { display: grid; gap: 14px; padding: 2px 20px 16px 38px; }
.reason { overflow-wrap: anywhere; }
.then { padding-left: 10px; border-left: 2px solid var(--compare); }
.force { min-width: 0; }
.force legend, .part h4 { margin-bottom: 5px; font-size: 12px; font-weight: 650; }
.choices { display: flex; flex-wrap: wrap; gap: 6px; }
.choice { position: relative; display: inline-flex; cursor: pointer; }
.choice input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: inherit; }
.choice span { padding: 4px 11px; border-radius: 15px; font: 12px/20px var(--mono); box-shadow: inset 0 0 0 1px var(--line); }
.choice:first-child span { font-family: var(--sans); font-weight: 600; }
.choice:hover span { background: var(--track); }
.choice input:checked + span { background: var(--ink); color: var(--raised); box-shadow: none; }
.slot[data-forced] .choice input:checked + span { background: var(--forced-ground); color: var(--forced); box-shadow: inset 0 0 0 1.5px var(--forced); font-weight: 600; }
.choice input:focus-visible + span { outline: 2px solid var(--compare); outline-offset: 2px; }
.choice input:disabled + span { opacity: .5; }
.force .because { margin-top: 6px; }
.why { display: grid; gap: 14px; }
.trials { display: grid; gap: 12px; }
.trial { padding-left: 10px; border-left: 2px solid var(--line); color: var(--muted); }
.trial[data-decides] { border-color: var(--commit); }
.trial[data-held] code { color: var(--ink); }
.trial[data-decides] .trial-line code { font-weight: 650; }
.trial-line { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; }
.trial-show { font-size: 12px; }
.verdict { margin-left: auto; font-size: 12px; }
.trial[data-decides] .verdict { color: var(--commit); font-weight: 650; }
.tests { width: 100%; border-collapse: collapse; font-size: 12px; }
.tests tbody :is(th, td) { padding: 3px 8px 3px 0; border-top: 1px solid var(--line); vertical-align: baseline; overflow-wrap: anywhere; }
.tests tbody .held { overflow-wrap: normal; }
.tests tbody tr:first-child > * { border-top: 0; }
.tests .held { width: 32px; padding-right: 6px; white-space: nowrap; }
.tests .saw { padding-right: 0; max-width: 160px; font-weight: 650; color: var(--ink); text-align: right; }
.test[data-held] .held { color: var(--commit); font-weight: 650; }
summary { padding: 4px 0; color: var(--muted); font-size: 12px; cursor: pointer; border-radius: 4px; }
.attributes { padding: 2px 0 0; font: 12px/1.4 var(--mono); }
.attributes div { display: flex; justify-content: space-between; gap: 16px; padding: 3px 0; border-bottom: 1px solid var(--line); }
.attributes div:last-child { border: 0; }
.attributes dd { text-align: right; overflow-wrap: anywhere; }
.slot-detail > .link { justify-self: start; }
@media (max-width: 640px) {
  .slots { margin: 0 -16px -12px; }
  .slot-head { padding: 11px 16px 11px 10px; }
  .slot-detail { padding: 2px 16px 14px 34px; }
  .choice span { padding-block: 9px; border-radius: 19px; }
}
`;
