//! The plan of a shard's next slice: as many new events as fit one item, ready to commit.

mod summary;

use jiff::Timestamp;
use picket_shared::{
    chain::{Body, LARGEST_BLOB, Slice, fits},
    position::Position,
};

pub use self::summary::{Summary, summarise};
use crate::{
    counting::Tally,
    deduplication::ShardState,
    event::ShardRecords,
    event_time::Window,
    payload::Checkpoint,
    quarantine::{self, Object},
    rules::RuleSet,
};

/// A planned slice, and the object that must be in the bucket before the commit.
#[derive(Debug)]
pub struct Planned {
    /// The slice.
    pub slice: Slice,
    /// The events that could not be read.
    pub object: Option<Object>,
    /// Counts of the slice's events by their result.
    pub tally: Tally,
    /// The number of events.
    pub events: usize,
    /// Where the decoding of the last event's record goes on; `None` where it was decoded to its end.
    pub checkpoint: Option<Checkpoint>,
    /// The limit of the plan.
    pub limit: SliceLimit,
}

/// The limit of a slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SliceLimit {
    /// All events above the mark.
    #[default]
    All,
    /// At most this many events, at least one.
    Events(usize),
    /// The first event alone, quarantined: its totals fit no slice.
    Quarantine,
}

impl SliceLimit {
    /// Returns the next smaller limit, after a slice of this many events was too large; `None` where there is none.
    pub fn smaller(self, events: usize) -> Option<Self> {
        match (self, events / 2) {
            (Self::Quarantine, _) => None,
            (Self::All | Self::Events(_), 0) => Some(Self::Quarantine),
            (Self::All | Self::Events(_), half) => Some(Self::Events(half)),
        }
    }

    /// Returns the limit after a commit: twice as many events, since the large ones may be over.
    #[must_use]
    pub fn after_commit(self) -> Self {
        match self {
            Self::All => Self::All,
            Self::Events(events) => Self::Events(events.saturating_mul(2)),
            Self::Quarantine => Self::Events(2),
        }
    }

    pub(crate) fn most_events(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::Events(events) => events,
            Self::Quarantine => 1,
        }
    }
}

/// Plans the slice that starts at the mark, or `None` where all records are at or below it.
///
/// Where the totals do not fit one item, the slice takes half the events. One event that does not fit is quarantined.
pub fn plan(
    rule_set: &RuleSet,
    shard: &ShardRecords<'_>,
    state: &ShardState,
    mut limit: SliceLimit,
    now: Timestamp,
) -> Option<Planned> {
    loop {
        let summary = summarise(rule_set, shard, state, limit, Window::at(now))?;
        let planned = to_slice(rule_set, shard, state.mark(), summary, limit, now);
        let largest_blob = match planned.events {
            1 => LARGEST_BLOB,
            _ => rule_set.largest_blob,
        };
        if fits(&planned.slice.body, largest_blob) {
            return Some(planned);
        }
        let Some(smaller) = limit.smaller(planned.events) else {
            return Some(planned);
        };
        limit = smaller;
    }
}

fn to_slice(
    rule_set: &RuleSet,
    shard: &ShardRecords<'_>,
    mark: &Position,
    mut summary: Summary<'_>,
    limit: SliceLimit,
    now: Timestamp,
) -> Planned {
    summary.count_own();
    let events = summary.events;
    let tally = summary.tally();
    let checkpoint = summary.checkpoint;
    let (object, quarantined) = quarantine::object(
        &shard.chain,
        &summary.first,
        &summary.after,
        &summary.unreadable,
    );
    let body = Body {
        series: summary.totals.series(rule_set),
        usage: summary.totals.usage(),
        quarantined,
        event_ids: summary.event_ids,
        defaults: summary.totals.defaults(rule_set),
    };
    let slice = Slice {
        chain: shard.chain.clone(),
        before: mark.clone(),
        first: summary.first,
        after: summary.after,
        committed_at: now,
        body,
    };
    Planned {
        slice,
        object,
        tally,
        events,
        checkpoint,
        limit,
    }
}
