/**
 * A page that knows OpenFeature only: flags, a context, an event. Unspoken answers behind it.
 */
import { OpenFeature, ProviderEvents } from "@openfeature/web-sdk";
import { init } from "unspoken";
import { UnspokenProvider } from "unspoken/openfeature";

const HUTS = ["Hallerhaus", "Gowilalm", "Linzer Haus", "Zellerhütte"];
const NOTICES = {
  default: "Paths are dry up to 1,800 m. Above that the last snow lies in gullies; take spikes.",
  short: "Dry to 1,800 m, spikes above.",
  storm: "Storm from the north tonight. Be at the hut by four.",
};

const client = OpenFeature.getClient();

function render() {
  const season = client.getObjectValue("season", { opens: "?", closes: "?" });
  document.querySelector("#greeting").textContent = client.getStringValue("greeting", "Hello");
  document.querySelector("#season").textContent = `Open ${season.opens} to ${season.closes}.`;
  document.querySelector("#notice").textContent =
    NOTICES[client.getStringValue("notice", "default")] ?? NOTICES.default;
  const huts = HUTS.slice(0, client.getNumberValue("beds-shown", HUTS.length));
  document
    .querySelector("#huts")
    .replaceChildren(...huts.map((hut) => Object.assign(document.createElement("li"), { textContent: hut })));
  document.querySelector("#book").textContent = client.getBooleanValue("instant-booking", false)
    ? "Book now"
    : "Ask for a bed";
}

// Every flag may have become another: by the visitor's doing, by a context, by what was tracked.
for (const event of [ProviderEvents.Ready, ProviderEvents.ConfigurationChanged, ProviderEvents.ContextChanged])
  client.addHandler(event, render);

document.querySelector("#region").addEventListener("change", ({ target }) => {
  OpenFeature.setContext({ ...OpenFeature.getContext(), region: target.value });
});
document.querySelector("#book").addEventListener("click", () => client.track("booking", { value: 38 }));

await OpenFeature.setContext({ region: "south" });
await OpenFeature.setProviderAndWait(new UnspokenProvider(init({ config: "/unspoken.json" })));
