//! `picket silence`.

use clap::Subcommand;
use jiff::Timestamp;

use super::Length;

#[derive(Debug, Subcommand)]
pub(crate) enum SilenceAction {
    /// Holds back what matches, until a moment; over a silence of the same name.
    #[command(after_help = "Examples:
  picket silence add migration --stack picket-prod \\
    --match 'alarm=orders-*' --for 1d \\
    --reason 'orders move to another Region' --author ada
  picket silence add nightly --stack picket-prod \\
    --match severity=warning --match tags.team=shop \\
    --until 2026-12-01T06:00:00Z --reason 'load test' --author ada")]
    Add {
        /// Letters, digits, `-`, `_`, `.`.
        name: String,
        /// The stack's name.
        #[arg(long)]
        stack: String,
        /// The messages to hold back, as in a route: `alarm=orders-*`, `severity=warning`, `tags.team=payments`. All
        /// names must match; a name given twice matches either value.
        #[arg(long = "match", value_name = "NAME=PATTERN", required = true)]
        matches: Vec<String>,
        /// For how long, such as `2h`, `1d` or `PT90M`; a day has 24 hours.
        #[arg(
            long = "for",
            value_name = "TIME",
            conflicts_with = "until",
            required_unless_present = "until"
        )]
        lasts: Option<Length>,
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
    #[command(after_help = "Example:
  picket silence list --stack picket-prod")]
    List {
        /// The stack's name.
        #[arg(long)]
        stack: String,
    },
    /// Ends a silence.
    #[command(after_help = "Example:
  picket silence remove migration --stack picket-prod")]
    Remove {
        name: String,
        /// The stack's name.
        #[arg(long)]
        stack: String,
    },
}
