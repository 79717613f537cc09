# The worker in workerd: `workerd serve config.capnp`, then http://127.0.0.1:8787/.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "files", disk = (path = "public")),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "unspoken/node", esModule = embed "node_modules/unspoken/dist/node.js"),
    (name = "unspoken/unspoken-node.wasm", wasm = embed "node_modules/unspoken/dist/unspoken-node.wasm"),
    (name = "unspoken.json", json = embed "public/unspoken.json"),
  ],
  bindings = [(name = "FILES", service = "files")],
  compatibilityDate = "2025-06-01",
);
