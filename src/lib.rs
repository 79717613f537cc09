//! Unspoken reads what visitors do, forecasts what they are about to do, and changes the page
//! before they have to ask. All of it in the browser.
//!
//! This crate is the core, and on wasm32 also the floor that touches the page. The core (every
//! module but `web` and `bindings`) has no clock, no randomness and no I/O: an [`engine::Engine`]
//! is told signals and the time, and returns what to do. ARCHITECTURE.md has the floors and the
//! rules between them; `tests/tidy.rs` checks them.
//!
//! From the ground up:
//! [`error`], [`number`], [`time`], [`text`], [`base64`], [`id`], [`value`], [`host`], [`part`], [`reading`],
//! [`entry`], [`signal`], [`trace`], [`layout`], [`stream`], [`wire`], [`feature`], [`automation`],
//! [`gate`], [`intent`], [`attribute`], [`condition`], [`experiment`], [`payload`], [`bandit`],
//! [`history`], [`limit`], [`budget`], [`schedule`], [`journey`], [`profile`], [`config`],
//! [`known`], [`slot`], [`outbox`], [`part`], [`engine`].

extern crate alloc;

pub mod attribute;
pub mod automation;
pub mod bandit;
pub mod base64;
pub mod budget;
pub mod condition;
pub mod config;
pub mod engine;
pub mod entry;
pub mod error;
pub mod experiment;
pub mod feature;
pub mod gate;
pub mod history;
pub mod host;
pub mod id;
pub mod intent;
pub mod journey;
pub mod known;
pub mod layout;
pub mod limit;
pub mod number;
pub mod outbox;
pub mod part;
pub mod payload;
pub mod profile;
pub mod reading;
pub mod schedule;
pub mod signal;
pub mod slot;
pub mod stream;
pub mod text;
pub mod time;
pub mod trace;
pub mod value;
pub mod wire;

#[cfg(all(target_arch = "wasm32", not(feature = "node")))]
pub mod bindings;
#[cfg(all(target_arch = "wasm32", feature = "node"))]
#[path = "bindings/node.rs"]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
pub mod web;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
