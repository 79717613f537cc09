//! The `unspoken` command. Everything it does is in the library, so that tests can call it.

use std::process::ExitCode;

fn main() -> ExitCode {
    unspoken_collector::cli::main()
}
