/** Starts Unspoken with the element, and listens to it. */
import { init } from "unspoken";
import "unspoken/element";

const starting = init({ config: "/unspoken.json" });

// Decisions and exposures come from the slot that they are about, and bubble.
const told = document.querySelector("#told");
for (const event of ["unspoken-decision", "unspoken-exposure"]) {
  document.addEventListener(event, ({ type, target, detail }) => {
    told.textContent = `${type.replace("unspoken-", "")} of ${target.name}: ${detail.variant}`;
  });
}

for (const button of document.querySelectorAll("[data-fact]")) {
  button.addEventListener("click", async () => (await starting).fact(button.dataset.fact, button.dataset.value));
}
