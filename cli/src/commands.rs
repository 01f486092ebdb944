//! The commands, one file each: `run` reads and prints, the rest is pure.

mod adopt;
mod alarms;
mod alert;
mod audit;
mod chain;
mod check;
mod compose;
mod cost;
mod dashboards;
mod demo;
mod drill;
mod explain;
mod filter;
mod ingest;
mod line;
mod manual;
mod new_workload;
pub(crate) mod parameters;
mod prices;
mod quarantine;
mod remediation;
mod replay;
mod report;
pub(crate) mod schema;
mod send;
mod series;
mod silence;
mod usage;

use std::io;

use picket_shared::clock::{Clock, SystemClock};

use crate::{
    arguments::{ChainCommand, Command, LineCommand},
    exit::Exit,
    output::Output,
    period::Period,
};

/// Runs a command.
pub(crate) async fn execute(command: Command, output: &mut Output<'_>) -> io::Result<Exit> {
    match command {
        Command::Demo(arguments) => demo::run(arguments, output).await,
        Command::Completions { shell } => manual::completions(shell, output),
        Command::Manual { folder } => manual::write(&folder, output),
        Command::Line {
            command: LineCommand::Env,
        } => line::env(output).await,
        Command::Send(arguments) => send::run(&arguments, SystemClock.now(), output).await,
        Command::Alert { command } => alert::run(command, &SystemClock, output).await,
        Command::Ingest(arguments) => ingest::run(&arguments, SystemClock.now(), output),
        Command::Explain(arguments) => explain::run(&arguments, SystemClock.now(), output),
        Command::Report(arguments) => report::run(&arguments, output),
        Command::Filter(arguments) => filter::run(&arguments.pattern, arguments.file, output),
        Command::Check(arguments) => check::run(&arguments, SystemClock.now(), output),
        Command::Test { folders } => alarms::test::run(&folders, output),
        Command::NewWorkload(arguments) => new_workload::run(&arguments, output),
        Command::Compose(arguments) => compose::run(&arguments, output),
        Command::Dashboards { command } => dashboards::run(&command, output),
        Command::Parameters { command } => parameters::run(command, output),
        Command::Alarms { command } => alarms::run(command, SystemClock.now(), output).await,
        Command::Replay(arguments) => replay::run(&arguments, output).await,
        Command::Prices { command } => prices::run(command, SystemClock.now(), output).await,
        Command::Adopt(arguments) => adopt::run(&arguments, SystemClock.now(), output).await,
        Command::Drill(arguments) => drill::run(&arguments, &SystemClock, output).await,
        Command::Quarantine { command } => quarantine::run(command, &SystemClock, output).await,
        Command::Chain {
            command: ChainCommand::Check { stack },
        } => chain::check(&stack, output).await,
        Command::Silence { action } => silence::run(action, SystemClock.now(), output).await,
        Command::Remediation { command } => {
            remediation::run(command, SystemClock.now(), output).await
        }
        Command::Audit(arguments) => {
            let period = Period::until(SystemClock.now(), arguments.lasts);
            audit::run(&arguments, period.from, output).await
        }
        Command::Usage(arguments) => usage::run(arguments, SystemClock.now(), output).await,
        Command::Schema { format } => schema::run(format.as_deref(), output),
        Command::Cost(arguments) => cost::run(&arguments, output),
        Command::Series { stack } => series::run(&stack, output).await,
    }
}
