//! A run of a shard's events: each is read and counted or quarantined, until a limit of the slice is reached.

mod tallies;
mod unreadable;

use std::ops::ControlFlow::{self, Break, Continue};

use picket_shared::chain::QuarantineReason;

use self::{tallies::Tallies, unreadable::UnreadableEvents};
use super::{super::SliceLimit, Summary};
use crate::{
    counting::{Counter, Origin, Tally},
    deduplication::ShardState,
    event::{Record, RecordAction, Undecoded},
    event_time::{Window, minute},
    payload::{Checkpoint, Decoder, Found, Part, Unreadable},
    rules::RuleSet,
};

/// Most ledger rows, groups of dimension values, and quarantine entries of a slice, so that neither memory nor the
/// number of halvings grows with the batch. Few fit one item of the chain table anyway.
const MOST_ENTRIES: usize = 2_000;
/// Most bytes of dimension values: a value may have a kilobyte and be part of a dozen series.
const MOST_DIMENSION_BYTES: usize = 256 << 10;

/// Most bytes that a slice's records inflate to, checked after each record: the time of a slice is bounded, and each
/// slice that is committed is progress. A record inflates to at most a quarter of it.
const MOST_INFLATED: usize = 64 << 20;

/// A run of events that is being summarised.
pub(super) struct Run<'a, 'c> {
    rule_set: &'c RuleSet,
    state: &'c ShardState,
    limit: SliceLimit,
    /// The first and the last event taken.
    first: Option<(&'a Record<'a>, u32)>,
    after: Option<(&'a Record<'a>, u32)>,
    events: usize,
    tallies: Tallies,
    counter: Counter<'c>,
    unreadable: UnreadableEvents<'a>,
    /// Bytes that the records inflated to.
    inflated: usize,
    /// Where the decoding of the last record was stopped.
    stopped: Option<Checkpoint>,
}

impl<'a, 'c> Run<'a, 'c> {
    pub(super) fn new(
        rule_set: &'c RuleSet,
        state: &'c ShardState,
        limit: SliceLimit,
        window: Window,
    ) -> Self {
        Self {
            rule_set,
            state,
            limit,
            first: None,
            after: None,
            events: 0,
            tallies: Tallies::default(),
            counter: Counter::new(rule_set, state, window),
            unreadable: UnreadableEvents::default(),
            inflated: 0,
            stopped: None,
        }
    }

    /// Whether no further record is read.
    pub(super) fn is_complete(&self) -> bool {
        self.is_full() || self.inflated >= MOST_INFLATED
    }

    fn is_full(&self) -> bool {
        self.events >= self.limit.most_events()
            || self.unreadable.is_full()
            || self.counter.totals.requests.len() >= MOST_ENTRIES
            || self.counter.totals.groups() >= MOST_ENTRIES
            || self.counter.totals.dimension_bytes() >= MOST_DIMENSION_BYTES
    }

    /// Reads the events of one record that are above the mark.
    pub(super) fn read(&mut self, record: &'a Record<'a>, bytes: &mut Vec<u8>) {
        let mark = self.state.mark();
        let from = match record.action {
            RecordAction::Skip => return self.skip(record),
            // With the mark inside it, a process has decoded it.
            RecordAction::Quarantine(why) if record.position(0) > *mark => {
                return self.quarantine_undecoded(record, why);
            }
            RecordAction::Quarantine(_) => 0,
            RecordAction::Decode { from } => from,
        };
        bytes.clear();
        let base64 = base64_simd::STANDARD;
        if base64.decode_append(record.data.as_bytes(), bytes).is_err() {
            let (bytes, found) = (None, Err(Unreadable::NotBase64));
            let sub = from;
            // Nothing of the record is left to stop.
            let _ = self.take(record, Part { sub, bytes, found });
            return;
        }
        let decoder = Decoder {
            stack: &self.rule_set.stack,
            lookups: &self.rule_set.index.lookups,
        };
        let end = decoder.decode_from(self.checkpoint(record), bytes, |part| {
            if part.sub < from {
                return Continue(());
            }
            self.take(record, part)
        });
        self.inflated += end.inflated;
        self.stopped = end.stopped;
    }

