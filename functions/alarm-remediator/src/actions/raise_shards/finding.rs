//! The findings where more shards repair nothing.

use std::fmt;

use crate::actions::window::WINDOW_MINUTES;

/// The reason why a stream is in trouble that more shards do not remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// AWS scales the stream.
    OnDemand {
        /// Throttled writes.
        throttles: u64,
        /// Its shards.
        shards: u32,
    },
    /// The shards together are far from full, so that a few of them are.
    HotShard {
        /// Throttled writes.
        throttles: u64,
        /// Its shards.
        shards: u32,
        /// How full they are together, in percent.
        percent: u64,
    },
    /// Consumers are throttled.
    ReadThrottles {
        /// Throttled reads.
        throttles: u64,
        /// Its shards.
        shards: u32,
        /// Its consumers with enhanced fan-out.
        consumers: u32,
    },
    /// A consumer is behind, and nothing is throttled.
    Behind {
        /// The age of the records that it reads, in milliseconds.
        age_ms: u64,
        /// The records of the busiest minute.
        records: u64,
        /// Its shards.
        shards: u32,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnDemand { throttles, shards } => write!(
                f,
                "the stream is on-demand, and {throttles} writes were throttled in the last {WINDOW_MINUTES} minutes: it grew to more than twice its peak of the last 30 days, \
                 or one partition key has more than a shard takes; AWS scales its {shards} shards by itself within minutes"
            ),
            Self::HotShard {
                throttles,
                shards,
                percent,
            } => write!(
                f,
                "{throttles} writes were throttled in the last {WINDOW_MINUTES} minutes, while the busiest minute filled {percent} % of the {shards} shards together: \
                 a few partition keys are hot, and more shards do not help; spread the keys"
            ),
            Self::ReadThrottles {
                throttles,
                shards,
                consumers,
            } => write!(
                f,
                "{throttles} reads were throttled in the last {WINDOW_MINUTES} minutes, and no writes: the consumers share 2 MB and 5 reads a second of each of the {shards} shards; \
                 give one of them enhanced fan-out ({consumers} consumers have it)"
            ),
            Self::Behind {
                age_ms,
                records,
                shards,
            } => write!(
                f,
                "a consumer is {} s behind, and nothing is throttled: the {shards} shards took {records} records in the busiest minute; the consumer is slow or fails, which more shards do not change. \
                 Look at its errors and duration, and at the parallelization factor of its mapping",
                age_ms / 1_000
            ),
        }
    }
}
