/**
 * Which parts of the core a page needs: the core comes as one file for every page and some that only
 * those load whose config, storage or calls ask for them. scripts/lib/seams.mjs says what is in each.
 *
 * A key anywhere in the config loads its part, also where it means something else there: a part too
 * many costs some bytes, and one too few would end the core.
 */
import type { Part, StorageMode } from "./types.js";

const NAMED: Record<Part, RegExp> = {
  experiment: /"(test|experiments|features|savedGroups|contextualBandits|holdout|overrides)":/,
  learn: /"learn":/,
  collect: /"endpoint":/,
  // The compiler made one function of two that are alike, so what learns needs what stands here.
  past: /"(journeys|schedule|\$history|learn)":/,
  more: /"(intents|exclusive|\$(r|notR)egexi?|\$v\w+)":/,
  // Only calls ask for these.
  tools: /(?!)/,
};
/** What a part has kept of this visitor, in a profile. */
const KEPT: Partial<Record<Part, RegExp>> = {
  experiment: /"sticky":\[[^\]]/,
  learn: /"(awaiting|posteriors)":\[[^\]]/,
  past: /"(awaiting|posteriors)":\[[^\]]/,
};
const PARTS = Object.keys(NAMED) as Part[];

/** The methods of the core that a part brings. */
export const BRINGS: Record<string, Part | undefined> = {
  feature: "experiment",
  place: "experiment",
  again: "experiment",
  run: "experiment",
  explain: "tools",
  force: "tools",
  record: "tools",
  stop_recording: "tools",
};

/** The parts that a value asks for by its keys. */
export function partsFor(value: unknown): Part[] {
  try {
    const text = JSON.stringify(value) ?? "";
    return PARTS.filter((part) => NAMED[part].test(text));
  } catch {
    return PARTS; // It goes round in circles: the core will say what it makes of that.
  }
}

/** The parts that know what this device has kept, or a profile that the server hands on. */
export function partsKept(storage: StorageMode, handed?: object | null): Part[] {
  try {
    const area = storage === "session" ? sessionStorage : localStorage;
    const text = `${area["unspoken.profile"]} ${JSON.stringify(handed)}`;
    return PARTS.filter((part) => KEPT[part]?.test(text));
  } catch {
    return [];
  }
}

/** Parts as the bits of src/part.rs: those that the core has to know of come first. */
export const bits = (parts: Iterable<Part>): number => {
  let sum = 0;
  for (const part of parts) sum |= 1 << PARTS.indexOf(part);
  return sum;
};

/** The parts that are not there, as bits. */
export const without = (has: (part: Part) => boolean): number => bits(PARTS.filter((part) => !has(part)));
