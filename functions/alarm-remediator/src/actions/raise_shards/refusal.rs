//! The guard rails of this action that forbid a change, a sentence each with its numbers.

use crate::actions::window::WINDOW_MINUTES;

/// The age from which a consumer counts as behind, in milliseconds: older than a minute is more than one batch.
pub(super) const BEHIND_MS: u64 = 60_000;

/// A guard rail of a stream's shards.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm does not name one stream.
    #[error(transparent)]
    Target(#[from] crate::actions::one_target::Unclear),
    /// The stream does not exist.
    #[error("there is no {0} in this account and region")]
    Absent(String),
    /// CloudWatch has neither throttles nor old records of the stream.
    #[error(
        "CloudWatch has no throttled writes or reads of {0} in the last {WINDOW_MINUTES} minutes, and no iterator age of {behind} s or more: the cause of the alarm did not occur, or has ended",
        behind = BEHIND_MS / 1000
    )]
    NothingWrong(String),
    /// AWS still applies a change.
    #[error(
        "{0} is not ACTIVE, and Kinesis takes one change at a time: it is tried again when the alarm changes next"
    )]
    Updating(String),
    /// The stream is at the playbook's maximum, or at AWS's.
    #[error("{target} has {shards} shards, and the maximum is {maximum}")]
    AtMaximum {
        /// The stream.
        target: String,
        /// Its shards.
        shards: u32,
        /// The most shards.
        maximum: u32,
    },
    /// The account has as many on-demand streams as it may have.
    #[error("the account has {streams} on-demand streams, and its limit is {limit}")]
    NoOnDemandStream {
        /// The streams in on-demand mode.
        streams: u32,
        /// The account's limit.
        limit: u32,
    },
    /// The account's limit leaves too little.
    #[error(
        "the account has {open} open shards of its limit of {limit}, and the step needs {needed} more"
    )]
    AccountExhausted {
        /// The open shards of all streams.
        open: u32,
        /// The account's limit.
        limit: u32,
        /// What the step adds.
        needed: u32,
    },
}
