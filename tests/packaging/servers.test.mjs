/** On servers and at the edge: every entry can be imported, and adds nothing to the global scope. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as esbuild from "esbuild";
import { end, launch, run } from "../../scripts/lib/run.mjs";
import { hasWorkerd, workerd } from "../../scripts/lib/workerd.mjs";
import { manifest, site } from "./support/pack.mjs";
import { svelte } from "./support/svelte.mjs";

test("Node imports every entry, and the default stands", async () => {
  const folder = await site("node");
  const { exports } = await manifest();
  const names = Object.keys(exports).filter((name) => exports[name].types && !exports[name].svelte);
  const output = await run(process.execPath, ["imports.mjs", ...names.map((name) => `unspoken${name.slice(1)}`)], {
    cwd: folder,
  });
  const { found, added, fault, variant } = JSON.parse(output);
  assert.deepEqual(Object.keys(found).length, names.length);
  for (const [name, keys] of Object.entries(found)) assert.ok(keys.length > 0, `${name} exports nothing`);
  assert.deepEqual(found.unspoken, ["init"]);
  assert.deepEqual([added, fault, variant], [[], "no document here", "default"]);
});

test("Svelte's entry, compiled for a server, is imported as well", async () => {
  const folder = await site("node", "node-svelte");
  const outfile = join(folder, "built.mjs");
  await esbuild.build({
    stdin: {
      contents: 'import * as all from "unspoken/svelte"; console.log(Object.keys(all).join());',
      resolveDir: folder,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["svelte", "svelte/*"],
    plugins: [svelte("server")],
  });
  assert.match(await run(process.execPath, [outfile], { cwd: folder }), /\bSlot\b/);
});

test("Node decides by the core that lies beside the module", async () => {
  const output = await run(process.execPath, ["decide.mjs"], { cwd: await site("node", "node-decides") });
  assert.deepEqual(JSON.parse(output), { mistakes: [], free: "default", pro: "pro" });
});

/** Starts workerd with a site's config; `use` gets the address it listens on, which it tells on a pipe of its own. */
async function inWorkerd(folder, use) {
  const stdio = ["ignore", "pipe", "pipe", "pipe"];
  const child = launch(workerd, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio,
  });
  let told = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (told += chunk));
  try {
    const port = await new Promise((resolve, reject) => {
      let heard = "";
      child.stdio[3].on("data", (chunk) => {
        heard += chunk;
        const line = heard.split("\n").find((each) => each.includes('"listen"') && each.endsWith("}"));
        if (line) resolve(JSON.parse(line).port);
      });
      child.on("exit", (code) => reject(new Error(`workerd ended with ${code}: ${told}`)));
    });
    return await use(`http://127.0.0.1:${port}/`);
  } finally {
    end(child);
  }
}

describe("workerd", {
  skip: !hasWorkerd() && "it is not to be had here: `node scripts/setup.mjs --workerd` says why",
}, () => {
  test("decides at the edge; the main entry can be imported there, and knows that there is no page", async () => {
    await inWorkerd(await site("workerd"), async (url) => {
      const answer = async (plan) => (await fetch(`${url}?plan=${plan}`)).json();
      const fault = "no document here";
      assert.deepEqual(await answer("free"), { variant: "default", rule: null, fault });
      assert.deepEqual(await answer("pro"), { variant: "pro", rule: "pro", fault });
    });
  });
});

test("`npx unspoken init` of the installed package writes a config for a page", async () => {
  const folder = await site("webpack", "command");
  const { bin } = await manifest();
  const command = join(folder, "node_modules/unspoken", bin.unspoken);
  await run(command, ["init", "index.html", "--out", "written.json"], { cwd: folder });
  const { slots } = JSON.parse(readFileSync(join(folder, "written.json"), "utf8"));
  assert.deepEqual(Object.keys(slots), ["hero"]);
});
