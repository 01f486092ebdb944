//! `picket silence`.

use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};

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
