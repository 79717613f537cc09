/**
 * The parts of the module, and the functions at which each begins.
 *
 * A seam is `#[inline(never)]` in Rust, and whoever calls it does so only where the config or the page
 * asks for it, so that it is never entered on a page without its part. What only seams reach goes along
 * (parts.mjs), and what is called through the table only and stands in its `room` (the beginning of a
 * name). js/src/parts.ts says when a page loads which; both name the same parts.
 */
export const PARTS = [
  {
    name: "experiment",
    room: ["experiment::", "payload::"],
    seams: [
      "payload::Payload::read",
      "experiment::own::Experiments::read",
      "experiment::own::Holdout::read",
      "experiment::Experiment::read_test",
      "experiment::overrides::Overrides::read",
      "config::slot::from_features",
      "config::rule::Rule::tests",
      "engine::keep::assigned",
      "engine::Engine::assignments",
      "engine::Engine::is_held_out",
      "engine::Engine::assign",
      "engine::Engine::value_of",
      "rawunspoken_feature",
      "rawunspoken_again",
      "rawunspoken_place",
      "rawunspoken_run",
    ],
  },
  {
    name: "learn",
    room: ["bandit::"],
    seams: [
      "config::rule::Rule::learns",
      "engine::keep::learned",
      "engine::Engine::taught",
      "engine::Engine::standing",
      "engine::Engine::draw",
      "engine::Engine::propensity",
      "engine::Engine::seen_arm",
      "engine::Engine::reward",
      "engine::Engine::settle_arms",
      "engine::Engine::tell_arm",
      "bandit::awaiting::Awaiting::renew",
    ],
  },
  {
    name: "collect",
    room: ["web::transport::"],
    seams: [
      "outbox::Outbox::place",
      "outbox::Outbox::add",
      "outbox::Outbox::point",
      "engine::Engine::gather",
      "engine::Engine::stream_on",
      "engine::Engine::stream_anew",
      "web::transport::Transport::open",
      "web::transport::Transport::waiting",
      "web::transport::Transport::untold",
      "web::transport::Transport::push",
      "web::transport::Transport::hurry",
      "web::transport::Transport::pump",
      "web::transport::Transport::erase",
    ],
  },
  {
    name: "past",
    room: [
      "journey::",
      "schedule::",
      "history::At",
      "condition::read::Compiler::history",
      "web::host::Browser as host::Host>::offset",
    ],
    seams: [
      "journey::read::read",
      "journey::Journey::known",
      "engine::Engine::states",
      "engine::Engine::move_on",
      "engine::Engine::remember",
      "schedule::Schedule::read",
      "schedule::Schedule::is_open",
      "condition::read::Compiler::history",
    ],
  },
  {
    name: "more",
    room: ["intent::declare::", "web::host::Browser as host::Host>::pattern", "web::host::Asked as host::Pattern"],
    seams: [
      "condition::steps::longest",
      "condition::compare::padded",
      "intent::declare::read",
      "config::exclusive::read",
    ],
  },
  {
    name: "tools",
    room: [],
    seams: [
      "rawunspoken_explain",
      "rawunspoken_force",
      "engine::Engine::force",
      "rawunspoken_record",
      "rawunspoken_stop_recording",
      "web::recorder::Recorder::push",
    ],
  },
];

/**
 * What stands in the table and is never called: wasm-bindgen's descriptions of closures point at these,
 * and when it has read them nothing else does. Called all the same, such a slot traps.
 */
export const UNUSED = ["wasm_bindgen::convert::closures::_::invoke::", "js_sys::futures::"];
