/** What browsers are sent: the client and its core, beside the page. */
import { copyFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "node_modules/unspoken/dist");
// The client, the core and its parts, of which the client fetches what the config needs.
for (const file of readdirSync(dist).filter((name) => /^unspoken(?!-node).*\.(js|wasm)$/.test(name)))
  copyFileSync(join(dist, file), join(here, "public", file));
