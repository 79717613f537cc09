/** The last minute: the chart, and the slider that lies over it as one line. */
export const TIMELINE = `
.timeline { padding: 8px 20px 10px; border-top: 1px solid var(--line); border-bottom: 0; background: var(--raised); }
.timeline .heading { gap: 2px; margin-bottom: 4px; }
.timeline .aside { min-width: 76px; margin-right: 8px; text-align: right; }
.step-button { display: grid; place-items: center; width: 28px; height: 28px; border-radius: 6px; color: var(--muted); }
.step-button:hover { background: var(--track); color: var(--ink); }
.to-now { display: flex; align-items: center; gap: 6px; height: 28px; padding: 0 8px; border-radius: 6px; font-size: 12px; font-weight: 600; color: var(--compare); }
.to-now i { width: 7px; height: 7px; border-radius: 50%; background: var(--compare); }
.to-now[data-now] { color: var(--muted); cursor: default; }
.to-now[data-now] i { background: var(--commit); }
.to-now:not([data-now]):hover { background: var(--track); }
.plot { position: relative; height: 72px; margin: 0 -6px; }
.minute { display: block; width: 100%; height: 100%; }
.scale-top { position: absolute; left: 10px; top: 3px; color: var(--muted); font-size: 10px; line-height: 12px; background: var(--raised); padding-right: 3px; }
.scrub { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; background: none; appearance: none; -webkit-appearance: none; cursor: ew-resize; }
.scrub::-webkit-slider-runnable-track { height: 100%; background: none; }
.scrub::-moz-range-track { height: 100%; background: none; }
.scrub::-webkit-slider-thumb { appearance: none; -webkit-appearance: none; width: 12px; height: 72px; border: 0; border-radius: 0; background: linear-gradient(var(--muted), var(--muted)) center / 1.5px 100% no-repeat, linear-gradient(var(--muted), var(--muted)) 50% 0 / 9px 9px no-repeat; }
.scrub::-moz-range-thumb { width: 12px; height: 72px; border: 0; border-radius: 0; background: linear-gradient(var(--muted), var(--muted)) center / 1.5px 100% no-repeat, linear-gradient(var(--muted), var(--muted)) 50% 0 / 9px 9px no-repeat; }
.timeline[data-past] .scrub::-webkit-slider-thumb { background: linear-gradient(var(--compare), var(--compare)) center / 2px 100% no-repeat, linear-gradient(var(--compare), var(--compare)) 50% 0 / 9px 9px no-repeat; }
.timeline[data-past] .scrub::-moz-range-thumb { background: linear-gradient(var(--compare), var(--compare)) center / 2px 100% no-repeat, linear-gradient(var(--compare), var(--compare)) 50% 0 / 9px 9px no-repeat; }
.scrub:focus-visible { outline-offset: 0; border-radius: 4px; }
.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(110px, 1fr)); gap: 0 8px; margin-top: 4px; font-size: 12px; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: 4px; }
.legend b { font-weight: 500; }
.legend [data-leads] { color: var(--ink); }
.legend [data-leads] b { font-weight: 650; }
.ink { width: 10px; height: 3px; border-radius: 1px; background: currentColor; }
.event { margin-top: 2px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.event:empty { display: none; }
@media (max-width: 640px) {
  .plot { height: 52px; }
  .scrub::-webkit-slider-thumb { height: 52px; }
  .scrub::-moz-range-thumb { height: 52px; }
  .timeline .scale { display: none; }
}
`;
