//! A person who puts back what waits in the bucket, as often as they like, while everything else goes on, and whose
//! answers get lost.

use std::ops::Range;

use event_processor::quarantine::{
    entry::{self, Reason},
    replay_status::ReplayStatus,
};
use jiff::Timestamp;
use picket_aws::chain::ClaimOutcome;
use picket_shared::{
    chain::{ChainId, Slice, StoredSlice},
    position::Position,
    replay::{Origin, RecordRef},
};
use serde_json::json;

use crate::{
    events::{Kind, Wrap},
    faults::Fault,
    kernel::MILLISECOND,
    stream::{Content, Entry},
    wire,
    world::State,
};

/// Whether it waits for a person to mend it, and not for a decoder that does not die of it.
fn is_unreadable(waiting: &entry::Entry) -> bool {
    matches!(&waiting.reason, Reason::Unreadable(reason) if !reason.contains("died"))
}

/// Whether a person takes the trouble: of those that are long, one in ten.
fn is_looked_at(waiting: &entry::Entry) -> bool {
    let number = waiting.position.sequence_number().unwrap();
    waiting.data.len() < 300 || number.ends_with('0')
}

/// Milliseconds. CloudWatch takes a fortnight: what is nearly as old when it is counted may be older when it is published,
/// and is dropped. It stays in quarantine.
const NEARLY_TOO_OLD: Range<i64> = (14 * 24 - 1) * 3_600_000..14 * 24 * 3_600_000;

impl State {
    /// Puts back what Lambda gave up and no commit covers; and where the decoder is mended, what it died of. Answers
    /// how many records.
    pub(crate) fn put_back(&mut self, now: i64) -> usize {
        let waiting = self.waiting();
        let mut count = 0;
        for waiting in &waiting {
            let age = now / MILLISECOND - waiting.arrived_at.as_millisecond();
            if NEARLY_TOO_OLD.contains(&age) {
                continue;
            }
            let Some(origin) = self.origin_of(waiting, now) else {
                continue;
            };
            count += 1;
            self.faults.count(Fault::PutBack);
            let copy = self.copy_of(waiting);
            // An answer that was lost, and the person who tries again.
            for _ in 0..=self.dice.below(2) {
                let (what, payload) = copy.clone();
                let to = self.stream.any_open(&mut self.dice);
                let key = origin.partition_key().unwrap();
                self.stream
                    .put(to, what, &key, payload, now, &mut self.dice);
            }
        }
        count
    }

    /// Lambda's objects and ours, read from what lies in the bucket.
    fn waiting(&self) -> Vec<entry::Entry> {
        let mut all = Vec::new();
        for shard in &self.stream.shards {
            for entry in shard.log.iter().filter(|entry| entry.discarded) {
                let event = wire::event(std::slice::from_ref(&entry.sent));
                let object = json!({
                    "requestContext": { "condition": "RecordAgeExceeded" },
                    "payload": String::from_utf8(event).unwrap(),
                });
                let object = object.to_string();
                let read = entry::read("aws/lambda/uuid/object", object.as_bytes());
                all.extend(read.unwrap());
            }
        }
        let ours = self.bucket.iter();
        for (key, body) in ours.filter(|(key, _)| key.starts_with(entry::OURS)) {
            let ours = entry::read(key, body.as_bytes()).unwrap().into_iter();
            all.extend(ours.filter(|waiting| {
                if is_unreadable(waiting) {
                    is_looked_at(waiting)
                } else {
                    self.is_mended
                }
            }));
        }
        all
    }

    /// What is put back: the payload as it waits, or, where nobody can read it, what a person made of it.
    fn copy_of(&mut self, waiting: &entry::Entry) -> (Content, Vec<u8>) {
        if is_unreadable(waiting) {
            let mended = Kind::mended(self.mended, &mut self.dice);
            self.mended += 1;
            self.faults.count(Fault::Mended);
            let payload = mended.payload();
            return ((Wrap::Plain, vec![mended], 0), payload);
        }
        let original = self.entry(&waiting.chain, &waiting.position);
        let what = (original.wrap, original.kinds.clone(), original.made_at);
        (what, waiting.data.clone())
    }

    /// The record at a position.
    fn entry(&self, chain: &ChainId, position: &Position) -> &Entry {
        let mut shards = self.stream.shards.iter();
        let shard = shards.find(|shard| shard.name == chain.shard()).unwrap();
        let number: u128 = position.sequence_number().unwrap().parse().unwrap();
        let place = shard
            .log
            .binary_search_by_key(&number, |entry| entry.number);
        &shard.log[place.unwrap()]
    }

    /// As `picket quarantine replay` decides: seal, look, claim for the copy that it is, look whether a copy has claimed it,
    /// and register it.
    fn origin_of(&mut self, waiting: &entry::Entry, now: i64) -> Option<Origin> {
        let at = Timestamp::from_microsecond(now).unwrap();
        if matches!(waiting.reason, Reason::Discarded(_)) {
            self.seal(waiting, now);
        }
        let slice = self.slice_below(&waiting.chain, &waiting.slice_before());
        let slice = slice.map(|slice| slice.unwrap());
        let (ReplayStatus::Open(origin) | ReplayStatus::Quarantined(origin)) =
            waiting.replay_status(slice.as_ref(), at)
        else {
            return None;
        };
        if let Some(before) = Origin::of(&waiting.partition_key) {
            let place = RecordRef {
                chain: waiting.chain.clone(),
                record: waiting.position.with_sub(0),
            };
            if self.claim(&before, &place) == ClaimOutcome::AnotherCounts {
                return None;
            }
        }
        let key = (origin.chain.to_string(), origin.position.to_string());
        let owner = self.tables.claims.entry(key).or_default();
        owner.is_none().then_some(origin)
    }

    fn seal(&mut self, waiting: &entry::Entry, now: i64) {
        let items = self.tables.chains.get(&waiting.chain.to_string());
        let newest = items.and_then(|items| items.values().next_back());
        let mark = newest.map_or_else(Position::start, |item| item.after.parse().unwrap());
        let is_remembered =
            now / MILLISECOND - waiting.arrived_at.as_millisecond() < 14 * 86_400_000;
        if is_remembered && mark < waiting.position.end_of_record() {
            let at = Timestamp::from_microsecond(now).unwrap();
            let slice = Slice::seal(waiting.chain.clone(), mark, &waiting.position, at);
            self.put_by_hand(&slice, now);
        }
    }

    /// The last slice that starts below a position.
    pub(crate) fn slice_below(
        &mut self,
        chain: &ChainId,
        position: &Position,
    ) -> Option<StoredSlice> {
        let items = self.tables.chains.get(&chain.to_string())?;
        let (mark, _) = items.range(..position.to_string()).next_back()?;
        let mark = mark.clone();
        Some(self.slice(chain, &mark))
    }
}
