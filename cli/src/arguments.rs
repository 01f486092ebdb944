//! The commands and their arguments.

mod adopt;
mod alarms;
mod audit;
mod chain;
mod check;
mod cost;
mod dashboards;
mod demo;
mod drill;
mod help;
mod lasts;
mod line;
mod new_workload;
mod parameters;
mod prices;
mod quarantine;
mod remediation;
mod replay;
mod report;
mod silence;
mod tried;
mod usage;

use std::path::PathBuf;

use clap::{Parser, Subcommand, builder::PossibleValuesParser};

use crate::schemas::SCHEMAS;

pub(crate) use adopt::AdoptArguments;
pub(crate) use alarms::{
    AlarmsCommand, BacktestArguments, DoctorArguments, ListArguments, Sources, Thresholds, by_name,
};
pub(crate) use audit::AuditArguments;
pub(crate) use chain::ChainCommand;
pub(crate) use check::{CheckArguments, FilterArguments};
pub(crate) use cost::CostArguments;
pub(crate) use dashboards::DashboardsCommand;
pub(crate) use demo::DemoArguments;
pub(crate) use drill::DrillArguments;
pub(crate) use help::command;
pub(crate) use lasts::{Lasts, Length};
pub(crate) use line::{AlertCommand, LineCommand, SendArguments};
pub(crate) use new_workload::{ComposeArguments, NewWorkloadArguments};
pub(crate) use parameters::ParametersCommand;
pub(crate) use prices::PricesCommand;
pub(crate) use quarantine::Quarantine;
pub(crate) use remediation::{PlanId, RemediationCommand};
pub(crate) use replay::ReplayArguments;
pub(crate) use report::ReportArguments;
pub(crate) use silence::SilenceAction;
pub(crate) use tried::{ExplainArguments, IngestArguments};
pub(crate) use usage::UsageArguments;

