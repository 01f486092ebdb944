//! The help of every command.

use clap::CommandFactory;

use super::Arguments;
use crate::exit;

/// The command line, with the table of exit statuses in the help of every command.
pub(crate) fn command() -> clap::Command {
    with_exit_status(Arguments::command())
}

fn with_exit_status(command: clap::Command) -> clap::Command {
    let command = command.mut_subcommands(with_exit_status);
    let help = match command.get_after_help() {
        Some(examples) => format!("{examples}\n\n{}", exit::TABLE),
        None => exit::TABLE.to_owned(),
    };
    command.after_help(help)
}
