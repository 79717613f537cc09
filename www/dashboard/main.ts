/**
 * The dashboard: whether it helps, what visitors did, and whether the forecasts came true.
 *
 * It knows the collector that serves it and nothing else. This module decides which of the two pages stands:
 * the gate, or the views behind it.
 */

import { announce } from "./announcer";
import { type Answer, ask, readSites } from "./api";
import { type GateState, gate } from "./gate";
import { type Shell, shell } from "./shell";
import { adoptTokenFromAddress, dropToken, keepToken, readToken } from "./token";

const app = document.getElementById("app") as HTMLElement;
let open: Shell | null = null;
let attempt: AbortController | null = null;
/** A token that was typed and not yet accepted: tried again by "Try again". */
let candidate: string | null = null;

/** A remembered token is usually right: the gate shows itself only when the answer is slow. */
const QUIET_MS = 400;

const door = gate({
  onToken: (token) => void enter(token),
  onRetry: () => {
    if (candidate !== null) void enter(candidate);
  },
});

function showGate(state: GateState): void {
  open?.dispose();
  open = null;
  document.title = "Unspoken dashboard";
  door.show(state);
  if (!door.node.isConnected) {
    app.replaceChildren(door.node);
    if (state.kind !== "trying") door.focus();
  }
}

async function enter(token: string, quietly = false): Promise<void> {
  attempt?.abort();
  const mine = new AbortController();
  attempt = mine;
  candidate = token;
  const slow = setTimeout(() => showGate({ kind: "trying" }), quietly ? QUIET_MS : 0);
  const answer: Answer<readonly string[]> = await ask(token, "/v1/sites", [], readSites, mine.signal);
  clearTimeout(slow);
  if (attempt !== mine) return;
  attempt = null;
  switch (answer.kind) {
    case "answer": {
      keepToken(token);
      candidate = null;
      open?.dispose();
      open = shell({
        token,
        sites: answer.value,
        onRefused: () => {
          dropToken();
          showGate({ kind: "expired" });
        },
        onLeave: () => {
          dropToken();
          showGate({ kind: "asking" });
          announce("Signed out.");
        },
      });
      app.replaceChildren(open.node);
      open.start();
      if (!quietly) open.focus();
      return;
    }
    case "refused":
      dropToken();
      return showGate({ kind: "refused" });
    case "unreachable":
      return showGate({ kind: "unreachable" });
    case "failed":
      return showGate(answer);
    case "aborted":
      return;
  }
}

function begin(): void {
  const token = readToken();
  if (token === null) showGate({ kind: "asking" });
  else void enter(token, true);
}

addEventListener("hashchange", () => {
  if (adoptTokenFromAddress()) begin();
});
adoptTokenFromAddress();
begin();
