//! The guard rails of this action that forbid a change, a sentence each with its numbers.

use super::causes::{Events, Throttled};
use crate::actions::window::WINDOW_MINUTES;

/// A guard rail of a table's throughput.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm does not name one table.
    #[error(transparent)]
    Target(#[from] crate::actions::one_target::Unclear),
    /// The table does not exist.
    #[error("there is no {0} in this account and region")]
    Absent(String),
    /// CloudWatch has no throttled events of the table.
    #[error(
        "CloudWatch has no throttled events of {0} or its indexes in the last {WINDOW_MINUTES} minutes: the cause of the alarm did not occur, or has ended"
    )]
    NoThrottles(String),
    /// One partition's limit throttles most.
    #[error(
        "a hot key throttles {part}: {hot} of it were throttled by the limit of one partition in the last {WINDOW_MINUTES} minutes \
         ({provisioned} by provisioned capacity, {ceiling} by the on-demand maximum), while it consumed at most {consumed} units a second; \
         more throughput does not help a hot key. Contributor Insights names it: aws dynamodb update-contributor-insights \
         --table-name {table}{} --contributor-insights-action ENABLE",
        .index.as_ref().map(|index| format!(" --index-name {index}")).unwrap_or_default(),
        hot = .throttled.key_range, provisioned = .throttled.provisioned.total(), ceiling = .throttled.ceiling.total()
    )]
    HotKey {
        /// The table or index.
        part: String,
        /// The name of the table.
        table: String,
        /// The name of the index, where it is one.
        index: Option<String>,
        /// Its throttled events.
        throttled: Box<Throttled>,
        /// The units a second of the busiest minute.
        consumed: Events,
    },
    /// The table has replicas.
    #[error(
        "{target} is a global table with {replicas} replicas, and a change of its throughput is one of theirs too: a person decides it for all regions"
    )]
    Global {
        /// The table.
        target: String,
        /// How many replicas it has.
        replicas: usize,
    },
    /// AWS still applies a change.
    #[error(
        "{0} or one of its indexes is not ACTIVE, and DynamoDB takes one change at a time: it is tried again when the alarm changes next"
    )]
    Updating(String),
    /// The setting that throttled is not in force any more.
    #[error(
        "{part} was throttled by {cause}, which it has no longer: a person or another tool has changed it since"
    )]
    Changed {
        /// The table or index.
        part: String,
        /// What throttled it.
        cause: String,
    },
    /// Application Auto Scaling manages the capacity.
    #[error(
        "Application Auto Scaling manages the capacity of {0} and would undo a change: raise the maximum of its scaling policy"
    )]
    AutoScaled(String),
    /// The throttled capacity is at its maximum.
    #[error(
        "the throttled capacity of {part} is {read} read and {write} write units, and the playbook's maximum is {maximum_read} and {maximum_write}"
    )]
    AtMaximum {
        /// The table or index.
        part: String,
        /// Its read units.
        read: u64,
        /// Its write units.
        write: u64,
        /// The most read units.
        maximum_read: u64,
        /// The most write units.
        maximum_write: u64,
    },
    /// The account's quota of provisioned capacity leaves too little.
    #[error(
        "the account's quota of provisioned capacity leaves {spare} {kind} units, and the step needs {needed}"
    )]
    AccountExhausted {
        /// `read` or `write`.
        kind: &'static str,
        /// What the quota leaves.
        spare: u64,
        /// What the step adds.
        needed: u64,
    },
    /// The revert would need the last decrease of the day.
    #[error(
        "the capacity of {part} was decreased {made} times today of the {allowed} that AWS allows, and the last is kept for a person: a raise could not be put back"
    )]
    NoDecreaseLeft {
        /// The table or index.
        part: String,
        /// The decreases since midnight UTC.
        made: u64,
        /// What AWS allows.
        allowed: u64,
    },
    /// The table has more indexes than are read, and the revert of the switch sets the capacity of each.
    #[error(
        "{target} has {unread} indexes more than are read, and back from on-demand each needs its capacity: switch it by hand and keep the numbers"
    )]
    ManyIndexes {
        /// The table.
        target: String,
        /// The indexes that are not read.
        unread: usize,
    },
}
