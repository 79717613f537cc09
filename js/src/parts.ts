/**
 * Which parts of the core a page needs: the core comes as one file for every page and some that only
 * those load whose config, storage or calls ask for them. scripts/lib/seams.mjs says what is in each.
 *
 * A key anywhere in the config loads its part, also where it means something else there: a part too
 * many costs some bytes, and one too few would end the core.
 */
import type { Part, StorageMode } from "./types.js";

const NAMED: Record<Part, RegExp> = {
  experiment: /"(test|experiments|features|savedGroups|contextualBandits|holdout|overrides)":|"sticky":\[[^\]]/,
  learn: /"learn":|"(awaiting|posteriors)":\[[^\]]/,
  collect: /"endpoint":/,
  past: /"(journeys|schedule|\$history)":/,
  more: /"(intents|exclusive|\$(r|notR)egexi?|\$v\w+)":/,
  // Only calls ask for these.
  tools: /(?!)/,
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

/** The parts that know what this device has kept. */
export function partsKept(storage: StorageMode): Part[] {
  try {
    const area = storage === "session" ? sessionStorage : localStorage;
    const text = area["unspoken.profile"] ?? "";
    return PARTS.filter((part) => NAMED[part].test(text));
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
