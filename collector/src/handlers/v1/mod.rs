//! The routes under `/v1`, one file each.

pub mod batch;
pub mod config;
mod cookie;
pub mod intents;
pub mod report;