/// Picket: events into metrics, alarms into messages and repairs, and what it all cost.
///
/// A file `-` is standard input.
#[derive(Debug, Parser)]
#[command(name = "picket", version, about)]
pub(crate) struct Arguments {
    /// Answer in JSON, one value a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole line on this machine: emulator, `sam deploy`, traffic, incident, repair plan, report.
    #[command(after_help = "Examples:
  picket demo
  picket demo --headless
  picket demo --live
  picket demo --port 8080 --prometheus")]
    Demo(DemoArguments),
    /// The completions of a shell, for its startup file.
    #[command(after_help = "Examples:
  picket completions bash > ~/.local/share/bash-completion/completions/picket
  picket completions zsh > ~/.zfunc/_picket")]
    Completions { shell: clap_complete::Shell },
    /// Writes the manual pages, one for each command.
    #[command(after_help = "Example:
  picket manual ~/.local/share/man/man1")]
    Manual {
        /// The folder, which is made.
        folder: PathBuf,
    },
    /// What a running line is reached with.
    Line {
        #[command(subcommand)]
        command: LineCommand,
    },
    /// Puts events on the stream of the running line, after a look at which of them the workload's rules match. Their
    /// counts are in CloudWatch a minute later, and the line evaluates the alarms then.
    ///
    /// Exit status 1 where no rule of the workload matches any of them: nothing is sent.
    #[command(after_help = "Examples:
  picket send bedrock-usage payloads.ndjson
  picket send ../my-workloads/orders - < lines.txt")]
    Send(SendArguments),
    /// Sends an alarm of the running line through the whole path.
    Alert {
        #[command(subcommand)]
        command: AlertCommand,
    },
    /// Kinesis events (.json) or payloads, one a line (.ndjson), through the event processor's core.
    #[command(after_help = "Examples:
  picket ingest events/event-processor/bedrock-usage.json
  picket ingest --rules workloads/orders payloads.ndjson
  aws logs tail /aws/lambda/orders --format short | cut -d ' ' -f 2- > lines.txt
  picket ingest --rules workloads/orders - < lines.txt")]
    Ingest(IngestArguments),
    /// Lambda events as SNS, EventBridge or CloudWatch sends them: what would be posted, and where to.
    #[command(after_help = "Examples:
  picket explain events/slack-forwarder/alarm-by-sns.json
  picket explain --routes routes.yaml --playbooks playbooks.yaml alarm.json
  pbpaste | picket explain --json -")]
    Explain(ExplainArguments),
    /// A day's cost report from recorded answers of Cost Explorer and AWS Budgets: `GetCostAndUsage` by service and record type, by
    /// record type, account, region or tag, and by service with one of these; `GetCostForecast`; `GetAnomalies`;
    /// `DescribeBudgets`.
    #[command(after_help = "Examples:
  aws ce get-cost-and-usage --time-period Start=2026-11-01,End=2026-11-21 \\
    --granularity DAILY --metrics UnblendedCost \\
    --group-by Type=DIMENSION,Key=SERVICE Type=DIMENSION,Key=RECORD_TYPE \\
    > costs.json
  picket report --date 2026-11-19 --cost-explorer costs.json
  picket report --date 2026-11-19 --cost-explorer costs.json --budget 500")]
    Report(ReportArguments),
    /// Tries a CloudWatch Logs filter pattern on each line of a file.
    #[command(after_help = "Examples:
  picket filter --pattern '{ $.status >= 500 }' payloads.ndjson
  picket filter --pattern 'ERROR -\"health check\"' app.log
  kubectl logs deploy/orders | picket filter --pattern '?ERROR ?WARN' -")]
    Filter(FilterArguments),
    /// Whether rules, probes, routes, playbooks, prices, alarms' cases and dashboards are valid, and where not; and whether
    /// the functions' roles allow the namespaces of rules and probes. A file that it cannot check is exit status 2.
    #[command(after_help = "Examples:
  picket check
  picket check workloads/orders
  picket check workloads/orders/metrics.yaml workloads/orders/probes.yaml
  picket check --override routes.yaml")]
    Check(CheckArguments),
    /// Runs the cases of alarms: series in, states out; the same as `picket alarms test`.
    ///
    /// Each case that fails is a table: period, series, expected and got. Exit status 1 where a case fails, or where an
    /// alarm has no case in which it fires, or none in which it stays silent.
    #[command(after_help = "Examples:
  picket test
  picket test workloads/orders
  picket test workloads/orders/alarms.test.yaml --json")]
    Test {
        /// Folders, or files of cases. Without, the workloads of the checkout around the working directory.
        folders: Vec<PathBuf>,
    },
    /// Writes a workload's folder: metric rules, alarms with test cases, a dashboard, a runbook and sample events, to be
    /// changed.
    ///
    /// The folder is outside the checkout. `WORKLOADS` names the folder around it, to `make`, to the build and to the other
    /// commands; several are parted by colons.
    #[command(after_help = "Examples:
  picket new-workload orders --at ../my-workloads
  picket new-workload orders-api --at ~/shop/monitoring")]
    NewWorkload(NewWorkloadArguments),
    /// Writes the root template with the workloads of the folders that `WORKLOADS` names in it, for `sam deploy`.
    ///
    /// Each workload with a template is a nested stack. Its parameters that Picket does not know become parameters of the
    /// root template, with the workload's name before theirs. `make deploy` runs this command.
    #[command(after_help = "Examples:
  picket compose
  picket compose --into target/composed --json")]
    Compose(ComposeArguments),
    /// Lists, tests and replays CloudWatch alarms, of templates or of an account.
    Alarms {
        #[command(subcommand)]
        command: AlarmsCommand,
    },
    /// Writes the dashboards of workloads into their templates, and checks that they are there.
    Dashboards {
        #[command(subcommand)]
        command: DashboardsCommand,
    },
    /// Writes docs/parameters.md, the page of all templates' parameters, and checks that it is what they give.
    Parameters {
        #[command(subcommand)]
        command: ParametersCommand,
    },
    /// Puts recorded requests (CSV: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens`) on a running line's stream as
    /// Bedrock usage, with their times moved so that the last is now, and compares what the ledger, CloudWatch and
    /// Prometheus counted with the files.
    #[command(after_help = "Examples:
  picket replay requests.csv
  picket replay requests.csv --kill --agents 20")]
    Replay(ReplayArguments),
    /// Prices of models: imports them from where they are listed, and finds usage that has none.
    Prices {
        #[command(subcommand)]
        command: PricesCommand,
    },
    /// Writes a workload's folder from what an account has: alarms with test cases and runbook sections, dashboards, saved
    /// queries and metric rules; and says what is wrong with the alarms.
    ///
    /// The test cases are made from the thresholds. Nothing is changed in the account.
    #[command(after_help = "Examples:
  aws cloudwatch describe-alarms \\
    --alarm-types MetricAlarm CompositeAlarm > alarms.json
  aws logs describe-metric-filters > filters.json
  aws logs describe-query-definitions > queries.json
  aws cloudwatch get-dashboard --dashboard-name orders > dashboard.json
  picket adopt orders alarms.json filters.json queries.json dashboard.json \\
    --critical 'orders-down*' --rules
  picket adopt orders cloudformation.yaml --into ../my-workloads")]
    Adopt(AdoptArguments),
    /// Fires every alarm of a deployed stack (`SetAlarmState`), one after the other, and checks that each arrived at each
    /// of its sinks and cleared there. Sends real messages and pages, which say that they are a drill.
    ///
    /// An alarm that is in ALARM, or whose actions are more than SNS topics, is skipped. Exit status 1 where a sink lacks a
    /// change, or an alarm cannot notify anyone.
    #[command(after_help = "Examples:
  picket drill --stack picket-staging
  picket drill --stack picket-prod --alarm 'picket-prod-web-api-*' --json")]
    Drill(DrillArguments),
    /// Lists, shows and replays the records that a deployed stack could not read or that Lambda discarded.
    Quarantine {
        #[command(subcommand)]
        command: Quarantine,
    },
    /// Inspects the committed slices of a deployed stack.
    Chain {
        #[command(subcommand)]
        command: ChainCommand,
    },
    /// Holds back a deployed stack's messages for a while.
    Silence {
        #[command(subcommand)]
        action: SilenceAction,
    },
    /// Approves and declines the plans of a deployed stack's remediator, and lists what is open.
    Remediation {
        #[command(subcommand)]
        command: RemediationCommand,
    },
    /// What a deployed stack's remediator planned, changed, refused, verified and reverted, newest first: a line for each
    /// audit row of an alarm that changed state in the period.
    ///
    /// With `--target`, the target's rows alone are read. Without, the table is scanned, at most 20 pages of 1 MB; the
    /// answer says so where there is more.
    #[command(after_help = "Examples:
  picket audit --stack picket-prod
  picket audit --stack picket-prod --for 30d --target checkout --json")]
    Audit(AuditArguments),
    /// What language models cost and how many requests and tokens they took, by agent, model, incident and day, from a
    /// deployed stack's usage ledger; throughput and latency from CloudWatch. Both also from recorded answers.
    #[command(after_help = "Examples:
  picket usage --stack picket-prod
  picket usage --stack picket-prod --for 30d --prices prices.yaml
  picket usage --stack picket-prod --for 1h --cloudwatch \\
    --environment prod
  picket usage --stack picket-prod \\
    --from 2026-11-01 --to 2026-11-07 --succeeded resolved.txt
  aws dynamodb query --table-name picket-prod-ledger \\
    --key-condition-expression '#day = :day' \\
    --expression-attribute-names '{\"#day\":\"day\"}' \\
    --expression-attribute-values '{\":day\":{\"S\":\"2026-11-19\"}}' > day.json
  picket usage --ledger day.json --from 2026-11-19")]
    Usage(UsageArguments),
    /// The JSON Schema of a file that users write, for editors; without a format, the formats.
    ///
    /// A file names its schema in a comment, which the shipped ones have:
    /// `# yaml-language-server: $schema=../../schemas/metrics.json`.
    #[command(after_help = "Examples:
  picket schema
  picket schema metrics > metrics.schema.json")]
    Schema {
        /// The format.
        #[arg(value_parser = PossibleValuesParser::new(SCHEMAS.map(|schema| schema.name)))]
        format: Option<String>,
    },
    /// What a stack costs a month at your traffic: AWS's list prices in us-east-1, without free tiers, and the series that
    /// the limits of all rules allow. Reads nothing (docs/cost.md).
    #[command(after_help = "Examples:
  picket cost
  picket cost --events-per-second 700 \\
    --workload bedrock-usage --agents 5 --models 2
  picket cost --events-per-second 200 --event-kb 2 --series 40 --alarms 12")]
    Cost(CostArguments),
    /// How many series each metric has in CloudWatch, how many it may have, and what they cost a month, from a deployed
    /// stack.
    #[command(after_help = "Example:
  picket series --stack picket-prod")]
    Series {
        /// The stack's name.
        #[arg(long)]
        stack: String,
    },
}

#[cfg(test)]
mod tests;
