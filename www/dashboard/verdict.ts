/** What the forecasts of one head were worth, in words. */

import { count, counted, percentDigits, roughly, score } from "./format";
import type { Bin, Head } from "./report";

/** Fewer moments, or fewer of either outcome, and no score is worth printing. */
const ENOUGH_MOMENTS = 100;
const ENOUGH_OUTCOMES = 10;
/** A bin needs as many moments before a sentence is made of it. */
const ENOUGH_IN_BIN = 20;

export function tooFew({ count: moments, positives }: Head): boolean {
  return moments < ENOUGH_MOMENTS || Math.min(positives, moments - positives) < ENOUGH_OUTCOMES;
}

/** `Of 214 moments forecast around 12 %, 11 % came true.` */
export function binSentence({ forecast, observed, count: moments }: Bin): string {
  if (moments === 1)
    return `The one moment forecast at ${roughly(forecast)} ${observed > 0.5 ? "came true" : "did not come true"}.`;
  return `Of ${count(moments)} moments forecast around ${roughly(forecast)}, ${observed > 0 ? roughly(observed) : "none"} came true.`;
}

/** The bin that speaks for the head: the highest forecast with enough moments behind it. */
export function tellingBin({ bins }: Head): Bin | null {
  const enough = bins.filter((bin) => bin.count >= ENOUGH_IN_BIN);
  if (enough.length > 0) return enough.reduce((best, bin) => (bin.forecast > best.forecast ? bin : best));
  const some = bins.filter((bin) => bin.count > 0);
  return some.length > 0 ? some.reduce((best, bin) => (bin.count > best.count ? bin : best)) : null;
}

/** How many moments there were, and how they ended. */
export function basis(head: Head): string {
  if (head.count === 0) return "No forecast has met its outcome yet.";
  return `${counted(head.count, "moment")} judged, ${head.positives === 0 ? "none" : count(head.positives)} came true.`;
}

export function fewSentence(head: Head): string {
  if (head.count === 0) return "It takes a visit, and then the horizon has to pass.";
  if (head.count < ENOUGH_MOMENTS) return `Too few to judge: scores stand here from ${ENOUGH_MOMENTS} moments.`;
  const rare = head.positives <= head.count - head.positives ? "that came true" : "that did not come true";
  return `Too few to judge: scores stand here from ${ENOUGH_OUTCOMES} moments ${rare}.`;
}

/** The area under the ROC curve as the chance it is. */
export function aucSentence(auc: number): string {
  return `It ranks a moment that comes true above one that does not ${roughly(auc)} of the time.`;
}

export function eceSentence(ece: number): string {
  const points = percentDigits(ece);
  return `Forecast and outcome are ${points} ${points === "1.0" ? "point" : "points"} apart on average.`;
}

export function aucFigure(auc: number | null): string {
  return auc === null ? "\u2013" : score(auc);
}
