/** The way in: one field, and a plain word when it does not work. */

import { el, say, svg } from "./dom";

export type GateState =
  | { readonly kind: "asking" }
  | { readonly kind: "trying" }
  | { readonly kind: "refused" }
  | { readonly kind: "expired" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "failed"; readonly status: number; readonly detail: string };

export interface Gate {
  readonly node: HTMLElement;
  show(state: GateState): void;
  focus(): void;
}

interface Options {
  readonly onToken: (token: string) => void;
  readonly onRetry: () => void;
}

export function mark(): SVGElement {
  return svg(
    "svg",
    { class: "mark-sign", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", { d: "M1.5 1v13.5H15", class: "mark-axes" }),
    svg("path", { d: "M2 14L14.5 1.5", class: "mark-diagonal" }),
    svg("circle", { cx: 9.6, cy: 6.4, r: 3, class: "mark-point" }),
  );
}

export function gate({ onToken, onRetry }: Options): Gate {
  const input = el("input", {
    id: "token",
    type: "password",
    name: "token",
    autocomplete: "current-password",
    autocapitalize: "off",
    spellcheck: "false",
    required: "",
    "aria-describedby": "token-hint gate-message",
  });
  const message = el("p", { id: "gate-message", class: "gate-message", role: "alert" });
  const submit = el("button", { type: "submit", class: "primary" }, "Open the dashboard");
  const retry = el("button", { type: "button", class: "primary" }, "Try again");
  const form = el(
    "form",
    { class: "gate-form" },
    // Password managers want a name to file the token under.
    el("input", {
      class: "unseen",
      type: "text",
      name: "username",
      autocomplete: "username",
      value: "collector",
      tabindex: "-1",
      "aria-hidden": "true",
      readonly: "",
    }),
    el("label", { for: "token" }, "Access token"),
    input,
    el(
      "p",
      { id: "token-hint", class: "hint" },
      el("code", {}, "npm start"),
      " prints a link that carries it. On a collector of your own it is the value of ",
      el("code", {}, "--token"),
      ".",
    ),
    message,
    el("div", { class: "gate-actions" }, submit, retry),
  );
  const node = el(
    "main",
    { class: "gate" },
    el("h1", {}, mark(), "Unspoken"),
    el("p", { class: "gate-lead" }, "What visitors did, and whether the forecasts came true."),
    form,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (token === "") input.focus();
    else onToken(token);
  });
  retry.addEventListener("click", onRetry);
  return {
    node,
    show(state) {
      const trying = state.kind === "trying";
      submit.disabled = trying;
      say(submit, trying ? "Asking the collector\u2026" : "Open the dashboard");
      const wrong = state.kind === "refused" || state.kind === "expired";
      const down = state.kind === "unreachable" || state.kind === "failed";
      input.setAttribute("aria-invalid", String(wrong));
      retry.hidden = !down;
      submit.hidden = down;
      say(message, words(state));
      if (state.kind === "asking" || state.kind === "expired") input.value = "";
      if (state.kind === "refused") input.select();
    },
    focus: () => input.focus(),
  };
}

function words(state: GateState): string {
  switch (state.kind) {
    case "refused":
      return "The collector does not know this token.";
    case "expired":
      return "The collector no longer accepts the token of this session. Enter the new one.";
    case "unreachable":
      return "The collector does not answer. Is it running?";
    case "failed":
      return `The collector answered ${state.status}${state.detail ? `: ${state.detail}` : ""}.`;
    default:
      return "";
  }
}
