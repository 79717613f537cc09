/** One polite live region. It speaks when a state changes, never because a poll came in. */

import { say } from "./dom";

export function announce(text: string): void {
  const region = document.getElementById("announcer");
  if (region) say(region, text);
}
