/**
 * A site of one page whose own address leads to a real collector, as behind a reverse proxy; what the way
 * there does can be told: let batches pass, answer in the collector's place, or break off.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "../../../scripts/lib/collector.mjs";
import { startSite } from "./site.mjs";
import { freePort, unspoken } from "./stack.mjs";

const KEY = "pk_gate";

/** `serve` are more flags of the collector. */
export async function startGate(page, { serve = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "unspoken-gate-"));
  const db = join(folder, "unspoken.db");
  const site = await startSite(page);
  const port = await freePort();
  const collector = await startCollector({
    ...{ listen: `127.0.0.1:${port}`, db, site: "demo", key: KEY, token: "token-of-the-gate", quiet: true },
    origins: [site.origin],
    serve,
  });
  const gate = {
    site,
    key: KEY,
    /** Every request for a batch: when it came, its address, its bytes, whether by beacon, and the answer's status. */
    asked: [],
    /** What happens to a batch: nothing for "it passes", else `{ status, headers }`; status 0 breaks off. */
    way: () => undefined,
    async pass(request, bytes) {
      const { origin } = request.headers;
      const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
        method: "POST",
        headers: origin ? { origin } : {},
        body: bytes,
      });
      const cookie = answer.headers.get("set-cookie");
      return { status: answer.status, headers: cookie ? { "Set-Cookie": cookie } : {} };
    },
    /** Every event in the store. */
    async events() {
      const lines = (await unspoken("export", "--db", db, "--site", "demo")).split("\n");
      return lines.filter(Boolean).map((line) => JSON.parse(line));
    },
    /** How often each goal whose name begins so is in the store, once `enough` says so of that. */
    async goals(begin, enough) {
      let goals = {};
      for (const end = Date.now() + 60_000; Date.now() < end; ) {
        goals = {};
        for (const { name } of await gate.events()) if (name?.startsWith(begin)) goals[name] = (goals[name] ?? 0) + 1;
        if (enough(goals)) return goals;
        await new Promise((done) => setTimeout(done, 200));
      }
      throw new Error(`Not in the store after a minute; there is: ${JSON.stringify(goals)}`);
    },
    async close() {
      await collector.stop();
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  site.answer = async (request, bytes) => {
    // A beacon's answer is read by nobody.
    const isBeacon = request.headers["sec-fetch-mode"] === "no-cors";
    const asked = { at: Date.now(), url: request.url, bytes, isBeacon };
    gate.asked.push(asked);
    const answer = (await gate.way(asked)) ?? (await gate.pass(request, bytes));
    asked.status = answer.status;
    return answer;
  };
  return gate;
}
