/** The page for addresses that do not exist. */
import { picture } from "../parts.mjs";

export const missing = () => ({
  title: "Off the map | Northing",
  description: "There is no page here.",
  path: "/404.html",
  kind: "help",
  body: `<div class="wrap"><div class="empty lost">${picture("empty-cart.svg", "A cairn with a flag", 480, 320)}<div><h1>You’re off the map</h1><p>There is no page at this address. Go back the way you came, or start from a shelf.</p><p class="actions"><a class="button" href="/boots/">Boots</a><a class="button ghost" href="/packs/">Packs</a></p></div></div></div>`,
});
