/** Forecasts, figures and the log. */
export const READINGS = `
.rate { display: grid; grid-template-columns: auto 1fr; gap: 20px; align-items: end; }
.rate-figure { display: grid; min-width: 76px; }
.rate-number { font-size: 40px; line-height: 40px; font-weight: 300; letter-spacing: -.03em; }
.unit { color: var(--muted); font-size: 12px; }
.rate-trace { min-width: 0; }
.trace { display: block; width: 100%; }
.trace-signals { height: 48px; color: var(--signal); background: repeating-linear-gradient(to left, var(--line) 0 1px, transparent 1px calc(100% / 6)); }
.scale { display: flex; justify-content: space-between; padding-top: 3px; color: var(--muted); font-size: 11px; line-height: 14px; }
.rate-trace .scale { border-top: 1px solid var(--line); }
.forecasts { display: grid; gap: 12px; }
.forecast { display: grid; grid-template-columns: 1fr minmax(112px, 30%); column-gap: 16px; align-items: start; }
.forecast-name { grid-area: 1 / 1 / 2 / -1; padding-right: 46px; align-self: baseline; font-size: 12px; color: var(--muted); }
.forecast-name strong { margin-right: 4px; font-size: 13px; font-weight: 600; color: var(--ink); }
.forecast-figure { grid-area: 1 / 1 / 2 / -1; justify-self: end; align-self: baseline; color: var(--muted); }
.forecast-number { font-size: 17px; line-height: 20px; font-weight: 500; margin-right: 1px; }
.forecast[data-leads] .forecast-number { color: var(--ink); font-weight: 650; }
.bar { position: relative; height: 8px; margin-top: 6px; background: var(--track); overflow: hidden; }
.bar::after { content: ""; position: absolute; inset: 0; background: repeating-linear-gradient(to right, transparent 0 calc(10% - 1px), var(--ground) calc(10% - 1px) 10%); }
.bar-fill { display: block; height: 100%; background: currentColor; transform: scaleX(0); transform-origin: 0 50%; transition: transform .25s linear; }
.trace-forecast { height: 24px; border-bottom: 1px solid var(--line); }
[data-intent] :is(.bar, .ink) { color: var(--own); }
[data-intent="commit"] :is(.bar, .ink) { color: var(--commit); }
[data-intent="struggle"] :is(.bar, .ink) { color: var(--struggle); }
[data-intent="compare"] :is(.bar, .ink) { color: var(--compare); }
[data-intent="leave"] :is(.bar, .ink) { color: var(--leave); }
[data-intent="buy"] :is(.bar, .ink) { color: var(--buy); }
.focus-line { margin-top: 14px; color: var(--muted); }
.focus-line b { font: 600 12px/1.4 var(--mono); color: var(--ink); }
.focus-line[data-none] b { font: inherit; color: inherit; }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
.figure dd:nth-of-type(1) { font-size: 24px; line-height: 32px; font-weight: 400; letter-spacing: -.02em; }
.more { min-height: 36px; font-size: 12px; line-height: 18px; color: var(--muted); }
.figures + .because { margin-top: 10px; }
dt { color: var(--muted); font-size: 12px; }
.pairs { display: grid; gap: 4px; }
.pairs div { display: grid; grid-template-columns: 84px 1fr; gap: 12px; align-items: baseline; }
.pairs dd { overflow-wrap: anywhere; }
.pairs + .because { margin-top: 6px; }
.log { display: grid; gap: 5px; }
.log li { display: grid; grid-template-columns: 58px 66px 1fr; gap: 8px; align-items: baseline; overflow-wrap: anywhere; }
.log time { color: var(--muted); font-size: 12px; }
.kind { font-size: 12px; color: var(--muted); }
[data-event="goal"] .kind { color: var(--commit); font-weight: 650; }
[data-event="exposure"] .kind, [data-event="decision"] .kind { color: var(--ink); }
[data-event="fault"] .kind { color: var(--struggle); font-weight: 650; }
`;
