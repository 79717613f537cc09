//! Unspoken core.
#![forbid(unsafe_code)]
extern crate alloc;

pub mod id;
pub mod stream;
pub mod wire;
