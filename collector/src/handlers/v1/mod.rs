//! The routes under `/v1`, one file each.

pub mod batch;
pub mod config;
mod cookie;
pub mod decide;
pub mod erase;
pub mod intents;
pub mod live;
pub mod report;
pub mod sites;
pub mod summary;
pub mod versions;
pub mod visitors;
pub mod webhooks;
