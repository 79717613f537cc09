/** What the tests of the frameworks' bindings share: a visit that counts attachments and hears everything. */
import { shifts, visit } from "./browser.mjs";

/**
 * Opens `url`. `heard` has what the console was told in warnings and errors; in the page `__attached`
 * counts the attachments that stand and the calls that made them, and `__exposed` has the exposures.
 */
export async function open(browser, url, options) {
  const { context, errors, newPage } = await visit(browser, options);
  const page = await newPage();
  const heard = [];
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) heard.push(message.text());
  });
  await page.addInitScript(() => {
    const key = Symbol.for("unspoken");
    window.__attached = { now: 0, calls: 0 };
    window.__exposed = [];
    const describe = () => ({
      configurable: true,
      get: () => undefined,
      set(unspoken) {
        delete globalThis[key];
        globalThis[key] = unspoken;
        window.instance = unspoken;
        unspoken.on("exposure", (exposure) => window.__exposed.push(exposure));
        const attach = unspoken.attach.bind(unspoken);
        unspoken.attach = (element, slot) => {
          const release = attach(element, slot);
          window.__attached.calls++;
          window.__attached.now++;
          let released = false;
          return () => {
            if (!released) window.__attached.now--;
            released = true;
            release();
          };
        };
      },
    });
    Object.defineProperty(globalThis, key, describe());
  });
  await page.goto(url);
  /** Resolves once the core has forecast; rejects with what keeps it from that. */
  const running = async () => {
    await page.waitForFunction(() => window.instance);
    const fault = await page.evaluate(() => window.instance.ready.then((it) => it.stats().fault));
    if (fault) throw new Error(fault);
    await page.waitForFunction(() => window.instance.stats().forecasts > 0);
  };
  return {
    page,
    errors,
    heard,
    running,
    attached: () => page.evaluate(() => window.__attached),
    /** Resolves once the slot's element has the variant. */
    shows: (slot, variant) =>
      page.waitForFunction(
        ([name, wanted]) => {
          const element = document.querySelector(`[data-unspoken="${name}"]`);
          return (element?.getAttribute("data-unspoken-shown") ?? "default") === wanted;
        },
        [slot, variant],
      ),
    /** Brings the slot into view, and resolves once the variant was told as seen. */
    async exposed(slot, variant) {
      await page.locator(`[data-unspoken="${slot}"]`).scrollIntoViewIfNeeded();
      await page.waitForFunction(
        ([slot, variant]) => window.__exposed.some((each) => each.slot === slot && each.variant === variant),
        [slot, variant],
      );
    },
    shifts: () => shifts(page),
    close: () => context.close(),
  };
}

/** Five quick clicks at one place: `struggle` rises. */
export async function rage(page, selector) {
  const { x, y, width } = await page.locator(selector).boundingBox();
  for (let click = 0; click < 6; click++) await page.mouse.click(x + width / 2, y + 8, { delay: 20 });
}
