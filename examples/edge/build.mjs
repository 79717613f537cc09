/** What browsers are sent: the client and its core, beside the page. */
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
for (const file of ["unspoken.js", "unspoken.wasm"])
  copyFileSync(join(here, "node_modules/unspoken/dist", file), join(here, "public", file));
