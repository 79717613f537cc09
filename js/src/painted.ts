/**
 * Waits until the page has been painted, so that the SDK never competes with it.
 *
 * A tab in the background paints nothing and gets no animation frames, so there it only waits for the
 * document; the one-second bound covers frames that are throttled in other ways. A prerendered page
 * waits until somebody is really looking at it: there is no visitor yet.
 */

/** Resolves after the first frame that shows the parsed document. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const whenParsed = () => {
      setTimeout(resolve, document.hidden ? 0 : 1000);
      // The frame itself is not on the screen before its callback has returned.
      requestAnimationFrame(() => setTimeout(resolve));
    };
    const whenActive = () => {
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", whenParsed);
      else whenParsed();
    };
    if ((document as { prerendering?: boolean }).prerendering)
      document.addEventListener("prerenderingchange", whenActive);
    else whenActive();
  });
}
