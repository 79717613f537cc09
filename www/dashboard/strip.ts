/**
 * One strip of the timeline: a count per bucket, with a scale of its own, drawn by uPlot.
 *
 * Three strips under one clock, like the channels of a recorder, instead of three lines on one
 * scale: page views outnumber goals a hundred to one, and would press them flat.
 */

import uPlot from "uplot";
import { count, tick } from "./format";
import type { Bucket } from "./report";
import { countScale } from "./statistics";

export type Series = "views" | "exposures" | "goals";

/** What all strips of a timeline share. */
export interface Clock {
  from: number;
  to: number;
  buckets: readonly Bucket[];
  /** The bucket under the pointer, or null. */
  pointed: number | null;
}

export interface Strip {
  draw(): void;
  resize(width: number): void;
  /** Marks a bucket, as the pointer would; none below 0. */
  mark(bucket: number): void;
}

interface Options {
  readonly host: HTMLElement;
  readonly series: Series;
  readonly clock: Clock;
  readonly withTimes: boolean;
  readonly onPoint: (bucket: number | null) => void;
}

const PLOT_HEIGHT = 72;
/** Air above and below the bars, which keeps the scales of two strips apart. */
const ABOVE = 8;
const BELOW = 8;
const TIMES_HEIGHT = 26;
const SCALE_WIDTH = 42;
const STEPS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800];

export function bucketWidth({ from, to, buckets }: Clock): number {
  return Math.max(1, (to - from) / Math.max(1, buckets.length));
}

export function createStrip({ host, series, clock, withTimes, onPoint }: Options): Strip {
  const ink = (name: string) => (): string => getComputedStyle(host).getPropertyValue(name).trim() || "gray";
  const font = `11px ${getComputedStyle(host).getPropertyValue("--narrow").trim() || "sans-serif"}`;
  const times: uPlot.Axis = {
    size: withTimes ? TIMES_HEIGHT : 0,
    font,
    stroke: ink("--muted"),
    grid: { stroke: ink("--line"), width: 1 },
    ticks: { show: false },
    gap: 8,
    splits: (plot) => timeSplits(clock, plot.width),
    values: (plot, splits) =>
      splits.map((at) =>
        !withTimes || isClose(at, clock.to, plot) ? "" : tick(at, timeStep(clock, plot.width) * 1000),
      ),
  };
  const plot = new uPlot(
    {
      width: Math.max(120, host.clientWidth),
      height: PLOT_HEIGHT + (withTimes ? TIMES_HEIGHT - BELOW : 0),
      ms: 1,
      padding: [ABOVE, 1, withTimes ? 0 : BELOW, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [clock.from, clock.to] },
        y: { range: (_plot, _low, high) => [0, countScale(high)] },
      },
      series: [
        {},
        {
          stroke: ink(`--${series}`),
          fill: ink(`--${series}`),
          width: 0,
          points: { show: false },
          paths: (uPlot.paths.bars as uPlot.Series.BarsPathBuilderFactory)({ align: 1, size: [0.78, 40] }),
        },
      ],
      axes: [
        times,
        {
          size: SCALE_WIDTH,
          font,
          stroke: ink("--muted"),
          grid: { stroke: ink("--line"), width: 1 },
          ticks: { show: false },
          gap: 6,
          splits: (_plot, _axis, _low, high) => [0, high],
          values: (_plot, splits) => splits.map((value) => (value === 0 ? "" : count(value))),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false, setScale: false },
        sync: { key: "timeline" },
        move: (self, left, top) => [
          left < 0 ? left : self.valToPos(bucketStart(clock, self.posToVal(left, "x")), "x"),
          top,
        ],
      },
      hooks: {
        setCursor: [
          (self) => {
            const left = self.cursor.left ?? -1;
            // Half a bucket in, because the cursor stands exactly on an edge.
            onPoint(left < 0 ? null : bucketAt(clock, self.posToVal(left, "x") + bucketWidth(clock) / 2));
          },
        ],
      },
    },
    data(clock, series),
    host,
  );
  const band = (): void => {
    const width = plot.over.clientWidth / Math.max(1, clock.buckets.length);
    host.style.setProperty("--bucket", `${width.toFixed(2)}px`);
  };
  band();
  return {
    draw() {
      plot.setData(data(clock, series));
      band();
    },
    resize(width) {
      plot.setSize({ width, height: plot.height });
      band();
    },
    mark(bucket) {
      const at = clock.from + bucket * bucketWidth(clock);
      plot.setCursor(bucket < 0 ? { left: -10, top: -10 } : { left: plot.valToPos(at, "x"), top: 1 });
    },
  };
}

function data({ buckets }: Clock, series: Series): uPlot.AlignedData {
  return [buckets.map((bucket) => bucket.at), buckets.map((bucket) => bucket[series])];
}

function bucketAt(clock: Clock, at: number): number {
  const last = clock.buckets.length - 1;
  return Math.max(0, Math.min(last, Math.floor((at - clock.from) / bucketWidth(clock))));
}

function bucketStart(clock: Clock, at: number): number {
  return clock.from + bucketAt(clock, at) * bucketWidth(clock);
}

/** So close to the end that a label would be cut off. */
function isClose(at: number, end: number, plot: uPlot): boolean {
  return plot.valToPos(end, "x") - plot.valToPos(at, "x") < 22;
}

/** Seconds between the labels of the time axis, so that they do not touch. */
function timeStep({ from, to }: Clock, width: number): number {
  const fits = Math.max(2, Math.floor(width / 84));
  const least = (to - from) / 1000 / fits;
  return STEPS_S.find((step) => step >= least) ?? 604_800;
}

/** Round local times inside the range: whole minutes, hours, midnights. */
function timeSplits(clock: Clock, width: number): number[] {
  const step = timeStep(clock, width) * 1000;
  const offset = new Date(clock.from).getTimezoneOffset() * 60_000;
  const splits: number[] = [];
  for (let at = Math.ceil((clock.from - offset) / step) * step + offset; at <= clock.to; at += step) splits.push(at);
  return splits;
}
