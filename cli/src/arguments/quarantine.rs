//! `picket quarantine`.

use clap::Subcommand;

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
