/** Where `npm start` puts things, and whether it can: ports, and folders to write in. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { root } from "./paths.mjs";
import { Fault } from "./say.mjs";

export const HOST = "127.0.0.1";
export const SITE = "demo";
export const KEY = "pk_demo";

function port(variable, usual, env) {
  const text = env[variable] ?? String(usual);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65535)
    throw new Fault(`${variable} is "${text}": it must be a port, 1 to 65535.`);
  return { variable, number };
}

/** The ports of shop and collector, as the environment says. */
export function ports(env = process.env) {
  const shop = port("UNSPOKEN_SHOP_PORT", 4180, env);
  const collector = port("UNSPOKEN_PORT", 4181, env);
  if (shop.number === collector.number)
    throw new Fault(
      `The shop and the collector cannot both have port ${shop.number}: give UNSPOKEN_SHOP_PORT and UNSPOKEN_PORT different ones.`,
    );
  return { shop, collector };
}

export const origin = (number) => `http://${HOST}:${number}`;

/** Throws a sentence where the port cannot be had. */
export function mustBeFree({ variable, number }) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      const why = error.code === "EADDRINUSE" ? "is taken by another program" : `cannot be had (${error.code})`;
      reject(
        new Fault(
          `Port ${number} ${why}: stop what uses it, or choose another, as in \`${variable}=${number + 10} npm start\`.`,
        ),
      );
    });
    server.listen(number, HOST, () => server.close(resolve));
  });
}

/** Makes the folder where it is absent; throws a sentence where nothing can be written into it. */
export function mustBeWritable(folder) {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new Fault(
      `Nothing can be written into ${relative(root, folder) || folder} (${error.code}): make ${folder} a folder that you may write into, and run this again.`,
    );
  }
}
