//! `picket report`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The arguments of `picket report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The day, UTC.
    #[arg(long)]
    pub(crate) date: Date,
    /// Recorded answers: JSON, pages in any order.
    #[arg(long, required = true, num_args = 1..)]
    pub(crate) cost_explorer: Vec<PathBuf>,
    /// A budget for the month to hold its days against, in the report's currency.
    #[arg(long)]
    pub(crate) budget: Option<Decimal>,
    /// The key of the cost allocation tag that answers are grouped by.
    #[arg(long)]
    pub(crate) tag: Option<String>,
    /// Smaller changes of a service are left out; without, 5.
    #[arg(long)]
    pub(crate) floor: Option<Decimal>,
}
