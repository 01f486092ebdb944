//! The counter without AWS, for `picket ingest`: Kinesis events or payload lines in, totals out.
//!
//! Each record is processed as at the time of its arrival, so that a recorded event gives the same result whenever it
//! is read. Model requests count from any source, once by their id. A line of a file has no time of arrival: its own
//! time holds however old it is, and `now` where it has none.

mod output;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use picket_shared::{
    chain::ChainId,
    defaults::Defaults,
    position::Position,
    series::{Aggregate, SeriesKey, SeriesMinute},
    usage::{Usage, UsageKey},
};

pub use self::output::{Ingested, Line, Quarantine, Records, Series, UsageLine};

use crate::{
    counting::Tally,
    deduplication::ShardState,
    event::{self, ReadError, Record, RecordAction, ShardRecords},
    event_time::Window,
    plan::{SliceLimit, summarise},
    rules::RuleSet,
};

/// The totals of the input so far.
#[derive(Debug)]
pub struct Ingest {
    rule_set: RuleSet,
    now: Timestamp,
    seen: BTreeSet<(ChainId, Position)>,
    /// At the start of every shard, with every id so far.
    state: ShardState,
    tally: Tally,
    series: BTreeMap<(SeriesKey, i64), Aggregate>,
    defaults: Defaults,
    usage: BTreeMap<UsageKey, Usage>,
    quarantine: Vec<Quarantine>,
}

impl Ingest {
    /// Creates empty totals. `now` is the time of arrival of payload lines.
    pub fn new(rule_set: RuleSet, now: Timestamp) -> Self {
        Self {
            rule_set: rule_set.with_any_source(),
            now,
            seen: BTreeSet::new(),
            state: ShardState::start(),
            tally: Tally::default(),
            series: BTreeMap::new(),
            defaults: Defaults::default(),
            usage: BTreeMap::new(),
            quarantine: Vec::new(),
        }
    }

    /// Counts a Kinesis event. A record that came before, in this event or another, is skipped.
    pub fn event(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        for mut shard in event::read(bytes)? {
            let chain = shard.chain.clone();
            shard
                .records
                .retain(|record| self.seen.insert((chain.clone(), record.position(0))));
            let Some(newest) = shard.records.iter().map(|record| record.arrived_at).max() else {
                continue;
            };
            self.take(&shard, Window::at(newest));
        }
        Ok(())
    }

    /// Counts the payloads of a file, one a line; blank lines are skipped. What cannot be read has the file's name and the
    /// number of its line.
    pub fn payloads(&mut self, file: &str, bytes: &[u8]) {
        self.payloads_from(file, 1, bytes);
    }

    /// Counts the payloads of a part of a file, of whose first line this is the number.
    pub fn payloads_from(&mut self, file: &str, first_line: u64, bytes: &[u8]) {
        let records = bytes
            .split(|byte| *byte == b'\n')
            .zip(first_line..)
            .filter(|(line, _)| !line.trim_ascii().is_empty())
            .map(|(line, number)| self.line(line, number))
            .collect();
        let chain = ChainId::new("file", "lines").expect("neither name is empty or has a slash");
        let before = self.quarantine.len();
        self.take(&ShardRecords { chain, records }, Window::unlimited());
        for quarantined in &mut self.quarantine[before..] {
            let position: Option<Position> = quarantined.position.parse().ok();
            let number = position.and_then(|position| position.sequence_number()?.parse().ok());
            quarantined.line = number.map(|number| Line {
                file: file.to_owned(),
                number,
            });
        }
    }

    fn line(&self, line: &[u8], number: u64) -> Record<'static> {
        let number = number.to_string();
        Record {
            sequence_number: number.into(),
            partition_key: "".into(),
            arrived_at: self.now,
            usage_at: self.now,
            region: "".into(),
            data: base64_simd::STANDARD.encode_to_string(line).into(),
            action: RecordAction::default(),
        }
    }

    fn take(&mut self, shard: &ShardRecords<'_>, window: Window) {
        let Some(summary) = summarise(&self.rule_set, shard, &self.state, SliceLimit::All, window)
        else {
            return;
        };
        self.state.remember(self.now, &summary.event_ids);
        self.tally.add(summary.tally());
        self.defaults
            .extend(summary.totals.defaults(&self.rule_set));
        for minute in summary.totals.series(&self.rule_set) {
            self.add(minute);
        }
        for row in summary.totals.usage() {
            let known = self.usage.entry(row.key).or_default();
            *known = known
                .checked_add(row.usage)
                .expect("a request has at most 10^8 tokens of a kind, and no file 10^7 requests");
        }
        self.quarantine
            .extend(summary.unreadable.into_iter().map(|unreadable| Quarantine {
                position: unreadable.position.to_string(),
                line: None,
                reason: unreadable.reason.to_string(),
            }));
    }

    fn add(&mut self, minute: SeriesMinute) {
        self.series
            .entry((minute.key, minute.minute))
            .and_modify(|known| known.merge(&minute.aggregate))
            .or_insert(minute.aggregate);
    }

    /// The series so far, minute by minute, without the defaults of minutes that have none.
    pub fn minutes(&self) -> Vec<SeriesMinute> {
        let minute = |((key, minute), aggregate): (&(SeriesKey, i64), &Aggregate)| SeriesMinute {
            key: key.clone(),
            minute: *minute,
            aggregate: aggregate.clone(),
        };
        let mut all: Vec<SeriesMinute> = self.series.iter().map(minute).collect();
        all.sort_by_key(|series| series.minute);
        all
    }

    /// Returns the totals.
    pub fn finish(mut self) -> Ingested {
        for minute in self.defaults.close(i64::MAX) {
            self.add(minute);
        }
        let usage = self.usage_lines();
        Ingested {
            records: Records {
                read: self.tally.read,
                matched: self.tally.matched,
                unmatched: self.tally.unmatched,
                quarantined: self.tally.quarantined,
            },
            series: self.series.into_iter().map(output::series).collect(),
            usage,
            quarantine: self.quarantine,
        }
    }

    /// Returns the usage: rows of one day, agent, model and incident are one line, whatever their prices.
    fn usage_lines(&self) -> Vec<UsageLine> {
        let mut lines: Vec<UsageLine> = Vec::new();
        for (key, usage) in &self.usage {
            let line = self.usage_line(key, *usage);
            match lines.last_mut().filter(|last| last.is_for(&line)) {
                Some(last) => last.merge(&line),
                None => lines.push(line),
            }
        }
        lines
    }

    fn usage_line(&self, key: &UsageKey, usage: Usage) -> UsageLine {
        let price = key
            .price
            .as_deref()
            .and_then(|id| self.rule_set.prices.by_id(id));
        let tokens = usage.tokens;
        UsageLine {
            date: key.date,
            agent: key.agent.clone(),
            model: key.model.clone(),
            incident: key.incident.clone(),
            requests: usage.requests,
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            cache_read_tokens: tokens.cache_read,
            cache_write_tokens: tokens.cache_write_5m + tokens.cache_write_1h,
            cost_usd: price.and_then(|price| price.cost(&tokens, key.batch)),
        }
    }
}
