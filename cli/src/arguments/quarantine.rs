//! `picket quarantine`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Quarantine {
    /// Lists the entries of the bucket with their status: `open` (discarded by Lambda and counted nowhere),
    /// `quarantined` (a commit names it as unreadable), `counted`, `replayed` (a copy counts), `uncommitted` (the
    /// stream still has it), `forgotten` (too old to know, or in a damaged slice).
    #[command(after_help = "Example:
  picket quarantine list --stack picket-prod")]
    List {
        /// The stack's name.
        #[arg(long)]
        stack: String,
    },
    /// The entries of one object, with their payloads.
    #[command(after_help = "Examples:
  picket quarantine show --stack picket-prod records/2026/11/20/0001.json
  picket quarantine show --stack picket-prod records/2026/11/20/0001.json --json")]
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
    #[command(after_help = "Examples:
  picket quarantine replay --stack picket-prod
  picket quarantine replay --stack picket-prod \\
    records/2026/11/20/0001.json --mended")]
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
