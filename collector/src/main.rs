//! The `unspoken` command. Everything it does is in the library, so that tests can call it.

use std::process::ExitCode;

/// A request makes and drops many small things on two threads (docs/ingest.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    unspoken_collector::cli::main()
}
