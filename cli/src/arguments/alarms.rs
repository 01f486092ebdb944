//! `picket alarms`.

mod backtest;

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Subcommand};

pub(crate) use backtest::{BacktestArguments, Thresholds};

#[derive(Debug, Subcommand)]
pub(crate) enum AlarmsCommand {
    /// Lists alarms with what they watch, their threshold, actions, runbook and monthly price, and a total: of
    /// CloudFormation and SAM templates with their nested stacks, and of answers of `aws cloudwatch describe-alarms`.
    ///
    /// An alarm that cannot be read is listed with the reason. `{Name}` stands for a parameter without a value. Prices
    /// are list prices of us-east-1, without the free tier.
    #[command(after_help = "Examples:
  picket alarms list
  picket alarms list template.yaml --parameter Environment=prod \\
    --parameter AWS::Region=eu-west-1
  aws cloudwatch describe-alarms \\
    --alarm-types MetricAlarm CompositeAlarm > alarms.json
  picket alarms list alarms.json --json")]
    List(ListArguments),
    /// Runs the cases of alarms: series in, states out. Exit status 1 where a case fails, or where an alarm has no case
    /// in which it fires, or none in which it stays silent.
    ///
    /// A folder has a template (`template.yaml`) and cases (`alarms.test.yaml`, or any `*.test.yaml`).
    #[command(after_help = "Examples:
  picket alarms test
  picket alarms test workloads/web-api
  picket alarms test ~/shop --json")]
    Test {
        /// Folders, or files of cases. Without, the workloads of the checkout around the working directory.
        folders: Vec<PathBuf>,
    },
    /// When alarms would have fired on the metrics of the past: how often, for how long, how many of these were flaps, and
    /// how often at other thresholds.
    ///
    /// The metrics are recorded answers of `aws cloudwatch get-metric-data` to the queries of `--queries`, or are read
    /// with credentials. A firing is a flap where it is over within ten minutes, or begins within ten minutes of the end
    /// of the one before.
    #[command(after_help = backtest::EXAMPLES)]
    Backtest(BacktestArguments),
    /// What is wrong with alarms that CloudWatch accepts: no action, no data for two weeks, never in ALARM in 30 days,
    /// missing data that hide what they watch for, metrics that do not exist. Exit status 1 where there is anything.
    #[command(after_help = "Examples:
  picket alarms doctor --account
  aws cloudwatch describe-alarms \\
    --alarm-types MetricAlarm CompositeAlarm > alarms.json
  aws cloudwatch describe-alarm-history \\
    --history-item-type StateUpdate > history.json
  picket alarms doctor alarms.json --history history.json
  picket alarms doctor template.yaml")]
    Doctor(DoctorArguments),
}

/// The arguments of `picket alarms doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Answers of `aws cloudwatch describe-alarm-history --history-item-type StateUpdate`: which alarms were in ALARM.
    #[arg(long, num_args = 1..)]
    pub(crate) history: Vec<PathBuf>,
    /// Reads the alarms and their history from the account and Region of the credentials.
    #[arg(long, conflicts_with_all = ["files", "history", "parameters"])]
    pub(crate) account: bool,
}

/// The arguments of `picket alarms list`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub(crate) sources: Sources,
}

/// Where alarms are read from.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// Templates (YAML or JSON) and answers of describe-alarms (JSON). Without, the templates of the checkout around the
    /// working directory.
    pub(crate) files: Vec<PathBuf>,
    /// A parameter of the templates, or a pseudo parameter such as `AWS::StackName`.
    #[arg(long = "parameter", value_name = "KEY=VALUE")]
    pub(crate) parameters: Vec<Parameter>,
}

/// Parameters as templates take them, by name.
pub(crate) fn by_name(parameters: &[Parameter]) -> BTreeMap<String, String> {
    let pairs = parameters.iter();
    pairs
        .map(|parameter| (parameter.key.clone(), parameter.value.clone()))
        .collect()
}

/// A parameter of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl std::str::FromStr for Parameter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(format!("{text:?} is no parameter: write Key=Value")),
        }
    }
}
