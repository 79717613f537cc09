/**
 * The page's own script: it starts Unspoken without an address of anything, and writes down what it says.
 */
import { init } from "unspoken/inline";

const CONFIG = {
  slots: {
    aid: {
      swap: "now",
      rules: [
        { id: "in-trouble", when: { "intent.struggle": { $gte: 0.6 } }, show: "words" },
        { id: "has-tied-it", when: { "history.tied.count": { $gt: 0 } }, show: "again" },
      ],
    },
    remark: {
      swap: "now",
      rules: [{ id: "about-to-click", when: { "intent.commit": { $gte: 0.4 } }, show: "poised" }],
    },
  },
  goals: { tied: { click: "#tied" } },
};

const at = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("[data-intent]")].map((row) => ({
  row,
  intent: row.dataset.intent,
  number: row.querySelector("b"),
  fill: row.querySelector("i span"),
}));

/** What is in this browser's storage of ours. */
function stored() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("unspoken."));
  const bytes = keys.reduce((sum, key) => sum + localStorage.getItem(key).length, 0);
  return keys.length ? `${bytes} bytes, in this browser only, as ${keys.join(", ")}.` : "Nothing.";
}

function tell(unspoken, intents) {
  for (const { row, intent, number, fill } of rows) {
    const value = intents[intent];
    number.textContent = `${Math.round(value * 100)} %`;
    fill.style.transform = `scaleX(${value})`;
    row.toggleAttribute("data-high", value >= 0.5);
  }
  const asked = performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith("data:")).length;
  const { bytesSent, fault } = unspoken.stats();
  at("requests").textContent = `${asked} requests, ${bytesSent} bytes.`;
  at("why").textContent = fault ?? unspoken.explain("aid").sentence;
  at("stored").textContent = stored();
}

init({ config: CONFIG }).then((unspoken) => {
  const now = () => tell(unspoken, unspoken.intents());
  now();
  unspoken.on("forecast", ({ intents }) => tell(unspoken, intents));
  unspoken.on("decision", now);
  at("forget").addEventListener("click", () => {
    unspoken.erase();
    now();
  });
});
