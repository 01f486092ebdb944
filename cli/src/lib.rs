//! The command line of Picket: the functions' pure cores, and the local line, for operators and developers.
//!
//! A command answers in JSON with `--json` (one value a line) and for people without it. Input that is not understood
//! is a line with `"error"`. `Exit` has the exit statuses, the same for all commands.

mod account;
mod arguments;
mod aws;
mod checkout;
mod commands;
mod configured;
pub mod cost;
mod exit;
mod input;
mod output;
mod payloads;
mod period;
mod progress;
mod refusal;
mod schemas;
mod stack;
mod style;
mod terminal;
mod timeline;
mod unknown_metrics;

use std::{ffi::OsString, io, process::ExitCode};

use clap::FromArgMatches;

use crate::{arguments::Arguments, exit::Exit};

pub use output::Output;

/// Runs the command line and returns its exit status.
pub async fn run(
    arguments: impl IntoIterator<Item = OsString>,
    output: &mut Output<'_>,
) -> ExitCode {
    let parsed = arguments::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let ended = match parsed {
        Ok(arguments) => {
            output.use_json(arguments.json);
            commands::execute(arguments.command, output).await
        }
        Err(usage) => output.usage(&usage).map(|()| {
            if usage.use_stderr() {
                Exit::Unreadable
            } else {
                Exit::Done
            }
        }),
    };
    match ended {
        Ok(exit) => exit.into(),
        // The reader of a pipe has seen enough (`picket … | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        // There is nowhere to report that nothing can be written.
        Err(_) => Exit::Failed.into(),
    }
}
