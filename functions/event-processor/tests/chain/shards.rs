//! A stream: shards, their records, and where Lambda stands in each.

use crate::{
    dice::Dice,
    kinds::{Kind, Wrap},
    support::Sent,
    world::NOW,
};

/// Most records of a batch.
pub(crate) const WIDEST: usize = 12;

/// A record in its shard.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) sent: Sent,
    /// What its events are, and how they are put into it.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) wrap: Wrap,
    /// Given up by the poller. Whether the chain has it all the same decides whether it is put back.
    pub(crate) discarded: bool,
    /// The first time that it was in a batch.
    pub(crate) offered_at: Option<u64>,
}

/// When records are given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Never: the attempts and the age are without end.
    Endless,
    /// `MaximumRetryAttempts`; halving a batch takes none.
    Attempts(u32),
    /// `MaximumRecordAge`, in steps of the scheduler.
    Age(u64),
}

/// A shard and the poller's place in it.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) log: Vec<Entry>,
    /// Lambda begins with a shard when it has done with those it came from.
    pub(crate) parents: Vec<usize>,
    pub(crate) patience: Patience,
    /// The first record that is not done with.
    pub(crate) cursor: usize,
    /// The attempt that the poller waits for.
    pub(crate) attempt: Option<u64>,
    /// Most records of the next batch: halved when an attempt fails.
    pub(crate) width: usize,
    /// Attempts that failed at the cursor.
    pub(crate) failed: u32,
    /// Where the batch that failed ended.
    pub(crate) failed_at: Option<usize>,
}

impl Shard {
    fn new(parents: Vec<usize>, patience: Patience) -> Self {
        Self {
            log: Vec::new(),
            parents,
            patience,
            cursor: 0,
            attempt: None,
            width: WIDEST,
            failed: 0,
            failed_at: None,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.cursor == self.log.len()
    }

    /// Goes on from a record, all before it being done with.
    pub(crate) fn go_on_from(&mut self, cursor: usize) {
        self.cursor = cursor;
        self.width = WIDEST;
        self.failed = 0;
        self.failed_at = None;
    }

    /// Sequence numbers have gaps, and grow in length.
    pub(crate) fn append(&mut self, shard: usize, wrap: Wrap, kinds: Vec<Kind>, dice: &mut Dice) {
        let last = self
            .log
            .last()
            .map_or(95, |entry| entry.sent.sequence_number.parse().unwrap());
        let sequence_number: u64 = last + 1 + dice.below(9) as u64;
        let sent = Sent {
            shard: name(shard),
            sequence_number: sequence_number.to_string(),
            partition_key: "agent".into(),
            arrived_at_ms: NOW - [0, 60_000, 120_000][dice.below(3)],
            payload: wrap.payload(&kinds),
        };
        self.log.push(Entry {
            sent,
            kinds,
            wrap,
            discarded: false,
            offered_at: None,
        });
    }
}

pub(crate) fn name(shard: usize) -> String {
    format!("shardId-{shard:012}")
}

/// One shard with so many records.
pub(crate) fn quiet(records: usize, dice: &mut Dice) -> Vec<Shard> {
    let mut shard = Shard::new(Vec::new(), Patience::Endless);
    fill(&mut shard, 0, records, dice);
    vec![shard]
}

/// A stream that begins with three shards, of which the first is split and the others are merged.
pub(crate) fn resharded(records: usize, dice: &mut Dice) -> Vec<Shard> {
    // Poison is set apart at its third attempt, where nothing else goes wrong meanwhile.
    let patiences = [Patience::Endless, Patience::Attempts(2), Patience::Age(100)];
    let families = [vec![], vec![], vec![], vec![0], vec![0], vec![1, 2]];
    families
        .into_iter()
        .enumerate()
        .map(|(number, parents)| {
            let mut shard = Shard::new(parents, patiences[number % 3]);
            fill(&mut shard, number, records / 2, dice);
            shard
        })
        .collect()
}

fn fill(shard: &mut Shard, number: usize, records: usize, dice: &mut Dice) {
    let mut sent: Vec<Kind> = Vec::new();
    for _ in 0..records {
        let wrap = Wrap::any(dice);
        let kinds = wrap.fill(&sent, dice);
        sent.extend(&kinds);
        shard.append(number, wrap, kinds, dice);
    }
}
