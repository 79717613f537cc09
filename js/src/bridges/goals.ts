/** Goals that a page tells by other names, and how a bridge keeps from hearing itself. */
import type { Unspoken } from "../types.js";

/** Which events of the page are goals: their names, or the goal's name by the event's. */
export type Goals = readonly string[] | Readonly<Record<string, string>>;

/** The goal by the name of the page's event. */
export function goalsByEvent(goals: Goals = []): Map<string, string> {
  return new Map(Array.isArray(goals) ? goals.map((name) => [name, name]) : Object.entries(goals));
}

/** The first that is a number, or a text that is one: a shop writes prices in both ways. */
export function numberOf(...values: unknown[]): number | undefined {
  for (const value of values) {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
  }
  return;
}

const keyOf = (name: string, value: number | undefined) => JSON.stringify([name, value ?? 0]);

/** What was said by the bridge itself and has yet to come back to it. */
export class Echo {
  private readonly _said = new Map<string, number>();

  say(name: string, value: number | undefined): void {
    const key = keyOf(name, value);
    this._said.set(key, (this._said.get(key) ?? 0) + 1);
  }

  /** Whether it is the bridge's own; it is heard once for each time it was said. */
  hears(name: string, value: number | undefined): boolean {
    const key = keyOf(name, value);
    const times = this._said.get(key) ?? 0;
    if (times < 2) this._said.delete(key);
    else this._said.set(key, times - 1);
    return times > 0;
  }
}

/** A goal that the page told; its event comes back and is not to be told to the page again. */
export function reach(unspoken: Unspoken, echo: Echo, goal: string, value: number | undefined): void {
  // After a fault nothing comes back, and what is never heard must not hush a later one.
  if (unspoken.stats().fault === null) echo.say(goal, value);
  unspoken.goal(goal, value === undefined ? {} : { value });
}
