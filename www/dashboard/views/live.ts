/** Live: what arrives, second by second, and who is on the site now. */

import type { Place } from "../address";
import { ask } from "../api";
import { type Cell, csvLine } from "../csv";
import { el, say, set, svg } from "../dom";
import { count, counted } from "../format";
import { live as sessionsView } from "../live";
import { Poll } from "../poll";
import { type LiveSession, type Report, readReport } from "../report";
import { type MakeScreen, screenHead } from "../screen";
import { note, section } from "../section";
import { countScale } from "../statistics";
import { type Beat, listen, type StreamState } from "../stream";

const SECONDS = 60;
const SERIES = ["views", "clicks", "exposures", "goals"] as const;
type Series = (typeof SERIES)[number];
const LABELS: Readonly<Record<Series, string>> = {
  views: "Page views",
  clicks: "Clicks",
  exposures: "Exposures",
  goals: "Goals",
};
const HEIGHT = 44;
/** Where the stream is not to be had: how often the list is asked for. */
const POLL_MS = 3000;
/** How long a stream may be broken before asking takes its place. */
const BROKEN_MS = 2500;

export const make: MakeScreen = (stage) => {
  const sessions = sessionsView();
  const state = el("p", { class: "stream-state", role: "status" });
  const since = new Date();
  const totals = new Map<Series | "batches", number>();
  const seconds: Beat[] = [];
  const lanes = SERIES.map((series) => lane(series));
  const batches = el("dd", {}, "0");
  let list: readonly LiveSession[] = [];
  const saving = csvLine("live-csv", "sessions on the site now", "live", () => sessionRows(list));
  let close: (() => void) | null = null;
  let poll: Poll<Report> | null = null;
  let late: ReturnType<typeof setTimeout> | undefined;
  let site: string | null | undefined;

  const node = el(
    "div",
    { class: "screen" },
    screenHead("Live", "What arrives, second by second, and who is on the site now.", [state]),
    section(
      "arrivals",
      "The last minute",
      [
        note("A bar is one second. Figures count from when this view was opened."),
        el("dl", { class: "arrivals" }, el("div", {}, el("dt", {}, "Batches"), batches)),
      ],
      el("div", { class: "lanes" }, ...lanes.map(({ node: each }) => each)),
    ),
    sessions.node,
  );

  // Beside the list, not under it: the list grows.
  sessions.node.querySelector(".margin")?.append(saving);

  const take = (beat: Beat): void => {
    seconds.push(beat);
    totals.set("batches", (totals.get("batches") ?? 0) + beat.batches);
    say(batches, count(totals.get("batches") ?? 0));
    for (const series of SERIES) totals.set(series, (totals.get(series) ?? 0) + beat[series]);
    drawLanes();
  };
  // Bars are placed by when they came here: clocks differ.
  const arrived: number[] = [];
  const drawLanes = (): void => {
    const now = Date.now();
    while (arrived.length < seconds.length) arrived.push(now);
    while (arrived.length > 0 && now - (arrived[0] as number) > SECONDS * 1000) {
      arrived.shift();
      seconds.shift();
    }
    SERIES.forEach((series, at) =>
      lanes[at]?.update(
        seconds.map((beat, index) => ({ ago: (now - (arrived[index] as number)) / 1000, value: beat[series] })),
        totals.get(series) ?? 0,
      ),
    );
  };
  const show = (sessionsNow: readonly LiveSession[], now: number): void => {
    list = sessionsNow;
    saving.hidden = list.length === 0;
    sessions.update({ live: list, generatedAt: now });
    stage.fresh();
  };

  const startPolling = (): void => {
    if (poll) return;
    words("polling");
    poll = new Poll<Report>((abort) => ask(stage.token, "/v1/report", query(5), readReport, abort), POLL_MS, {
      onAnswer: (report) => show(report.live, report.generatedAt),
      onHealth: stage.health,
      onRefused: stage.refused,
    });
    poll.start();
  };
  const stopPolling = (): void => {
    poll?.stop();
    poll = null;
  };
  const query = (minutes: number) => [
    ["minutes", String(minutes)] as const,
    ...(site ? [["site", site] as const] : []),
  ];
  const words = (kind: StreamState | "polling"): void => {
    set(state, "data-kind", kind);
    const opened = since.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    say(
      state,
      kind === "open"
        ? `Listening since ${opened}`
        : kind === "polling"
          ? "The stream is not to be had; asking every 3\u2009s instead"
          : kind === "opening"
            ? "Opening the stream\u2026"
            : "The stream broke off; opening it again",
    );
  };
  const start = (): void => {
    close?.();
    stopPolling();
    close = listen(stage.token, site ?? null, {
      event(name, data) {
        if (name === "batch") take(data as Beat);
        if (name === "live" && Array.isArray((data as { live?: unknown }).live)) {
          const { live, at } = data as { live: readonly LiveSession[]; at?: number };
          show(live, at ?? Date.now());
        }
      },
      state(kind) {
        clearTimeout(late);
        if (kind === "refused") return stage.refused();
        if (kind === "open") {
          stopPolling();
          stage.health({ kind: "live" });
        } else if (!poll) {
          late = setTimeout(startPolling, BROKEN_MS);
        }
        if (!poll) words(kind);
      },
    });
  };
  const clock = setInterval(drawLanes, 1000);
  drawLanes();
  return {
    node,
    show(place: Place) {
      if (site === place.site) return;
      site = place.site;
      start();
    },
    dispose() {
      clearInterval(clock);
      clearTimeout(late);
      close?.();
      stopPolling();
    },
  };
};

