//! The arguments of `picket drill`.

use clap::Args;
use jiff::SignedDuration;
use picket_rules::Glob;

/// The arguments of `picket drill`.
#[derive(Debug, Args)]
pub(crate) struct DrillArguments {
    /// The stack's name. Its alarms are those whose names begin with it and a hyphen, and all others that notify one of
    /// its topics.
    #[arg(long)]
    pub(crate) stack: String,
    /// The alarms to put into ALARM, by name, `*` for any characters; without, all.
    #[arg(long = "alarm", value_name = "PATTERN")]
    pub(crate) alarms: Vec<Glob>,
    /// How long to wait for each change at every sink.
    #[arg(long, value_name = "TIME", default_value = "3m")]
    pub(crate) within: SignedDuration,
    /// The time between the beginnings of two alarms' drills. Seven seconds keep the messages below the storm limit of
    /// twenty a minute, at which the forwarder combines them.
    #[arg(long, value_name = "TIME", default_value = "7s")]
    pub(crate) pace: SignedDuration,
    /// How many alarms are in a drill at once.
    #[arg(long, default_value = "1", value_parser = clap::value_parser!(u8).range(1..=20))]
    pub(crate) at_once: u8,
    /// Also alarms whose actions are disabled. On the local line they are, and the line notifies in the place of
    /// CloudWatch.
    #[arg(long)]
    pub(crate) even_disabled: bool,
}
