//! A stream: shards, their records, and where Lambda stands in each.

use crate::{
    chance::Dice,
    events::{Kind, Wrap},
    kernel,
    wire::Sent,
};

/// A record in its shard.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) sent: Sent,
    pub(crate) number: u128,
    /// What its events are, and how they are put into it.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) wrap: Wrap,
    /// When the payload was made, in microseconds since 1970: of a copy, when that of its original was.
    pub(crate) made_at: i64,
    /// Given up by the poller. Whether the chain has it all the same decides whether it is put back.
    pub(crate) discarded: bool,
}

/// What a record holds, and when it was made, in microseconds since 1970.
pub(crate) type Content = (Wrap, Vec<Kind>, i64);

/// When records are given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Never: the attempts are without end, and the age is that of the stream.
    Endless,
    /// `MaximumRetryAttempts`; halving a batch takes none.
    Attempts(u32),
    /// `MaximumRecordAge`, in microseconds.
    Age(i64),
}

/// A shard and the poller's place in it.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) name: String,
    pub(crate) log: Vec<Entry>,
    /// Lambda begins with a shard when it has done with those it came from.
    pub(crate) parents: Vec<usize>,
    pub(crate) patience: Patience,
    /// It was split or merged: no record comes any more.
    pub(crate) is_closed: bool,
    /// The first record that is not done with.
    pub(crate) cursor: usize,
    /// Grows when the mapping is made again, and an answer to the one before is not waited for.
    pub(crate) mapping: u32,
    /// Most records of the next batch: halved when an attempt fails.
    pub(crate) width: usize,
    /// Attempts that failed at the cursor, of one record alone.
    pub(crate) failed: u32,
    /// Where the batch that failed ended.
    pub(crate) failed_at: Option<usize>,
}

/// Most records of a batch (`BatchSize`).
pub(crate) const WIDEST: usize = 10_000;

impl Shard {
    pub(crate) fn is_done(&self) -> bool {
        self.is_closed && self.cursor == self.log.len()
    }

    /// Goes on from a record, all before it being done with.
    pub(crate) fn go_on_from(&mut self, cursor: usize) {
        self.cursor = cursor;
        self.width = WIDEST;
        self.failed = 0;
        self.failed_at = None;
    }

    /// How old the oldest record is that is not done with, in microseconds.
    pub(crate) fn age(&self, now: i64) -> i64 {
        let oldest = self.log.get(self.cursor);
        oldest.map_or(0, |entry| {
            now - entry.sent.arrived_at_ms * kernel::MILLISECOND
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Stream {
    pub(crate) shards: Vec<Shard>,
    /// Sequence numbers begin here.
    pub(crate) first_number: u128,
    /// Whether any record kills who decodes it.
    pub(crate) has_poison: bool,
}

impl Stream {
    pub(crate) fn open(&mut self, parents: Vec<usize>, patience: Patience) -> usize {
        for parent in &parents {
            self.shards[*parent].is_closed = true;
        }
        let number = self.shards.len();
        self.shards.push(Shard {
            name: format!("shardId-{number:012}"),
            log: Vec::new(),
            parents,
            patience,
            is_closed: false,
            cursor: 0,
            mapping: 0,
            width: WIDEST,
            failed: 0,
            failed_at: None,
        });
        number
    }

    pub(crate) fn any_open(&self, dice: &mut Dice) -> usize {
        let open: Vec<usize> = (0..self.shards.len())
            .filter(|shard| !self.shards[*shard].is_closed)
            .collect();
        open[dice.below(open.len())]
    }

    /// Whether the shards that this one came from are done with.
    pub(crate) fn is_begun(&self, shard: usize) -> bool {
        let parents = &self.shards[shard].parents;
        parents.iter().all(|parent| self.shards[*parent].is_done())
    }

    /// Puts a record. Sequence numbers have gaps, and grow in length.
    pub(crate) fn put(
        &mut self,
        to: usize,
        (wrap, kinds, made_at): Content,
        key: &str,
        payload: Vec<u8>,
        now: i64,
        dice: &mut Dice,
    ) {
        self.has_poison |= kinds.contains(&Kind::Poison);
        let shard = &mut self.shards[to];
        let last = shard
            .log
            .last()
            .map_or(self.first_number, |entry| entry.number);
        let number = last + 1 + dice.below(9) as u128;
        let sent = Sent {
            shard: shard.name.clone(),
            sequence_number: number.to_string(),
            partition_key: key.to_owned(),
            arrived_at_ms: now / kernel::MILLISECOND,
            payload,
        };
        shard.log.push(Entry {
            sent,
            number,
            kinds,
            wrap,
            made_at,
            discarded: false,
        });
    }
}
