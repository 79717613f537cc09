/**
 * `npm start`: from a fresh checkout to a running shop, collector and dashboard, in one command.
 * Ctrl-C stops all of it; nothing is left running, whatever goes wrong on the way.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { HOST, KEY, mustBeFree, mustBeWritable, origin, ports, SITE } from "./lib/addresses.mjs";
import { buildCollector, startCollector } from "./lib/collector.mjs";
import { at, dist, state } from "./lib/paths.mjs";
import { bold, duration, Fault, faint, main, say } from "./lib/say.mjs";
import { serveShop } from "./serve-shop.mjs";
import { setup } from "./setup.mjs";

/** The token of the report: drawn once for this checkout, readable by nobody else. */
export function keptToken(file = join(state, "token")) {
  if (existsSync(file)) {
    const kept = readFileSync(file, "utf8").trim();
    if (kept.length >= 16) return kept;
  }
  const token = randomBytes(24).toString("base64url");
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return token;
}

function welcome({ shop, collector, token, begun }) {
  say();
  say(bold("  Unspoken is running") + faint(`  after ${duration(performance.now() - begun)}`));
  say();
  say(`  Shop       ${shop}`);
  say(`  Collector  ${collector}/`);
  say(`  Dashboard  ${collector}/dashboard#token=${token}`);
  say();
  say(faint("  Move about in the shop, and see it on the dashboard. Ctrl-C stops both."));
}

await main(import.meta.url, async () => {
  const begun = performance.now();
  let shop;
  let child;
  let isStopping = false;
  const stop = async (code) => {
    if (isStopping) return;
    isStopping = true;
    await shop?.close();
    await child?.stop();
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(0));

  const { shop: shopPort, collector: collectorPort } = ports();
  const shopOrigin = origin(shopPort.number);
  const collector = origin(collectorPort.number);
  try {
    // First what would make the rest a waste of time.
    for (const folder of [state, dist]) mustBeWritable(folder);
    await mustBeFree(shopPort);
    await mustBeFree(collectorPort);
    const token = keptToken();

    await setup();
    await build({ endpoint: `${collector}/v1` });
    await buildCollector();

    child = await startCollector({
      listen: `${HOST}:${collectorPort.number}`,
      db: join(state, "unspoken.db"),
      site: SITE,
      key: KEY,
      token,
      origins: [shopOrigin, `http://localhost:${shopPort.number}`],
      config: at("www/shop/unspoken.json"),
      dashboard: join(dist, "dashboard"),
    });
    shop = await serveShop({ port: shopPort.number, collector });
    welcome({ shop: shop.url, collector, token, begun });
  } catch (error) {
    await shop?.close();
    await child?.stop();
    throw error;
  }
  await child.ended;
  if (isStopping) return;
  await shop.close();
  throw new Fault(`The collector stopped by itself: its log above says why.`);
});
