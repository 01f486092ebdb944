//! A run of events, summed up: read, matched, counted, or set apart.

use std::collections::{BTreeMap, HashSet};

use picket_rules::metrics::MetricKind;
use picket_shared::position::Position;

use crate::{
    contribution::{Contribution, Origin},
    core::Core,
    event::{Reading, Record, ShardRecords},
    moment::{Window, minute},
    payload::{Decoder, Found, Part, Unreadable},
    quarantine::Unread,
    recall::Recall,
    tally::Tally,
    totals::{Datum, Totals},
};

/// Events of a shard above a mark, summed up.
#[derive(Debug)]
pub struct Summary<'a> {
    /// Where the first stands.
    pub first: Position,
    /// Where the last stands: the mark after.
    pub after: Position,
    /// How many.
    pub events: usize,
    /// How they fared, by the minute of their arrival.
    pub tallies: BTreeMap<i64, Tally>,
    /// What they add up to.
    pub totals: Totals,
    /// Those that could not be read.
    pub unread: Vec<Unread<'a>>,
    /// Hashes of the ids of those that were counted, where a rule asks for them.
    pub event_ids: Vec<u64>,
}

impl Summary<'_> {
    /// How the events fared, all minutes together.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.tallies.values().for_each(|part| tally.add(*part));
        tally
    }

    /// Adds the counts to the totals, as metrics of our own.
    pub fn count_own(&mut self) {
        for (&minute, tally) in &self.tallies {
            for (name, count) in tally.metrics().into_iter().filter(|(_, count)| *count > 0) {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a batch has far fewer than 2^52 events"
                )]
                self.totals
                    .add(Datum::own(name, minute), MetricKind::Sum, count as f64);
            }
        }
    }
}

/// Sums up the first `most_events` events above the mark; `None` where there is none.
pub fn summarise<'a>(
    core: &Core,
    shard: &'a ShardRecords<'a>,
    recall: &Recall,
    most_events: usize,
    window: Window,
) -> Option<Summary<'a>> {
    let mut run = Run::new(core, recall, most_events, window);
    let mut bytes = Vec::new();
    let is_open = |record: &&Record<'_>| record.is_above(recall.mark());
    for record in shard.records.iter().filter(is_open) {
        if run.is_full() {
            break;
        }
        run.read(record, &mut bytes);
    }
    run.finish()
}

struct Run<'a, 'c> {
    core: &'c Core,
    recall: &'c Recall,
    most_events: usize,
    window: Window,
    first: Option<Position>,
    after: Option<Position>,
    events: usize,
    tallies: BTreeMap<i64, Tally>,
    totals: Totals,
    unread: Vec<Unread<'a>>,
    event_ids: Vec<u64>,
    known: HashSet<u64>,
}

impl<'a, 'c> Run<'a, 'c> {
    fn new(core: &'c Core, recall: &'c Recall, most_events: usize, window: Window) -> Self {
        Self {
            core,
            recall,
            most_events,
            window,
            first: None,
            after: None,
            events: 0,
            tallies: BTreeMap::new(),
            totals: Totals::default(),
            unread: Vec::new(),
            event_ids: Vec::new(),
            known: HashSet::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.events == self.most_events
    }

    /// Takes the events of one record that are above the mark.
    fn read(&mut self, record: &'a Record<'a>, bytes: &mut Vec<u8>) {
        // With the mark inside it, somebody has read it.
        if record.reading == Reading::Leave && record.position > *self.recall.mark() {
            return self.leave(record);
        }
        bytes.clear();
        let base64 = base64_simd::STANDARD;
        if base64.decode_append(record.data.as_bytes(), bytes).is_err() {
            let (bytes, found) = (None, Err(Unreadable::NotBase64));
            let sub = 0;
            self.take(record, Part { sub, bytes, found });
            return;
        }
        let decoder = Decoder {
            stack: &self.core.stack,
            lookups: &self.core.lookups,
        };
        decoder.decode(bytes, |part| self.take(record, part));
    }

    /// Sets a record apart, undecoded: one event, whatever it holds.
    fn leave(&mut self, record: &'a Record<'a>) {
        self.events += 1;
        let reason = Unreadable::Deadly.to_string();
        self.set_apart(record, &record.position, reason, None);
        self.first.get_or_insert_with(|| record.position.clone());
        self.after = Some(record.position.end_of_record());
    }

    fn take(&mut self, record: &'a Record<'a>, part: Part<'_>) {
        let position = record.event_position(part.sub);
        if position <= *self.recall.mark() || self.is_full() {
            return;
        }
        self.events += 1;
        match self.contribution(record, part.found) {
            Ok(contribution) => self.add(record, contribution),
            Err(reason) => self.set_apart(record, &position, reason, part.bytes),
        }
        self.first.get_or_insert_with(|| position.clone());
        self.after = Some(position);
    }

    fn contribution(
        &mut self,
        record: &Record<'_>,
        found: Result<Found<'_>, Unreadable>,
    ) -> Result<Contribution, String> {
        let payload = match found.map_err(|unreadable| unreadable.to_string())? {
            Found::Event(payload) => payload,
            Found::OwnLog => return Ok(Contribution::dropped(|tally| tally.own_logs_dropped = 1)),
            Found::Control => return Ok(Contribution::dropped(|tally| tally.control_messages = 1)),
        };
        let origin = Origin {
            arrived_at: record.arrived_at,
            happened_at: payload.at,
            source: payload.source,
            region: &record.region,
            window: self.window,
        };
        let is_known = |id| self.known.contains(&id) || self.recall.contains(id);
        self.totals.next_event();
        let totals = &mut self.totals;
        Contribution::of(self.core, &payload.event(), origin, &is_known, totals)
            .map_err(|bad| bad.to_string())
    }

    fn add(&mut self, record: &Record<'_>, contribution: Contribution) {
        self.tally(record, contribution.tally);
        self.known.extend(&contribution.event_ids);
        self.event_ids.extend(contribution.event_ids);
    }

    fn set_apart(
        &mut self,
        record: &'a Record<'a>,
        position: &Position,
        reason: String,
        bytes: Option<&[u8]>,
    ) {
        let tally = Tally {
            read: 1,
            quarantined: 1,
            ..Tally::default()
        };
        self.tally(record, tally);
        let position = position.clone();
        self.unread.push(Unread {
            position,
            reason,
            record,
            data: bytes.map(|bytes| base64_simd::STANDARD.encode_to_string(bytes)),
        });
    }

    fn tally(&mut self, record: &Record<'_>, tally: Tally) {
        let minute = minute(record.arrived_at);
        self.tallies.entry(minute).or_default().add(tally);
    }

    fn finish(mut self) -> Option<Summary<'a>> {
        for &minute in self.tallies.keys() {
            self.core.add_defaults(&mut self.totals, minute);
        }
        Some(Summary {
            first: self.first?,
            after: self.after?,
            events: self.events,
            tallies: self.tallies,
            totals: self.totals,
            unread: self.unread,
            event_ids: self.event_ids,
        })
    }
}
