//! The routes under `/v1`, one file each.

pub mod batch;
pub mod config;
mod cookie;
pub mod decide;
pub mod erase;
pub mod intents;
pub mod report;
pub mod versions;
pub mod visitors;
