//! `picket alarms`: CloudWatch alarms of templates and accounts.

mod list;
mod sources;
mod test;

use std::io;

use crate::{arguments::AlarmsCommand, exit::Exit, output::Output};

/// Runs a command of `picket alarms`.
pub(crate) fn run(command: AlarmsCommand, output: &mut Output<'_>) -> io::Result<Exit> {
    match command {
        AlarmsCommand::List(arguments) => list::run(&arguments, output),
        AlarmsCommand::Test { folders } => test::run(&folders, output),
    }
}
