/** What is said where Debian packages cannot be had, on machines that these tests make up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { installPackages, missingPackages } from "../lib/apt.mjs";
import { Fault } from "../lib/say.mjs";
import { bindgenVersion, findToolchain, installToolchain, PACKAGES } from "../lib/wasm-toolchain.mjs";

/** A machine where everything works, but for what is said; `ran` lists what was run. */
function machine(but = {}) {
  const ran = [];
  const system = {
    ran,
    isRoot: () => true,
    has: () => true,
    ask: () => "",
    run: async (...words) => void ran.push(words.flat().join(" ")),
    wait: async () => {},
    addTarget: async () => {
      throw new Fault("rustup is out of reach");
    },
    ...but,
  };
  return system;
}
const failing = (output) => async () => {
  throw new Fault("failed", output);
};
const told = async (work) => {
  const error = await work.then(
    () => assert.fail("nothing was thrown"),
    (error) => error,
  );
  assert.ok(error instanceof Fault, String(error.stack));
  return error.message;
};

describe("missing packages", () => {
  test("are those that dpkg does not call installed", () => {
    const ask = () => "lld-22 installed\nrustc-web config-files";
    assert.deepEqual(missingPackages(["lld-22", "rustc-web", "cargo-web"], machine({ ask })), [
      "rustc-web",
      "cargo-web",
    ]);
  });
  test("are all of them where there is no dpkg", () => {
    assert.deepEqual(missingPackages(["lld-22"], machine({ ask: () => null })), ["lld-22"]);
  });
});

describe("installing packages", () => {
  test("root asks apt-get itself, without questions, and waits for its lock", async () => {
    const system = machine();
    await installPackages(["a", "b"], "Testing", system);
    assert.equal(system.ran.length, 2);
    assert.match(system.ran[0], /^env DEBIAN_FRONTEND=noninteractive apt-get .*DPkg::Lock::Timeout=120.* update$/);
    assert.match(system.ran[1], /install -y --no-install-recommends a b$/);
  });
  test("others go by sudo, which may not ask either", async () => {
    const system = machine({ isRoot: () => false });
    await installPackages(["a"], "Testing", system);
    assert.ok(system.ran.every((line) => line.startsWith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get ")));
  });
  test("without apt-get the packages are named", async () => {
    assert.match(
      await told(installPackages(["a"], "Testing", machine({ has: () => false }))),
      /^Testing takes .* a, .*no apt-get: install them/,
    );
  });
  test("without sudo the command is named", async () => {
    const system = machine({ isRoot: () => false, ask: () => null });
    assert.match(
      await told(installPackages(["a"], "Testing", system)),
      /run `sudo apt-get install -y --no-install-recommends a` and then this again/,
    );
    assert.deepEqual(system.ran, []);
  });
  test("where apt-get fails, its reason and the command are named", async () => {
    const run = failing("Reading…\nE: Unable to locate package a\n");
    assert.match(
      await told(installPackages(["a"], "Testing", machine({ run }))),
      /could not install \("Unable to locate package a"\).*`apt-get install -y --no-install-recommends a`/,
    );
  });
  test("a lock on the lists is waited for", async () => {
    let tries = 0;
    const run = async () => {
      tries += 1;
      if (tries < 3) throw new Fault("failed", "E: Could not get lock /var/lib/apt/lists/lock.");
    };
    await installPackages(["a"], "Testing", machine({ run }));
    assert.equal(tries, 4);
  });
});

describe("the wasm toolchain", () => {
  const installed = PACKAGES.map((name) => `${name} installed`).join("\n");
  test("is Debian's where it is installed, whatever rustup has", () => {
    assert.equal(findToolchain(machine({ ask: () => installed }), () => true).rebuildsStd, true);
  });
  test("is rustup's where only that is there, and null where neither is", () => {
    assert.equal(findToolchain(machine(), () => true).rebuildsStd, false);
    assert.equal(
      findToolchain(machine(), () => false),
      null,
    );
  });
  test("comes from Debian where there is apt-get, whatever rustup could do", async () => {
    const system = machine({ addTarget: async () => assert.fail("rustup was asked") });
    await installToolchain(system, () => false);
    assert.ok(system.ran[1].endsWith(PACKAGES.join(" ")));
  });
  test("comes from rustup where there is no apt-get, or it refuses", async () => {
    const addTarget = async () => {};
    const without = machine({ has: () => false, addTarget });
    assert.match(await installToolchain(without, () => true), /^rustup/);
    const refusing = machine({ run: failing("E: Unable to locate package"), addTarget });
    assert.match(await installToolchain(refusing, () => true), /^rustup/);
  });
  test("where neither can be had, one sentence names the command", async () => {
    const message = await told(installToolchain(machine({ has: () => false }), () => false));
    assert.match(message, /run `rustup target add wasm32-unknown-unknown` and then this again\.$/);
    assert.doesNotMatch(message, /\n/);
  });
  test("wasm-bindgen has the version of the lock file", () => {
    assert.equal(bindgenVersion('[[package]]\nname = "wasm-bindgen"\nversion = "0.2.130"\n'), "0.2.130");
    assert.throws(() => bindgenVersion(""), Fault);
  });
});
