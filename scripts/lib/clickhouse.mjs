/**
 * Debian's clickhouse-server, which the tests of the collector's second store start on ports of their own.
 *
 * Nothing else needs it, so whatever is in the way (no apt-get, no root, no network) is told in one line, and
 * those tests skip.
 */
import { existsSync } from "node:fs";
import { installPackages } from "./apt.mjs";
import { Fault } from "./say.mjs";

const PACKAGE = "clickhouse-server";

/** Debian's is a system's program; collector/tests/clickhouse/server.rs has the same places. */
const PLACES = ["/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server", "/usr/local/bin/clickhouse-server"];

export const hasClickhouse = () => PLACES.some((path) => existsSync(path));

/** Installs it. Resolves to a sentence for the step's line: the package, or "skipped: …". */
export async function installClickhouse(install = installPackages) {
  try {
    await install([PACKAGE], "Testing the ClickHouse store");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `skipped: ${error.message.replaceAll("\n", " ")} Until then the ClickHouse store is not tested`;
  }
  return PACKAGE;
}
