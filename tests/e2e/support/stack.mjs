/** A collector with a database of its own and the shop built for it, on free ports, for one test file. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startCollector } from "../../../scripts/lib/collector.mjs";
import { collectorBinary } from "../../../scripts/lib/paths.mjs";
import { serveShop } from "../../../scripts/serve-shop.mjs";
import { build } from "../../../www/shop/build.mjs";

const TOKEN = "token-of-the-end-to-end-tests";
const KEY = "pk_test";

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Runs the `unspoken` binary and resolves with what it printed. */
export async function unspoken(...args) {
  const { stdout } = await promisify(execFile)(collectorBinary, args, { maxBuffer: 1 << 28 });
  return stdout;
}

export async function startStack() {
  const folder = mkdtempSync(join(tmpdir(), "unspoken-e2e-"));
  const [shopPort, collectorPort] = [await freePort(), await freePort()];
  const collectorOrigin = `http://127.0.0.1:${collectorPort}`;
  const shopFolder = join(folder, "shop");
  await build(shopFolder, { endpoint: `${collectorOrigin}/v1`, key: KEY });
  const db = join(folder, "unspoken.db");
  const collector = await startCollector({
    listen: `127.0.0.1:${collectorPort}`,
    db,
    site: "demo",
    key: KEY,
    token: TOKEN,
    origins: [`http://127.0.0.1:${shopPort}`],
    quiet: true,
  });
  const shop = await serveShop({ port: shopPort, collector: collectorOrigin, folder: shopFolder });
  return {
    shop: shop.url,
    shopFolder,
    collector: collectorOrigin,
    token: TOKEN,
    /** Every event that is in the database now. */
    async events() {
      const lines = (await unspoken("export", "--db", db, "--site", "demo")).split("\n");
      return lines.filter(Boolean).map((line) => JSON.parse(line));
    },
    /** Every page view of level `trace` as a recording: `{ header, signals }`. */
    async recordings() {
      const lines = (await unspoken("export", "--traces", "--db", db, "--site", "demo")).split("\n");
      const recordings = [];
      for (const line of lines.filter(Boolean).map((line) => JSON.parse(line))) {
        if (line.format) recordings.push({ header: line, signals: [] });
        else recordings.at(-1).signals.push(line);
      }
      return recordings;
    },
    /** Resolves with the events once `enough(events)` holds; rejects with what there is after 10 s. */
    async eventually(enough) {
      let events = [];
      for (const end = Date.now() + 10_000; Date.now() < end; ) {
        events = await this.events();
        if (enough(events)) return events;
        await new Promise((done) => setTimeout(done, 100));
      }
      throw new Error(`Not in the database after 10 s; there are: ${JSON.stringify(events, null, 1)}`);
    },
    async stop() {
      await shop.close();
      await collector.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
