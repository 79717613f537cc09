//! The collector from outside: over HTTP, and by its binary. What the SQL counts is tested on a
//! store of a fixed time in `report`.

mod address;
mod backup;
mod batch;
mod binary;
mod config;
mod crash;
mod dashboard;
mod days;
mod decide;
mod erase;
mod exchange;
mod inbox;
mod lessons;
mod live;
mod machines;
mod mutated;
mod openapi;
mod operations;
mod overload;
mod publish;
mod receiver;
mod report;
mod retain;
mod security;
mod sites;
mod summary;
mod support;
mod versions;
mod webhooks;
