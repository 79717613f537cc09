//! The statistics of reports: against gbstats, by simulation, and from batches to JSON.

mod gbstats;
mod shop;
mod simulated;
// A collector on a port of its own; not all of it is used here.
#[allow(dead_code)]
#[path = "../http/support.rs"]
mod support;
