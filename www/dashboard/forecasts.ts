/** Forecasts against outcomes: for each head how often it was right, with nothing left out. */

import { csvLine } from "./csv";
import { el, Keyed, say, type View } from "./dom";
import { count, percent } from "./format";
import { byHead, meaning } from "./heads";
import { reliabilityDiagram } from "./reliability";
import type { Bin, Head, Report } from "./report";
import { note, section } from "./section";
import { aucFigure, aucSentence, basis, binSentence, eceSentence, fewSentence, tellingBin, tooFew } from "./verdict";

export function forecasts(): View<Report> {
  const grid = el("div", { class: "heads" });
  const empty = el(
    "div",
    { class: "empty" },
    el("p", { class: "empty-lead" }, "No forecast has met its outcome in this range."),
    el(
      "p",
      {},
      "The SDK forecasts several times a second and sends what came of it. The first outcomes arrive seconds after a visit begins.",
    ),
  );
  const keyed = new Keyed<Head>(grid, ({ head }) => head, headView);
  return {
    node: section(
      "forecasts",
      "Forecasts against outcomes",
      [
        note("An intent is a forecast that can be checked: an outcome within a horizon."),
        note(
          "On the diagonal, forecast and outcome agree. Above it the forecast was too low, below it too high. The area of a point is the number of moments behind it.",
        ),
        note(
          "AUC says how well moments are ranked: a coin has .500, an oracle 1. ECE says how far the forecasts lie from what came true: 0 is best.",
        ),
      ],
      empty,
      grid,
    ),
    update({ intents }) {
      empty.hidden = intents.length > 0;
      grid.hidden = intents.length === 0;
      keyed.update([...intents].sort((a, b) => byHead(a.head, b.head)));
    },
  };
}

function headView({ head: name }: Head): View<Head> {
  const id = `head-${name}`;
  const judged = el("p", { class: "judged" });
  const auc = el("span", { class: "score" });
  const aucWords = el("span", { class: "score-words" });
  const ece = el("span", { class: "score" });
  const eceWords = el("span", { class: "score-words" });
  const scores = el(
    "dl",
    { class: "scores" },
    el(
      "div",
      {},
      el("dt", {}, el("abbr", { title: "Area under the ROC curve" }, "AUC")),
      el("dd", {}, auc),
      el("dd", {}, aucWords),
    ),
    el(
      "div",
      {},
      el("dt", {}, el("abbr", { title: "Expected calibration error" }, "ECE")),
      el("dd", {}, ece),
      el("dd", {}, eceWords),
    ),
  );
  const few = el("p", { class: "few" });
  const sentence = el("p", { class: "sentence" });
  const table = binTable(name);

  let latest: Head | null = null;
  let pointed: Bin | null = null;
  const speak = (): void => {
    const bin = pointed ?? (latest ? tellingBin(latest) : null);
    say(sentence, bin ? binSentence(bin) : "");
    sentence.hidden = bin === null;
  };
  const diagram = reliabilityDiagram((bin) => {
    pointed = bin;
    speak();
  });
  const node = el(
    "article",
    { class: "head", "aria-labelledby": id },
    el("header", {}, el("h3", { id }, name), el("p", { class: "meaning" }, meaning(name))),
    diagram.node,
    el("div", { class: "words" }, sentence, judged, few, scores, table.node),
  );
  return {
    node,
    update(head) {
      latest = head;
      const faint = tooFew(head);
      diagram.update(head.bins, describe(head), faint);
      speak();
      few.hidden = !faint;
      scores.hidden = faint;
      say(few, fewSentence(head));
      say(judged, basis(head));
      say(auc, aucFigure(head.auc));
      say(aucWords, head.auc === null ? "It takes both outcomes to tell." : aucSentence(head.auc));
      say(ece, percent(head.ece));
      say(eceWords, eceSentence(head.ece));
      table.update(head);
    },
  };
}

/** The diagram in words. Its points are in the table. */
function describe(head: Head): string {
  const bins = head.bins.filter((bin) => bin.count > 0);
  if (bins.length === 0) return `Reliability diagram of ${head.head}: no points yet.`;
  const telling = tellingBin(head);
  return `Reliability diagram of ${head.head}, ${count(bins.length)} ${bins.length === 1 ? "point" : "points"}. ${telling ? binSentence(telling) : ""}`;
}

function binTable(name: string): View<Head> {
  let latest: readonly Bin[] = [];
  const rows = el("tbody");
  const node = el(
    "details",
    { class: "as-table" },
    el("summary", {}, "As a table", el("span", { class: "unseen" }, `: ${name}`)),
    el(
      "table",
      { class: "bins" },
      el("caption", { class: "unseen" }, `Forecast and outcome of ${name}`),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col", class: "number" }, "Forecast"),
          el("th", { scope: "col", class: "number" }, "Came true"),
          el("th", { scope: "col", class: "number" }, "Moments"),
        ),
      ),
      rows,
    ),
    csvLine(`bins-${name}-csv`, `forecast and outcome of ${name}`, `reliability-${name}`, () => [
      ["forecast", "observed", "moments"],
      ...latest.map((bin) => [bin.forecast, bin.observed, bin.count]),
    ]),
  );
  const keyed = new Keyed<Bin & { readonly at: number }>(
    rows,
    ({ at }) => String(at),
    () => {
      const forecast = el("th", { scope: "row", class: "number" });
      const observed = el("td", { class: "number" });
      const moments = el("td", { class: "number" });
      return {
        node: el("tr", {}, forecast, observed, moments),
        update(bin) {
          say(forecast, percent(bin.forecast));
          say(observed, percent(bin.observed));
          say(moments, count(bin.count));
        },
      };
    },
  );
  return {
    node,
    update({ bins }) {
      const filled = bins.filter((bin) => bin.count > 0);
      node.hidden = filled.length === 0;
      latest = filled;
      keyed.update(filled.map((bin, at) => ({ ...bin, at })));
    },
  };
}
