//! `picket usage`.

use std::{num::NonZeroU32, path::PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::Lasts;

/// The arguments of `picket usage`.
#[derive(Debug, Args)]
pub(crate) struct UsageArguments {
    /// The stack's name.
    #[arg(long, required_unless_present = "ledger")]
    pub(crate) stack: Option<String>,
    /// Recorded answers of `aws dynamodb query` on the ledger table, in place of the stack's.
    #[arg(long, num_args = 1.., conflicts_with = "stack")]
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
