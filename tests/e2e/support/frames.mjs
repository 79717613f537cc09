/** Every frame that Chromium puts on the screen, and which colours are in it. */

/** Films a page; `stop()` resolves to the frames, as PNG in base64. */
export async function film(page) {
  const session = await page.context().newCDPSession(page);
  const frames = [];
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    frames.push(data);
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await session.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
  return {
    async stop() {
      await session.send("Page.stopScreencast");
      await session.detach();
      return frames;
    },
  };
}

/** How many pixels of each frame have each colour (`[r, g, b]`, to within 40), by the browser's own decoder. */
export async function colours(context, frames, wanted) {
  const page = await context.newPage();
  const counts = await page.evaluate(
    async ([frames, wanted]) => {
      const counts = [];
      for (const frame of frames) {
        const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        canvas.drawImage(bitmap, 0, 0);
        const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
        const count = Object.fromEntries(Object.keys(wanted).map((name) => [name, 0]));
        for (let at = 0; at < data.length; at += 4) {
          for (const [name, colour] of Object.entries(wanted))
            if (colour.every((value, part) => Math.abs(data[at + part] - value) < 40)) count[name]++;
        }
        counts.push(count);
      }
      return counts;
    },
    [frames, wanted],
  );
  await page.close();
  return counts;
}

/** Slows the page down as far as Chromium can: a mid-range phone on a bad connection. */
export async function slowDown(page, { cpu = 4, network = false } = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  if (network) {
    await session.send("Network.enable");
    const bytesPerSecond = (1.6 * 1024 * 1024) / 8;
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond / 2,
    });
  }
  return session;
}
