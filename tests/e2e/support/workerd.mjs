/** workerd, the runtime of Cloudflare's workers, serving a folder with a `config.capnp`. */
import { spawn } from "node:child_process";
import { hasWorkerd, workerd } from "../../../scripts/lib/workerd.mjs";

/** Why tests of it cannot run; false where they can. */
export const absent = !hasWorkerd() && "it is not to be had here: `node scripts/setup.mjs --workerd` says why";

/** Resolves to `{ origin, said, stop }` once it listens, on a port of its own choice; `said` is its output. */
export function startWorkerd(folder) {
  const args = ["serve", "config.capnp", "--socket-addr=http=127.0.0.1:0", "--control-fd=3"];
  const child = spawn(workerd, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => said.push(String(data)));
  const stop = () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    return ended;
  };
  return new Promise((resolve, reject) => {
    let control = "";
    child.stdio[3].on("data", (data) => {
      control += data;
      const port = /"event":"listen","socket":"http","port":(\d+)/.exec(control)?.[1];
      if (port) resolve({ origin: `http://127.0.0.1:${port}`, said, stop });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}: ${said.join("")}`)));
  });
}
