/**
 * Brings the inspector to a page under development: `debug`, and `?unspoken` in the address.
 *
 * The inspector is a file of its own beside the core, and is asked for here only: without `debug` a
 * page never requests it, and none of its bytes are in the client. The address is computed, so no
 * bundler follows it into the page's own script either.
 */

/** Where the inspector keeps how it stands; once it is open it comes back on the tab's next page. */
const KEPT_AS = "unspoken.inspector";

/** Imports the inspector that lies beside `core`, where the address or this tab asks for it. */
export function inspect(core: unknown): void {
  try {
    if (!new URLSearchParams(location.search).has("unspoken") && !sessionStorage.getItem(KEPT_AS)) return;
  } catch {
    // Storage is forbidden here, and the address does not ask.
    return;
  }
  const told = (error: unknown) =>
    console.warn(
      'unspoken: no inspector beside the core. Import "unspoken/inspector" in your development build.',
      error,
    );
  try {
    import(/* @vite-ignore */ /* webpackIgnore: true */ new URL("inspector.js", core as string).href).catch(told);
  } catch (error) {
    // A core without an address has nothing beside it.
    told(error);
  }
}
