/**
 * An edge worker that decides before the page leaves it: the page streams through, the hero gets the
 * variant that was decided, and the browser goes on from there.
 */
import { createCore } from "unspoken/node";
import wasm from "unspoken/unspoken-node.wasm";
import config from "./unspoken.json";

/** Kept for all requests of this isolate. */
const core = createCore({ config, wasm });

/** The variants of the hero; the page itself has only the default. */
const VARIANTS = {
  hero: {
    ferry: "<h1>The last ferry leaves at nine</h1><p>Two boats run late while the evenings are long.</p>",
    market: "<h1>Fish market, six to ten</h1><p>On the quay, in any weather.</p>",
  },
};

const TYPES = {
  html: "text/html; charset=utf-8",
  css: "text/css",
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

const cookie = (request, name) =>
  request.headers.get("Cookie")?.match(new RegExp(`(?:^|;\\s*)${name}=([0-9a-f]{32})(?:;|$)`))?.[1];

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const path = url.pathname === "/" ? "/index.html" : url.pathname;
    const file = await env.FILES.fetch(`http://files${path}`);
    if (!file.ok) return new Response("Not here.", { status: 404 });
    const headers = new Headers({ "Content-Type": TYPES[path.split(".").at(-1)] ?? "application/octet-stream" });
    if (!path.endsWith(".html")) return new Response(file.body, { headers });

    const visit = (await core).visit({
      id: cookie(request, "visitor"),
      page: { url, referrer: request.headers.get("Referer") },
      language: request.headers.get("Accept-Language")?.split(",")[0],
      timeZone: request.cf?.timezone,
      attributes: { campaign: url.searchParams.get("campaign") },
    });
    headers.set("Set-Cookie", `visitor=${visit.visitor}; Path=/; Max-Age=31536000; SameSite=Lax`);
    // It is one visitor's page now, so no cache between may keep it.
    headers.set("Cache-Control", "private, no-store");
    return visit.rewrite(new HTMLRewriter(), VARIANTS).transform(new Response(file.body, { headers }));
  },
};
