//! `picket alarms`: CloudWatch alarms of templates and accounts.

mod backtest;
mod doctor;
mod list;
pub(crate) mod sources;
pub(crate) mod test;

use std::io;

use jiff::Timestamp;

use crate::{arguments::AlarmsCommand, exit::Exit, output::Output};

/// Runs a command of `picket alarms`.
pub(crate) async fn run(
    command: AlarmsCommand,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    match command {
        AlarmsCommand::List(arguments) => list::run(&arguments, now, output),
        AlarmsCommand::Doctor(arguments) => doctor::run(&arguments, now, output).await,
        AlarmsCommand::Test { folders } => test::run(&folders, output),
        AlarmsCommand::Backtest(arguments) => backtest::run(&arguments, now, output).await,
    }
}
