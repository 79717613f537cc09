//! The collector from outside: over HTTP, and by its binary. What the SQL counts is tested on a
//! store of a fixed time in `report`.

mod batch;
mod binary;
mod config;
mod crash;
mod dashboard;
mod days;
mod decide;
mod lessons;
mod machines;
mod overload;
mod publish;
mod receiver;
mod report;
mod sites;
mod summary;
mod support;
mod versions;
mod webhooks;
