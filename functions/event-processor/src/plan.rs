//! The next slice of a shard: what is new, as much of it as fits one item, ready to commit.

use jiff::Timestamp;
use picket_shared::{
    chain::{Body, Slice, fits},
    position::Position,
};

use crate::{
    core::Core,
    event::ShardRecords,
    moment::Window,
    quarantine::{self, Object},
    recall::Recall,
    summary::{Summary, summarise},
    tally::Tally,
};

/// A DynamoDB item is at most 400 KB with its attribute names; the rest of a slice's item is below 2 KB.
pub const LARGEST_BLOB: usize = 350 << 10;

/// A slice, and the object that must be in the bucket before it is committed.
#[derive(Debug)]
pub struct Planned {
    /// The slice.
    pub slice: Slice,
    /// What could not be read.
    pub object: Option<Object>,
    /// How the slice's events fared.
    pub tally: Tally,
}

/// Plans the slice that starts at the mark, or `None` where all records are at or below it.
///
/// Too many totals for one item: half the events, and the next plan takes up the rest.
pub fn plan(
    core: &Core,
    shard: &ShardRecords<'_>,
    recall: &Recall,
    now: Timestamp,
) -> Option<Planned> {
    let mut most_events = usize::MAX;
    loop {
        let summary = summarise(core, shard, recall, most_events, Window::at(now))?;
        let events = summary.events;
        let planned = to_slice(core, shard, recall.mark(), summary, now);
        if events == 1 || fits(&planned.slice.body, core.largest_blob) {
            return Some(planned);
        }
        most_events = events / 2;
    }
}

fn to_slice(
    core: &Core,
    shard: &ShardRecords<'_>,
    mark: &Position,
    mut summary: Summary<'_>,
    now: Timestamp,
) -> Planned {
    summary.count_own();
    let tally = summary.tally();
    let key = quarantine::key(&shard.chain, &summary.first, &summary.after);
    let (object, quarantined) = quarantine::object(key, &summary.unread);
    let body = Body {
        series: summary.totals.series(core),
        usage: summary.totals.usage(),
        quarantined,
        event_ids: summary.event_ids,
        defaults: summary.totals.defaults(core),
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
    }
}
