/** Page views, exposures and goals over the range: three strips, a readout, and the same as a table. */

import { csvLine } from "./csv";
import { el, Keyed, say, set, type View } from "./dom";
import { count, counted, duration, moment } from "./format";
import type { Bucket, Report } from "./report";
import { rove } from "./rove";
import { note, section } from "./section";
import { bucketWidth, type Clock, createStrip, type Series, type Strip } from "./strip";

const CHANNELS: readonly { readonly series: Series; readonly label: string }[] = [
  { series: "views", label: "Page views" },
  { series: "exposures", label: "Exposures" },
  { series: "goals", label: "Goals" },
];

export function timeline(): View<Report> {
  const clock: Clock = { from: 0, to: 1, buckets: [], pointed: null };
  const when = el("p", { class: "when", "aria-hidden": "true" });
  const channels = CHANNELS.map(({ series, label }) => {
    const value = el("span", { class: "channel-value" });
    const name = el("span", { class: "channel-name" }, label);
    name.dataset["series"] = series;
    const host = el("div", { class: "strip", role: "img" });
    host.dataset["series"] = series;
    return { series, label, value, host, row: el("div", { class: "channel" }, el("p", {}, name, value), host) };
  });
  const figure = el(
    "div",
    { class: "recorder", role: "group", "aria-label": "Timeline: arrow keys move through it" },
    ...channels.map((channel) => channel.row),
  );
  const spoken = el("p", { class: "unseen", "aria-live": "polite" });
  const table = bucketTable();
  let strips: readonly Strip[] | null = null;

  const read = (): void => {
    const width = bucketWidth(clock);
    const bucket = clock.pointed === null ? undefined : clock.buckets[clock.pointed];
    say(
      when,
      bucket ? `${moment(bucket.at, width)} to ${moment(bucket.at + width, width)}` : `One bar is ${duration(width)}`,
    );
    set(when, "data-pointed", String(bucket !== undefined));
    for (const { series, value } of channels) say(value, count(bucket ? bucket[series] : sum(clock.buckets, series)));
  };
  const point = (bucket: number | null): void => {
    if (bucket === clock.pointed) return;
    clock.pointed = bucket;
    read();
  };

  rove(figure, {
    count: () => clock.buckets.length,
    point(at) {
      strips?.forEach((strip) => strip.mark(at));
      point(at < 0 ? null : at);
      const bucket = clock.buckets[at];
      say(
        spoken,
        bucket
          ? `${moment(bucket.at, bucketWidth(clock))}: ${CHANNELS.map(({ series, label }) => `${label} ${count(bucket[series])}`).join(", ")}.`
          : "",
      );
    },
  });

  // The strips are made with the first report: uPlot measures, so they must stand in the page.
  const start = (): void => {
    strips = channels.map(({ series, host }, at) =>
      createStrip({ host, series, clock, withTimes: at === channels.length - 1, onPoint: point }),
    );
    const [first] = channels;
    if (first) {
      new ResizeObserver(() => {
        const width = first.host.clientWidth;
        if (width > 0) strips?.forEach((strip) => strip.resize(width));
      }).observe(first.host);
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
      strips?.forEach((strip) => strip.draw()),
    );
  };

  const node = section(
    "timeline",
    "Timeline",
    [when, note("Each strip has a scale of its own.")],
    figure,
    spoken,
    table.node,
  );
  return {
    node,
    update(report) {
      clock.from = report.from;
      clock.to = Math.max(report.to, report.from + 1);
      clock.buckets = report.timeline;
      if (strips) strips.forEach((strip) => strip.draw());
      else if (node.isConnected) start();
      for (const { series, label, host } of channels) set(host, "aria-label", describe(label, series, clock));
      table.update(clock);
      read();
    },
  };
}

function sum(buckets: readonly Bucket[], series: Series): number {
  return buckets.reduce((total, bucket) => total + bucket[series], 0);
}

/** A strip in words. */
function describe(label: string, series: Series, clock: Clock): string {
  const total = sum(clock.buckets, series);
  if (total === 0) return `${label}: none in this range.`;
  const most = clock.buckets.reduce((best, bucket) => (bucket[series] > best[series] ? bucket : best));
  const width = bucketWidth(clock);
  return `${label}: ${count(total)} in this range, at most ${count(most[series])} in ${duration(width)}, at ${moment(most.at, width)}.`;
}

/** The figures behind the strips. Filled only while it is open. */
function bucketTable(): View<Clock> {
  const rows = el("tbody");
  const summary = el("summary", {}, "As a table");
  const head = el("tr", {}, el("th", { scope: "col" }, "From"));
  for (const { label } of CHANNELS) head.append(el("th", { scope: "col", class: "number" }, label));
  const caption = el("caption", { class: "unseen" }, "Timeline");
  const scroller = el("div", {
    class: "bucket-scroll",
    role: "region",
    tabindex: "0",
    "aria-label": "Timeline as a table",
  });
  scroller.append(el("table", { class: "buckets" }, caption, el("thead", {}, head), rows));
  let latest: Clock | null = null;
  const lines = (): (string | number)[][] => [
    ["from_ms", ...CHANNELS.map(({ series }) => series)],
    ...(latest?.buckets ?? []).map((bucket) => [bucket.at, ...CHANNELS.map(({ series }) => bucket[series])]),
  ];
  const node = el(
    "details",
    { class: "as-table" },
    summary,
    scroller,
    csvLine("timeline-csv", "timeline", "timeline", lines),
  );

  let width = 1;
  const keyed = new Keyed<Bucket>(
    rows,
    (bucket) => String(bucket.at),
    ({ at }) => {
      const cells = CHANNELS.map(() => el("td", { class: "number" }));
      return {
        node: el("tr", {}, el("th", { scope: "row" }, moment(at, width)), ...cells),
        update: (bucket) =>
          CHANNELS.forEach(({ series }, column) => say(cells[column] as HTMLElement, count(bucket[series]))),
      };
    },
  );
  const fill = (): void => {
    if (!node.open || !latest) return;
    width = bucketWidth(latest);
    say(caption, `Timeline in steps of ${duration(width)}, ${counted(latest.buckets.length, "step")}, latest first`);
    keyed.update([...latest.buckets].reverse());
  };
  node.addEventListener("toggle", fill);
  return {
    node,
    update(clock) {
      latest = clock;
      fill();
    },
  };
}
