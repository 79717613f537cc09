/** What a head's days say, in words: what happened, what it means, what to do. */

import { counted, date, percent, score } from "./format";
import type { Day, HeadDays } from "./intents";

/** `22 Nov: 12 % forecast, 21 % came true, in 204 sessions. AUC .741 (.702 to .780).` */
export function daySentence(day: Day): string {
  const sessions = counted(day.sessions, "session");
  const gap = `${date(day.day)}: ${percent(day.forecast)} forecast, ${percent(day.observed)} came true, in ${sessions}.`;
  if (day.auc === null) return gap;
  if (day.aucLow === null || day.aucHigh === null) return `${gap} AUC ${score(day.auc)}, of too few to be sure.`;
  return `${gap} AUC ${score(day.auc)} (${score(day.aucLow)} to ${score(day.aucHigh)}).`;
}

export function lastAlarm(days: readonly Day[]): Day | null {
  return days.filter((day) => day.drift).at(-1) ?? null;
}

/** What the alarm means and what to do about it. Commands stand in backticks. */
export function alarmSentence(head: string, day: Day, days: readonly Day[]): string {
  const sentences: string[] = [];
  if (day.alarms.includes("gap")) {
    const more = day.z !== null && day.z > 0;
    const over = day.over > 1 ? ` (over ${day.over} days)` : "";
    const apart = day.z === null ? "" : `, ${Math.abs(day.z).toFixed(1)} standard errors apart${over}`;
    sentences.push(
      `${date(day.day)}: ${more ? "more" : "less"} happens than is forecast${apart}. Rules on intent.${head} apply too ${more ? "seldom" : "often"}. Run \`unspoken calibrate\`, which shifts the forecasts to what happens.`,
    );
  }
  if (day.alarms.includes("ranking")) {
    const before = days.filter((other) => other.day < day.day && other.auc !== null && !other.drift);
    const usual = before.reduce((sum, other) => sum + (other.auc ?? 0), 0) / Math.max(1, before.length);
    const from = before.length > 0 ? ` from ${score(usual)}` : "";
    sentences.push(
      `${date(day.day)}: AUC fell${from} to ${score(day.auc ?? 0.5)}. Look for what changed on the site, then train on what came since: \`unspoken train ${head} --db\`, then \`unspoken publish\`.`,
    );
  }
  if (day !== days.at(-1)) sentences.push("The days since raised none.");
  return sentences.join(" ");
}

/** Why nothing is judged yet, where nothing is. */
export function waitingSentence(days: readonly Day[]): string | null {
  if (days.some((day) => day.z !== null)) return null;
  return "Too few to judge: an alarm takes 30 sessions, and forecasts that promise five outcomes, within a week.";
}

/** The strips in words. Their figures are in the table. */
export function describeDays({ head, days }: HeadDays): string {
  const alarms = days.filter((day) => day.drift).length;
  const last = days.at(-1);
  const raised = alarms === 0 ? "No alarm." : `${counted(alarms, "day")} with an alarm.`;
  return `${head} over ${counted(days.length, "day")}. ${raised} ${last ? `Latest: ${daySentence(last)}` : ""}`;
}
