/**
 * Debian packages: which are missing, and getting them without a question asked.
 *
 * `system` is the machine as these functions see it, so that the tests can be one without apt-get,
 * without sudo, or without a network.
 */
import { ask, run } from "./run.mjs";
import { Fault } from "./say.mjs";

/** Seconds that another apt-get may keep its lock. */
const LOCK_SECONDS = 120;

export const thisMachine = {
  isRoot: () => process.getuid?.() === 0,
  has: (command) => ask("sh", ["-c", `command -v ${command}`]) !== null,
  ask,
  run: (command, args) => run(command, args, { timeoutMs: 15 * 60_000 }),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
};

/** The packages of the list that are not installed; all of them where this is no Debian. */
export function missingPackages(packages, system = thisMachine) {
  // dpkg-query fails where a name is unknown to it, and still prints the others: hence `|| true`.
  const query = `dpkg-query -W -f='\${Package} \${db:Status-Status}\\n' ${packages.join(" ")} 2>/dev/null || true`;
  const lines = (system.ask("sh", ["-c", query]) ?? "").split("\n");
  return packages.filter((name) => !lines.includes(`${name} installed`));
}

/** Installs packages, as root or by `sudo -n`. `what` is what they are for: "Building the core". */
export async function installPackages(packages, what, system = thisMachine) {
  const names = packages.join(" ");
  const command = `apt-get install -y --no-install-recommends ${names}`;
  if (!system.has("apt-get"))
    throw new Fault(
      `${what} takes what Debian calls ${names}, and this machine has no apt-get: install them by its own package manager and run this again.`,
    );
  const root = system.isRoot();
  if (!root && system.ask("sudo", ["-n", "true"]) === null)
    throw new Fault(
      `${what} takes Debian packages that only root may install: run \`sudo ${command}\` and then this again.`,
    );

  const aptGet = async (...args) => {
    const words = [
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-q",
      "-o",
      `DPkg::Lock::Timeout=${LOCK_SECONDS}`,
      "-o",
      "Acquire::Retries=3",
      ...args,
    ];
    const [first, ...rest] = root ? words : ["sudo", "-n", ...words];
    for (let waited = 0; ; waited += 5) {
      try {
        return await system.run(first, rest);
      } catch (error) {
        // DPkg::Lock::Timeout does not cover the lock on the package lists.
        if (waited >= LOCK_SECONDS || !/Could not get lock/.test(error.output ?? "")) throw error;
        await system.wait(5000);
      }
    }
  };
  try {
    await aptGet("update");
    await aptGet("install", "-y", "--no-install-recommends", ...packages);
  } catch (error) {
    const reason = (error.output ?? "")
      .split("\n")
      .filter((line) => /^E: /.test(line))
      .at(-1);
    const told = reason ? ` ("${reason.slice(3).trim()}")` : "";
    throw new Fault(
      `${what} takes Debian packages that apt-get could not install${told}: see to it that \`${root ? "" : "sudo "}${command}\` works and run this again.`,
      error.output,
    );
  }
}
