//! `cargo xtask <task>`: the project's tasks for whoever thinks in cargo.
//!
//! The tasks themselves live in `scripts/`, because set-up has to run where nothing has been compiled
//! yet, and because half of a build is JavaScript's. One home for each task: this is a second door to
//! it and holds no logic of its own.

use std::path::Path;
use std::process::{Command, ExitCode};

/// A task: its name, the script with its first arguments, and what it does.
struct Task {
    name: &'static str,
    script: &'static [&'static str],
    about: &'static str,
}

const TASKS: &[Task] = &[
    Task {
        name: "setup",
        script: &["scripts/setup.mjs"],
        about: "install what is missing; --browsers for the tests' too",
    },
    Task {
        name: "build-wasm",
        script: &["scripts/build.mjs", "--wasm"],
        about: "the core as WebAssembly, into pkg/",
    },
    Task { name: "build", script: &["scripts/build.mjs"], about: "all that ships, into dist/" },
    Task {
        name: "size",
        script: &["scripts/size.mjs"],
        about: "the bytes of dist/ against their budgets; --json",
    },
    Task {
        name: "ci",
        script: &["scripts/test.mjs"],
        about: "every check; --only STEP, --verbose",
    },
];

fn task(name: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.name == name)
}

fn usage() -> String {
    let lines = TASKS.iter().map(|task| format!("  {:<12}{}\n", task.name, task.about));
    format!("cargo xtask TASK [ARGUMENTS]\n\n{}", lines.collect::<String>())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().unwrap_or_default();
    let name = name.to_string_lossy();
    if matches!(&*name, "" | "help" | "--help" | "-h") {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(task) = task(&name) else {
        eprint!("There is no task \"{name}\".\n\n{}", usage());
        return ExitCode::FAILURE;
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match Command::new("node").args(task.script).args(arguments).current_dir(root).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("node cannot be run ({error}): install Node 20 or newer.");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_its_script_and_a_line_of_usage() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for task in TASKS {
            assert!(root.join(task.script[0]).is_file(), "{} is missing", task.script[0]);
            assert!(usage().contains(&format!("\n  {:<12}", task.name)), "{}", task.name);
        }
    }

    #[test]
    fn a_task_is_found_by_its_whole_name() {
        assert_eq!(task("build-wasm").map(|task| task.script[1]), Some("--wasm"));
        assert!(task("buil").is_none());
        assert!(task("").is_none());
    }
}
