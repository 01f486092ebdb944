//! `picket alert test`: an alarm of the running line through the whole path.

use std::io;

use jiff::SignedDuration;
use picket_line::{aws::Clients, local::Local};
use picket_shared::clock::Clock;

use super::drill;
use crate::{
    arguments::{AlertCommand, DrillArguments},
    exit::Exit,
    output::Output,
};

/// Drills the alarms on the line. Exit status 1 where no line runs, or a sink lacks a change.
pub(crate) async fn run(
    command: AlertCommand,
    clock: &(impl Clock + Clone + 'static),
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let AlertCommand::Test { alarm, within } = command;
    let local = match Local::here().await {
        Ok(local) => local,
        Err(error) => {
            output.complain(format_args!("{error:#}"))?;
            return Ok(Exit::Failed);
        }
    };
    let arguments = DrillArguments {
        stack: local.stack,
        alarms: vec![alarm],
        within,
        pace: SignedDuration::ZERO,
        at_once: 1,
        // The line notifies in the place of CloudWatch.
        even_disabled: true,
    };
    let clients = Clients::new(&local.endpoint).await;
    output.note(format_args!("see {}", local.page))?;
    drill::on(clients.config(), &arguments, clock, output).await
}