interface Lane {
  readonly node: HTMLElement;
  update(marks: readonly { readonly ago: number; readonly value: number }[], total: number): void;
}

function lane(series: Series): Lane {
  const value = el("span", { class: "channel-value" }, "0");
  const marks = svg("g");
  const plot = svg("svg", { class: "lane-plot", width: "100%", height: HEIGHT, role: "img" });
  plot.append(svg("line", { class: "edge", x1: "0%", x2: "100%", y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }), marks);
  const name = el("span", { class: "channel-name" }, LABELS[series]);
  name.dataset["series"] = series;
  const node = el("div", { class: "channel lane" }, el("p", {}, name, value), plot);
  node.dataset["series"] = series;
  return {
    node,
    update(list, total) {
      const most = countScale(Math.max(1, ...list.map((mark) => mark.value)));
      marks.replaceChildren(
        ...list
          .filter((mark) => mark.value > 0)
          .map(({ ago, value: height }) => {
            const tall = (height / most) * (HEIGHT - 6);
            return svg("rect", {
              class: "lane-bar",
              x: `${(100 * (1 - (ago + 1) / SECONDS)).toFixed(2)}%`,
              width: `${(80 / SECONDS).toFixed(2)}%`,
              y: HEIGHT - 1 - tall,
              height: tall,
            });
          }),
      );
      say(value, count(total));
      set(
        plot,
        "aria-label",
        `${LABELS[series]}: ${counted(
          list.reduce((sum, mark) => sum + mark.value, 0),
          "event",
        )} in the last minute.`,
      );
    },
  };
}

function sessionRows(list: readonly LiveSession[]): readonly (readonly Cell[])[] {
  return [
    [
      "session",
      "visitor",
      "started_at",
      "last_seen_at",
      "path",
      "views",
      "clicks",
      "exposures",
      "goals",
      "automation",
      "excluded",
    ],
    ...list.map((each) => [
      each.session,
      each.visitor,
      each.startedAt,
      each.lastSeenAt,
      each.path,
      each.views,
      each.clicks,
      each.exposures,
      each.goals.join(" "),
      each.automation,
      each.excluded,
    ]),
  ];
}
