/** Whether an experiment divides its visitors as its weights say, in words. */

import { count, roughly } from "./format";
import type { Ratio } from "./report";

/** The usual bound for this check: it is made on every look, so it has to be strict. */
const ALARM = 0.001;

/** The shares differ from the expected ones by more than chance explains. */
export function isOff({ p }: Ratio): boolean {
  return p !== null && p < ALARM;
}

/** `headline: default 510 of 1,000 (expected 50 %), mended 490 (50 %). As expected (p = 0.53).` */
export function ratioSentence(ratio: Ratio): string {
  const all = ratio.shares.reduce((sum, { visitors }) => sum + visitors, 0);
  const shares = ratio.shares.map(
    ({ variant, visitors, expected }) =>
      `${variant} ${count(visitors)} of ${count(all)} (expected ${roughly(expected)})`,
  );
  return `${ratio.rule}: ${shares.join(", ")}. ${verdict(ratio)}`;
}

function verdict(ratio: Ratio): string {
  if (ratio.p === null) return "Too few visitors to check the shares.";
  const p = ratio.p < ALARM ? `p < ${ALARM}` : `p = ${ratio.p.toFixed(ratio.p < 0.1 ? 3 : 2)}`;
  return isOff(ratio)
    ? `These shares are not chance (${p}): visitors are lost on the way, and the rates cannot be compared.`
    : `The shares are as expected (${p}).`;
}
