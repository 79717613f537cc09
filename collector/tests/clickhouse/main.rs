//! Two stores, one answer: every question on batches that can be counted by hand. And what is true of
//! ClickHouse alone: collectors that keep nothing, and a spool.

mod collector;
mod equal;
mod known;
mod lifecycle;
mod modern;
mod questions;
mod server;
mod spooled;
mod two;
