//! `picket line`, `picket send` and `picket alert`: what is done with a line that runs in another terminal.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::SignedDuration;
use picket_rules::Glob;

/// `picket line`.
#[derive(Debug, Subcommand)]
pub(crate) enum LineCommand {
    /// The variables with which the AWS CLI and SDKs reach the running line, for the shell.
    #[command(after_help = "Example:
  eval \"$(picket line env)\"
  aws cloudwatch describe-alarms")]
    Env,
}

/// The arguments of `picket send`.
#[derive(Debug, Args)]
pub(crate) struct SendArguments {
    /// The workload whose rules must match the events: its name in the checkout, or its folder.
    pub(crate) workload: PathBuf,
    /// Payloads, one a line (.ndjson), or Kinesis events (.json); `-` is standard input, with payloads.
    pub(crate) file: PathBuf,
    /// Keeps the times of the events. Without, they are moved so that the newest is of now.
    #[arg(long)]
    pub(crate) keep_times: bool,
}

/// `picket alert`.
#[derive(Debug, Subcommand)]
pub(crate) enum AlertCommand {
    /// Puts alarms of the running line into ALARM and back into OK, and prints what arrived at each sink. Your own too,
    /// which `aws cloudwatch put-metric-alarm` made there. Exit status 1 where something is missing.
    #[command(after_help = "Example:
  eval \"$(picket line env)\"
  aws cloudwatch put-metric-alarm --alarm-name orders-late --namespace Orders \\
    --metric-name Late --statistic Sum --period 60 --evaluation-periods 1 \\
    --threshold 5 --comparison-operator GreaterThanThreshold \\
    --alarm-actions \"$TOPIC\" --ok-actions \"$TOPIC\"
  picket alert test orders-late")]
    Test {
        /// The alarm's name, `*` for any characters.
        #[arg(value_name = "PATTERN")]
        alarm: Glob,
        /// How long to wait for each change at every sink.
        #[arg(long, value_name = "TIME", default_value = "1m")]
        within: SignedDuration,
    },
}
