//! The commands and their arguments.

mod adopt;
mod alarms;
mod dashboards;
mod drill;

use std::{
    num::{NonZeroU16, NonZeroU32},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;

pub(crate) use adopt::AdoptArguments;
pub(crate) use alarms::{
    AlarmsCommand, BacktestArguments, DoctorArguments, ListArguments, Sources, Thresholds, by_name,
};
pub(crate) use dashboards::DashboardsCommand;
pub(crate) use drill::DrillArguments;

/// Picket: events into metrics, alarms into messages and repairs, and what it all cost.
///
/// Exit status: 0 done, also where some input was not understood (its line says "error"); 1 a check or the demo failed;
/// 2 a file could not be read or the command line makes no sense.
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
    Demo {
        /// Run the scenario once, write target/demo/summary.json, and succeed only if every step was seen to happen.
        #[arg(long)]
        headless: bool,
        /// The page's port; without, 4180, or any free one where headless.
        #[arg(long)]
        port: Option<u16>,
        /// Shards of the stream.
        #[arg(long, default_value = "1")]
        shards: NonZeroU16,
        /// Writes to a Prometheus too (`scripts/prometheus.sh` installs one), which runs as long as the line does.
        #[arg(long)]
        prometheus: bool,
    },
    /// Kinesis events (.json) or payloads, one a line (.ndjson), through the event processor's core.
    Ingest {
        /// The Environment dimension of the series.
        #[arg(long, default_value = "dev")]
        environment: String,
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Lambda events as SNS, EventBridge or CloudWatch sends them: what would be posted, and where to.
    Explain {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// A day's cost report from recorded answers of Cost Explorer and AWS Budgets: `GetCostAndUsage` by service and record type, by
    /// record type, account, region or tag, and by service with one of these; `GetCostForecast`; `GetAnomalies`;
    /// `DescribeBudgets`.
    Report {
        /// The day, UTC.
        #[arg(long)]
        date: Date,
        /// Recorded answers: JSON, pages in any order.
        #[arg(long, required = true, num_args = 1..)]
        cost_explorer: Vec<PathBuf>,
        /// A budget for the month to hold its days against, in the report's currency.
        #[arg(long)]
        budget: Option<Decimal>,
        /// The key of the cost allocation tag that answers are grouped by.
        #[arg(long)]
        tag: Option<String>,
        /// Smaller changes of a service are left out; without, 5.
        #[arg(long)]
        floor: Option<Decimal>,
    },
    /// Tries a CloudWatch Logs filter pattern on each line of a file.
    Filter {
        /// The pattern, as in a metric filter. May begin with a hyphen, as `-INFO` does.
        #[arg(long, allow_hyphen_values = true)]
        pattern: String,
        file: PathBuf,
    },
    /// Whether rules, routes, playbooks and prices are valid, and where not. Without files: the ones built in, and the
    /// dashboards of the checkout around the working directory. A source of a dashboard is checked with its template.
    Check {
        /// As objects of the override bucket: also what a deployed stack of this version would refuse them for.
        #[arg(long = "override", requires = "files")]
        as_override: bool,
        files: Vec<PathBuf>,
    },
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
    /// Puts recorded requests (CSV: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens`) on a running line's stream as
    /// Bedrock usage, with their times moved so that the last is now, and compares what the ledger, CloudWatch and
    /// Prometheus counted with the files.
    Replay {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Kills the event processor and the metrics publisher now and then meanwhile: the totals must not differ.
        #[arg(long)]
        kill: bool,
        /// Deals the requests to so many agents in turn: `agent-0001` and on. Without, all are of the agent `replay`.
        #[arg(long)]
        agents: Option<NonZeroU32>,
    },
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
  aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm > alarms.json
  aws logs describe-metric-filters > filters.json
  aws logs describe-query-definitions > queries.json
  aws cloudwatch get-dashboard --dashboard-name orders > dashboard.json
  picket adopt orders alarms.json filters.json queries.json dashboard.json --critical 'orders-down*' --rules
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
    Audit {
        /// The stack's name.
        #[arg(long)]
        stack: String,
        /// The period that ends now: `1d` is today since midnight (UTC), `7d` the last seven days with today; or a time,
        /// such as `1h`.
        #[arg(long = "for", value_name = "TIME", default_value = "1d")]
        lasts: Lasts,
        /// The target as an audit row has it: a function's name, `table/NAME`, `stream/NAME`, `parameter/NAME`.
        #[arg(long)]
        target: Option<String>,
    },
    /// What language models cost and how many requests and tokens they took, by agent, model, incident and day, from a
    /// deployed stack's usage ledger; throughput and latency from CloudWatch. Both also from recorded answers.
    #[command(after_help = "Examples:
  picket usage --ledger-table picket-prod-ledger
  picket usage --ledger-table picket-prod-ledger --for 30d --prices prices.yaml
  picket usage --ledger-table picket-prod-ledger --for 1h --cloudwatch --environment prod
  picket usage --ledger-table picket-prod-ledger --from 2026-11-01 --to 2026-11-07 --succeeded resolved.txt
  aws dynamodb query --table-name picket-prod-ledger --key-condition-expression '#day = :day' \\
    --expression-attribute-names '{\"#day\":\"day\"}' --expression-attribute-values '{\":day\":{\"S\":\"2026-11-19\"}}' > day.json
  picket usage --ledger day.json --from 2026-11-19")]
    Usage(UsageArguments),
    /// How many series each metric has in CloudWatch, how many it may have, and what they cost a month, from a deployed
    /// stack.
    Series {
        /// The stack's output `LedgerTable`.
        #[arg(long)]
        ledger_table: String,
    },
}

/// The arguments of `picket usage`.
#[derive(Debug, Args)]
pub(crate) struct UsageArguments {
    /// The stack's output `LedgerTable`.
    #[arg(long, required_unless_present = "ledger")]
    pub(crate) ledger_table: Option<String>,
    /// Recorded answers of `aws dynamodb query` on the ledger table, in place of the table.
    #[arg(long, num_args = 1.., conflicts_with = "ledger_table")]
    pub(crate) ledger: Vec<PathBuf>,
    /// The period that ends now: `1d` is today since midnight (UTC), `7d` the last seven days with today; `1h` or `90m`
    /// for metrics, with the ledger's whole days around it. Without, `1d`.
    #[arg(long = "for", value_name = "TIME", conflicts_with = "from")]
    pub(crate) lasts: Option<Lasts>,
    /// The first day, UTC.
    #[arg(long)]
    pub(crate) from: Option<Date>,
    /// The last day, UTC; without, `--from` alone is one day.
    #[arg(long, requires = "from")]
    pub(crate) to: Option<Date>,
    /// A prices.yaml in place of the built-in one, as in the override bucket.
    #[arg(long)]
    pub(crate) prices: Option<PathBuf>,
    /// The rows of each table.
    #[arg(long, default_value = "10")]
    pub(crate) top: NonZeroU32,
    /// Incidents that were resolved, an id a line: for the cost per successful incident.
    #[arg(long)]
    pub(crate) succeeded: Option<PathBuf>,
    /// Reads throughput and latency from CloudWatch.
    #[arg(long, conflicts_with = "metrics")]
    pub(crate) cloudwatch: bool,
    /// Recorded answers of `aws cloudwatch get-metric-data` to the queries of `--queries`, in place of CloudWatch.
    #[arg(long, num_args = 1..)]
    pub(crate) metrics: Vec<PathBuf>,
    /// Prints the queries of CloudWatch's metrics, for `--metric-data-queries`, and nothing else.
    #[arg(long)]
    pub(crate) queries: bool,
    /// The Environment dimension of the metrics.
    #[arg(long, default_value = "dev")]
    pub(crate) environment: String,
}

/// A period that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Calendar days, today the last of them.
    Days(u16),
    /// A time.
    Time(SignedDuration),
}

/// The longest period: CloudWatch keeps metrics for 455 days. Ledger rows do not expire; `--from` reads older ones.
const MOST_DAYS: u16 = 455;

impl std::str::FromStr for Lasts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refusal = || {
            format!(
                "{text:?} is no period: write days, such as 7d (at most {MOST_DAYS}d), or a time, such as 1h or 90m"
            )
        };
        if let Some(days) = text.strip_suffix('d')
            && let Ok(days) = days.parse()
        {
            let is_possible = (1..=MOST_DAYS).contains(&days);
            return is_possible.then_some(Self::Days(days)).ok_or_else(refusal);
        }
        let time: SignedDuration = text.parse().map_err(|_| refusal())?;
        let most = SignedDuration::from_hours(24 * i64::from(MOST_DAYS));
        let is_possible = time >= SignedDuration::from_mins(1) && time <= most;
        is_possible.then_some(Self::Time(time)).ok_or_else(refusal)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum PricesCommand {
    /// Plans the rows by which the prices become those of a source, and lists where the two disagree. The source is the
    /// public table in the Python package `litellm`, or offer files of AWS's Price List; the format is recognised.
    /// Rows are added and never edited: one that supersedes another begins on the day the source was read.
    #[command(after_help = "Examples:
  pip download litellm==1.110.2 --no-deps -d /tmp/prices && unzip -p /tmp/prices/litellm-*.whl \\
    litellm/model_prices_and_context_window_backup.json > /tmp/prices/table.json
  picket prices import /tmp/prices/table.json --source litellm-1.110.2 \\
    --address https://pypi.org/project/litellm/1.110.2/
  picket prices import /tmp/prices/table.json --source litellm-1.110.2 \\
    --address https://pypi.org/project/litellm/1.110.2/ --into shared/rules/prices-imported.csv")]
    Import {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The source's name, with its version.
        #[arg(long)]
        source: String,
        /// The source's https:// address.
        #[arg(long)]
        address: String,
        /// The day it was read; without, today (UTC).
        #[arg(long)]
        read: Option<Date>,
        /// The file of imported rows to add to: shared/rules/prices-imported.csv. Without, nothing is written.
        #[arg(long)]
        into: Option<PathBuf>,
    },
    /// Imports AWS's Price List of some Regions, read from its bulk API. The files are public: no credentials are needed.
    #[command(after_help = "Example:
  picket prices refresh --region us-east-1 --region eu-central-1 --into shared/rules/prices-imported.csv")]
    Refresh {
        /// A Region whose prices to read.
        #[arg(long = "region", required = true)]
        regions: Vec<String>,
        /// The file of imported rows to add to. Without, nothing is written.
        #[arg(long)]
        into: Option<PathBuf>,
    },
    /// Finds the usage in a deployed stack's ledger that has no price, and says what it costs with another model's
    /// price. Exit status 1 where there is any.
    #[command(after_help = "Examples:
  picket prices check --ledger-table picket-prod-ledger
  picket prices check --ledger-table picket-prod-ledger --days 7 --candidate anthropic.claude-sonnet-4-6
  picket prices check --ledger-table picket-prod-ledger --prices prices.yaml")]
    Check {
        /// The stack's output `LedgerTable`.
        #[arg(long)]
        ledger_table: String,
        /// How many days to read, today's (UTC) the last of them.
        #[arg(long, default_value = "30", value_parser = clap::value_parser!(u16).range(1..=400))]
        days: u16,
        /// A model whose price to use for what has none.
        #[arg(long)]
        candidate: Option<String>,
        /// A prices.yaml in place of the built-in one, as in the override bucket.
        #[arg(long)]
        prices: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// Lists the entries of the bucket with their status: `open` (discarded by Lambda and counted nowhere),
    /// `quarantined` (a commit names it as unreadable), `counted`, `replayed` (a copy counts), `uncommitted` (the
    /// stream still has it), `forgotten` (too old to know, or in a damaged slice).
    List {
        /// The stack's name.
        #[arg(long)]
        stack: String,
    },
    /// The entries of one object, with their payloads.
    Show {
        /// The stack's name.
        #[arg(long)]
        stack: String,
        /// The object's key, as `list` prints it.
        object: String,
        /// Only the entry at this place, without stream and shard.
        #[arg(long)]
        position: Option<String>,
    },
    /// Puts back into the stream, as new records, what counts nowhere. Doing it again is safe: of all copies one
    /// counts.
    Replay {
        /// The stack's name.
        #[arg(long)]
        stack: String,
        /// Objects' keys; without, all of them.
        objects: Vec<String>,
        /// Also what could not be read: the decoder or the rule is mended.
        #[arg(long)]
        mended: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RemediationCommand {
    /// Approves a plan that waits: the remediator makes it again from the facts of now, and makes the change if it is
    /// still the same.
    Approve {
        #[command(flatten)]
        plan: PlanArguments,
    },
    /// Declines a plan that waits: nothing is changed.
    Decline {
        #[command(flatten)]
        plan: PlanArguments,
    },
    /// Lists the plans that wait for approval, and the changes that were neither reverted nor kept for a person's change.
    ///
    /// Scans the table, at most 20 pages of 1 MB; the answer says so where there is more.
    List {
        /// The stack's name.
        #[arg(long)]
        stack: String,
        /// The period in which the alarms of the changes changed state.
        #[arg(long = "for", value_name = "TIME", default_value = "7d")]
        lasts: Lasts,
    },
}

/// A plan of a deployed stack.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// The plan's id, as its message and `list` show it.
    pub(crate) plan: PlanId,
    /// The stack's name.
    #[arg(long)]
    pub(crate) stack: String,
}

/// The id of a plan: letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlanId(String);

impl PlanId {
    /// The id.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for PlanId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(is_legal);
        is_id.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!("{text:?} is no plan's id: copy it from the plan's message, such as 1a2b3c4d")
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChainCommand {
    /// Reads every slice of every chain, and names those that are damaged and the places where slices are missing. Exit
    /// status 1 where one is damaged.
    Check {
        /// The stack's output `ChainTable`.
        #[arg(long)]
        chain_table: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SilenceAction {
    /// Holds back what matches, until a moment; over a silence of the same name.
    Add {
        /// Letters, digits, `-`, `_`, `.`.
        name: String,
        /// The stack's output `AlertsTable`.
        #[arg(long)]
        table: String,
        /// The messages to hold back, as in a route: `alarm=orders-*`, `severity=warning`, `tags.team=payments`. All
        /// names must match; a name given twice matches either value.
        #[arg(long = "match", value_name = "NAME=PATTERN", required = true)]
        matches: Vec<String>,
        /// For how long, such as `2h` or `PT90M`.
        #[arg(
            long = "for",
            value_name = "TIME",
            conflicts_with = "until",
            required_unless_present = "until"
        )]
        lasts: Option<SignedDuration>,
        /// Until when, such as 2026-12-01T06:00:00Z.
        #[arg(long)]
        until: Option<Timestamp>,
        /// Why, for those who look for an alert.
        #[arg(long)]
        reason: String,
        /// Who says so.
        #[arg(long)]
        author: String,
    },
    /// Lists the silences.
    List {
        /// The stack's output `AlertsTable`.
        #[arg(long)]
        table: String,
    },
    /// Ends a silence.
    Remove {
        name: String,
        /// The stack's output `AlertsTable`.
        #[arg(long)]
        table: String,
    },
}
