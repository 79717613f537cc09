/**
 * The loader: what runs before there is a core, small enough to stand in a page's head.
 *
 * It shows what was decided last for this page before the first paint, keeps the calls that come too
 * early, and fetches the rest once the page has been painted. It decides nothing and sends nothing.
 */
import { release } from "../slots/reserved.js";
import { fetchCore } from "./fetch.js";
import { showDefaults, showLast } from "./last.js";
import { makeQueue } from "./queue.js";

const script = document.currentScript as HTMLScriptElement | null;
// Without its own element it has no settings; and where an instance runs already it has no work.
if (script && !(window as { unspoken?: { ready?: unknown } }).unspoken?.ready) {
  const give = makeQueue();
  fetchCore(script, () => {
    showDefaults();
    release();
    give();
  });
  try {
    showLast(script.dataset["storage"]);
  } catch {
    // Broken content of storage, or a browser without adopted sheets: the defaults stand.
  }
}
