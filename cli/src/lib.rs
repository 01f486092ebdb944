//! The command line of Picket: the functions' pure cores, and the local line, for operators and developers.
//!
//! A command answers in JSON with `--json` (one value a line) and for people without it. Input that is not understood is a
//! line with `"error"` and exit status 0; a file that cannot be read is exit status 2.

mod arguments;
mod commands;
mod exit;
mod input;
mod output;
mod refusal;
mod style;
mod timeline;

use std::{ffi::OsString, io, process::ExitCode};

use clap::Parser;
use picket_line::replay::Options;
use picket_shared::clock::{Clock, SystemClock};

use crate::{
    arguments::{Arguments, ChainCommand, Command},
    exit::Exit,
};

pub use output::Output;

/// Runs the command line and returns its exit status.
pub async fn run(
    arguments: impl IntoIterator<Item = OsString>,
    output: &mut Output<'_>,
) -> ExitCode {
    let ended = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => {
            output.use_json(arguments.json);
            execute(arguments.command, output).await
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

async fn execute(command: Command, output: &mut Output<'_>) -> io::Result<Exit> {
    match command {
        Command::Demo {
            headless,
            port,
            shards,
            prometheus,
        } => commands::demo::run(headless, port, shards, prometheus, output).await,
        Command::Ingest { files, environment } => {
            commands::ingest::run(&files, &environment, SystemClock.now(), output)
        }
        Command::Explain { files } => commands::explain::run(&files, SystemClock.now(), output),
        Command::Report {
            date,
            cost_explorer,
            budget,
        } => commands::report::run(date, &cost_explorer, budget, output),
        Command::Filter { pattern, file } => commands::filter::run(&pattern, file, output),
        Command::Check { as_override, files } => commands::check::run(&files, as_override, output),
        Command::Replay {
            files,
            kill,
            agents,
        } => {
            let options = Options {
                files,
                kill,
                agents,
            };
            commands::replay::run(options, output).await
        }
        Command::Quarantine { command } => {
            commands::quarantine::run(command, &SystemClock, output).await
        }
        Command::Chain {
            command: ChainCommand::Check { chain_table },
        } => commands::chain::check(chain_table, output).await,
        Command::Silence { action } => {
            commands::silence::run(action, SystemClock.now(), output).await
        }
        Command::Series { ledger_table } => commands::series::run(ledger_table, output).await,
    }
}