    /// The place from which a record is decoded: that of the mark in its record, the start of others.
    fn checkpoint(&self, record: &Record<'_>) -> Checkpoint {
        let mark = self.state.mark();
        let checkpoint = self.state.checkpoint();
        checkpoint
            .filter(|_| record.position(mark.sub()) == *mark)
            .unwrap_or_default()
    }

    /// Skips a copy: its position counts as read, and its events do not count.
    fn skip(&mut self, record: &'a Record<'a>) {
        let place = (record, 0);
        if self.is_counted(place) {
            return;
        }
        self.events += 1;
        let tally = Tally {
            read: 1,
            copies_dropped: 1,
            ..Tally::default()
        };
        self.tally(record, tally);
        self.first.get_or_insert(place);
        self.after = Some(place);
    }

    /// Quarantines a record undecoded, as one event.
    fn quarantine_undecoded(&mut self, record: &'a Record<'a>, why: Undecoded) {
        self.events += 1;
        let reason = QuarantineReason::new(match why {
            Undecoded::Deadly => Unreadable::Deadly,
            Undecoded::UnregisteredCopy => Unreadable::UnregisteredCopy,
        });
        self.quarantine(record, 0, reason, None);
        self.first.get_or_insert((record, 0));
        // The end of the record.
        self.after = Some((record, u32::MAX));
    }

    /// Takes one event, unless the slice is full: then the rest of the record is not decoded.
    fn take(&mut self, record: &'a Record<'a>, part: Part<'_>) -> ControlFlow<()> {
        let place = (record, part.sub);
        if self.is_full() {
            return Break(());
        }
        if self.is_counted(place) {
            return Continue(());
        }
        self.events += 1;
        match self.count(record, part.found) {
            Ok(tally) => self.tally(record, tally),
            Err(reason) => self.quarantine(record, part.sub, reason, part.bytes),
        }
        self.first.get_or_insert(place);
        self.after = Some(place);
        Continue(())
    }

    /// Whether an event of the first record is at or below the mark; those of later ones are above it.
    fn is_counted(&self, (record, sub): (&Record<'_>, u32)) -> bool {
        self.after.is_none() && record.position(sub) <= *self.state.mark()
    }

    fn count(
        &mut self,
        record: &Record<'_>,
        found: Result<Found<'_>, Unreadable>,
    ) -> Result<Tally, QuarantineReason> {
        if self.limit == SliceLimit::Quarantine {
            return Err(QuarantineReason::new(Unreadable::NoRoom));
        }
        let payload = match found.map_err(QuarantineReason::new)? {
            Found::Event(payload) => payload,
            Found::OwnLog => {
                return Ok(Tally {
                    own_logs_dropped: 1,
                    ..Tally::dropped()
                });
            }
            Found::Control => {
                return Ok(Tally {
                    control_messages: 1,
                    ..Tally::dropped()
                });
            }
        };
        let origin = Origin {
            arrived_at: record.arrival(),
            happened_at: payload.at,
            source: payload.source,
            incomplete: payload.incomplete,
            region: &record.region,
        };
        let counted = self.counter.count(&payload.event(), origin);
        counted.map_err(QuarantineReason::new)
    }

    fn quarantine(
        &mut self,
        record: &'a Record<'a>,
        sub: u32,
        reason: QuarantineReason,
        bytes: Option<&[u8]>,
    ) {
        let tally = Tally {
            read: 1,
            quarantined: 1,
            ..Tally::default()
        };
        self.tally(record, tally);
        self.unreadable.push(record, sub, reason, bytes);
    }

    fn tally(&mut self, record: &Record<'_>, tally: Tally) {
        self.tallies.add(minute(record.arrived_at), tally);
    }

    pub(super) fn finish(self) -> Option<Summary<'a>> {
        let position = |(record, sub): (&Record<'_>, u32)| record.position(sub);
        Some(Summary {
            first: self.first.map(position)?,
            after: self.after.map(position)?,
            events: self.events,
            tallies: self.tallies.finish(),
            totals: self.counter.totals,
            unreadable: self.unreadable.events,
            checkpoint: self.stopped,
            event_ids: self.counter.event_ids,
        })
    }
}
