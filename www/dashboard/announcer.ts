/** One polite live region. It speaks when a state changes, never because a poll came in. */

import { say } from "./dom";

/** Spoken words are taken away after this long, so that the same words can be spoken again. */
const SPOKEN_MS = 4000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
  const region = document.getElementById("announcer");
  if (!region) return;
  clearTimeout(timer);
  say(region, text);
  timer = setTimeout(() => say(region, ""), SPOKEN_MS);
}
