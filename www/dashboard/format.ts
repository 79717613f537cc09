/** Numbers, durations and times as words and digits. English throughout, as the page is. */

const LOCALE = "en-GB";
const MINUS = "\u2212";
const THIN = "\u2009";

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const weekdayClock = new Intl.DateTimeFormat(LOCALE, { weekday: "short", hour: "2-digit", minute: "2-digit" });
const dayOfUtc = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" });
const dayMonth = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric" });

/** `12,480`. Beyond seven digits `12.5 M`, so that a figure keeps its place. */
export function count(value: number): string {
  if (Math.abs(value) >= 1e9) return `${short.format(value / 1e9)}${THIN}bn`;
  if (Math.abs(value) >= 1e7) return `${short.format(value / 1e6)}${THIN}M`;
  return whole.format(value).replace("-", MINUS);
}

/** A sum of goal values: no currency, because the collector knows none. */
export function amount(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1e7) return count(value);
  return cents.format(value).replace("-", MINUS);
}

/** `1 visitor`, `12 visitors`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share of 1 as `12 %`, `4.2 %`, `0.3 %`. */
export function percent(share: number): string {
  return `${percentDigits(share)}${THIN}%`;
}

/** `3.4 to 5.1 %`: both ends with as many decimals as the higher one deserves. */
export function percentRange(low: number, high: number): string {
  const digits = high < 0.00995 ? 2 : high < 0.1995 ? 1 : 0;
  const end = (share: number): string => (share <= 0 ? "0" : (share * 100).toFixed(digits));
  return `${end(low)} to ${end(high)}${THIN}%`;
}

/** The same as `percent` without the sign. */
export function percentDigits(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.005) return "<0.01";
  if (value <= 0) return "0";
  if (value < 0.995) return value.toFixed(2);
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** For sentences: `11 %`, and a decimal only below one. */
export function roughly(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return `under 0.1${THIN}%`;
  return `${value > 0 && value < 0.95 ? value.toFixed(1) : value.toFixed(0)}${THIN}%`;
}

/** `.912`, the way such scores are read. */
export function score(value: number): string {
  return value >= 0.9995 ? "1.00" : value.toFixed(3).replace(/^0/, "");
}

export function bytes(value: number): string {
  if (value < 1000) return `${whole.format(value)}${THIN}B`;
  if (value < 1e6) return `${(value / 1000).toFixed(1)}${THIN}kB`;
  return `${(value / 1e6).toFixed(1)}${THIN}MB`;
}

/** `42 s`, `7 min`, `1 h 12 min`, `3 d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}${THIN}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${THIN}min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)}${THIN}d`;
  return minutes % 60 === 0 ? `${hours}${THIN}h` : `${hours}${THIN}h ${minutes % 60}${THIN}min`;
}

/** A moment, as precise as the width of its bucket asks for. */
export function moment(at: number, widthMs: number): string {
  if (widthMs < 60_000) return clockSeconds.format(at);
  return widthMs > 3_600_000 ? weekdayClock.format(at) : clock.format(at);
}

/** `22 Nov`, of a day written as `2026-11-22`. Days are of UTC. */
export function date(day: string): string {
  const at = Date.parse(day);
  return Number.isFinite(at) ? dayOfUtc.format(at) : day;
}

/** A label of a time axis with steps of `stepMs`. */
export function tick(at: number, stepMs: number): string {
  if (stepMs >= 86_400_000) return dayMonth.format(at);
  return stepMs < 60_000 ? clockSeconds.format(at) : clock.format(at);
}
