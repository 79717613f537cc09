/** The help page: forgetting everything on this device. */
import { forget } from "./store.js";

document.querySelector("[data-forget]").addEventListener("click", () => {
  forget();
  window.unspoken?.erase?.();
  document.querySelector("[data-forgot]").textContent = "Forgotten. This device knows nothing about you now.";
});
