//! `picket prices`.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub(crate) enum PricesCommand {
    /// Plans the rows by which the prices become those of a source, and lists where the two disagree. The source is the
    /// public table in the Python package `litellm`, or offer files of AWS's Price List; the format is recognised.
    /// Rows are added and never edited: one that supersedes another begins on the day the source was read.
    #[command(after_help = "Examples:
  pip download litellm==1.110.2 --no-deps -d /tmp/prices
  unzip -p /tmp/prices/litellm-*.whl \\
    litellm/model_prices_and_context_window_backup.json > /tmp/prices/table.json
  picket prices import /tmp/prices/table.json --source litellm-1.110.2 \\
    --address https://pypi.org/project/litellm/1.110.2/
  picket prices import /tmp/prices/table.json --source litellm-1.110.2 \\
    --address https://pypi.org/project/litellm/1.110.2/ \\
    --into shared/rules/prices-imported.csv")]
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
  picket prices refresh --region us-east-1 --region eu-central-1 \\
    --into shared/rules/prices-imported.csv")]
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
  picket prices check --stack picket-prod
  picket prices check --stack picket-prod --days 7 \\
    --candidate anthropic.claude-sonnet-4-6
  picket prices check --stack picket-prod --prices prices.yaml")]
    Check {
        /// The stack's name.
        #[arg(long)]
        stack: String,
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
