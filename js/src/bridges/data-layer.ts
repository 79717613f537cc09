/**
 * Google Tag Manager's `dataLayer`: a list that the page pushes into and that tags read.
 *
 * The list is read, and its `push` is left alone. Tag Manager puts a `push` of its own there when it
 * loads, other scripts wrap that one, and whoever takes theirs off again takes off what came later. So
 * what is new is looked for when forecasts are made (up to four times a second while somebody is there)
 * and before the page goes away.
 */
import type { Decision, EventMap, Unspoken } from "../types.js";
import { Echo, type Goals, goalsByEvent, numberOf, reach } from "./goals.js";

/** What {@link dataLayer} may be told. */
export interface DataLayerOptions {
  /** The list. Default `window.dataLayer`, which is made where it is absent. */
  dataLayer?: unknown[];
  /** What is pushed. Default all three. */
  events?: readonly ("exposure" | "decision" | "goal")[];
  /**
   * Which events of the page are goals, such as `["purchase"]` or `{ purchase: "order" }`; also those
   * that were pushed before. Their worth is `value`, or `ecommerce.value`. Default none.
   */
  goals?: Goals;
}

/** What is pushed begins with this, and what begins with it is not read. */
const OURS = "unspoken_";

interface Entry {
  event?: unknown;
  value?: unknown;
  ecommerce?: { value?: unknown } | null;
}

/** An entry as an event: an object with `event`, or what `gtag("event", name, parameters)` leaves. */
function eventOf(entry: unknown): { name: string; value: number | undefined } | undefined {
  if (typeof entry !== "object" || entry === null) return;
  const { 0: command, 1: told, 2: parameters } = entry as { 0?: unknown; 1?: unknown; 2?: Entry };
  const own = command === "event" ? { ...parameters, event: told } : (entry as Entry);
  if (typeof own.event !== "string") return;
  return { name: own.event, value: numberOf(own.value, own.ecommerce?.value) };
}

/** All keys each time: Tag Manager keeps what an earlier entry said of the others. */
const ofSlot = ({ slot, variant, rule, by }: EventMap["exposure"] | Decision) => ({
  unspoken_slot: slot,
  unspoken_variant: variant,
  unspoken_rule: rule,
  unspoken_by: by,
});

/**
 * Joins Unspoken and the data layer, until the function that it returns is called.
 * @example dataLayer(unspoken, { goals: { purchase: "purchase", generate_lead: "lead" } });
 */
export function dataLayer(unspoken: Unspoken, options: DataLayerOptions = {}): () => void {
  const page = globalThis as { dataLayer?: unknown[] };
  const list = (): unknown[] => options.dataLayer ?? (page.dataLayer ??= []);
  const { events = ["exposure", "decision", "goal"] } = options;
  const goals = goalsByEvent(options.goals);
  const echo = new Echo();
  /** The entry that was read last, and how many there were then. */
  let last: unknown;
  let read = 0;

  const push = (event: string, entry: object) => void list().push({ event: OURS + event, ...entry });

  const look = () => {
    const entries = list();
    // Tag Manager throws away the oldest when there are many, so places are not to be counted on.
    const isCut = read > 0 && entries[read - 1] !== last;
    const fresh = entries.slice(isCut ? entries.lastIndexOf(last) + 1 : read);
    [last, read] = [entries.at(-1), entries.length];
    for (const entry of fresh) {
      const event = eventOf(entry);
      const goal = event && goals.get(event.name);
      if (goal !== undefined && !event?.name.startsWith(OURS)) reach(unspoken, echo, goal, event?.value);
    }
  };

  const stops = [unspoken.on("forecast", look)];
  if (events.includes("decision"))
    stops.push(unspoken.on("decision", (decision) => push("decision", ofSlot(decision))));
  if (events.includes("exposure"))
    stops.push(unspoken.on("exposure", (exposure) => push("exposure", ofSlot(exposure))));
  stops.push(
    unspoken.on("goal", ({ name, value }) => {
      if (!echo.hears(name, value) && events.includes("goal"))
        push("goal", { unspoken_goal: name, unspoken_value: value ?? null });
    }),
  );
  // The capturing phase comes before the SDK's own listeners, which send what there is.
  for (const event of ["visibilitychange", "pagehide"]) {
    globalThis.addEventListener?.(event, look, true);
    stops.push(() => globalThis.removeEventListener?.(event, look, true));
  }
  void unspoken.ready.then(() => stops.length > 0 && look());

  return () => {
    for (const stop of stops.splice(0)) stop();
  };
}
