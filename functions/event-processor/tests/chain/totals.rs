//! Counts, tokens and dollars: of records as they should count, and of slices as they do.

use std::collections::{BTreeMap, BTreeSet};

use picket_rules::prices;
use picket_shared::{
    chain::{Body, ChainId},
    position::Position,
    series::{Aggregate, SeriesMinute},
};
use rust_decimal::Decimal;

use crate::kinds::Kind;

/// Billionths of a dollar a token of the model's: $0.035 and $0.14 a million.
const NANODOLLARS: (u64, u64) = (35, 140);

/// What the records alone cannot tell: what the rules of the night add, and what the function notices of its own work.
const OF_NO_RECORD: [&str; 5] = [
    "Night",
    "IteratorAge",
    "CommitLatency",
    "BatchesRetried",
    "RecordsCommittedBefore",
];

/// What an agent asked for.
#[derive(Debug, Default, PartialEq)]
struct Usage {
    requests: u64,
    input: u64,
    output: u64,
    dollars: Decimal,
}

/// Sums, by name.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Totals {
    /// By agent.
    usage: BTreeMap<String, Usage>,
    /// Count and sum, by metric and agent.
    metrics: BTreeMap<(String, String), (u64, u64)>,
    quarantined: BTreeSet<(ChainId, Position)>,
    /// Of the records, for what their producer sends again; the chain's own are hashes.
    ids: BTreeSet<(ChainId, usize)>,
}

impl Totals {
    /// A record that nobody read is one event, in quarantine.
    pub(crate) fn leave(&mut self, chain: &ChainId, first: &Position) {
        self.metric("RecordsRead", "", 1);
        self.metric("RecordsQuarantined", "", 1);
        self.quarantined.insert((chain.clone(), first.clone()));
    }

    /// A record that was put back more than once: another copy counts.
    pub(crate) fn drop_copy(&mut self) {
        self.metric("RecordsRead", "", 1);
        self.metric("RecordCopiesDropped", "", 1);
    }

    pub(crate) fn without_ids(self) -> Self {
        let ids = BTreeSet::new();
        Self { ids, ..self }
    }

    pub(crate) fn sum_of(&self, metric: &str) -> usize {
        let key = (metric.to_owned(), String::new());
        let (_, sum) = self.metrics.get(&key).copied().unwrap_or_default();
        usize::try_from(sum).unwrap()
    }

    /// An event as it should count.
    pub(crate) fn count(&mut self, kind: Kind, chain: &ChainId, position: &Position) {
        self.metric("RecordsRead", "", 1);
        let fared = match kind {
            Kind::Request(_) | Kind::Error | Kind::Heartbeat => "RecordsMatched",
            Kind::Chatter | Kind::Poison | Kind::OwnLog | Kind::Control => "RecordsUnmatched",
            Kind::Broken => "RecordsQuarantined",
        };
        self.metric(fared, "", 1);
        match kind {
            Kind::Request(request) if !self.ids.insert((chain.clone(), request.id)) => {
                self.metric("RecordsRepeated", "", 1);
            }
            Kind::Request(request) => {
                let agent = format!("agent-{}", request.agent);
                let (input, output) = (request.input, request.output);
                self.metric("Input", "", input);
                self.metric("Input", &agent, input);
                let nanodollars = input * NANODOLLARS.0 + output * NANODOLLARS.1;
                let dollars = Decimal::from_i128_with_scale(nanodollars.into(), 9);
                self.ask(agent, 1, (input, output), dollars);
            }
            Kind::Error => self.metric("Errors", "", 1),
            Kind::Heartbeat => self.metric("Heartbeat", "", 1),
            Kind::OwnLog => self.metric("OwnLogEventsDropped", "", 1),
            Kind::Control => self.metric("ControlMessages", "", 1),
            Kind::Broken => {
                self.quarantined.insert((chain.clone(), position.clone()));
            }
            Kind::Chatter | Kind::Poison => {}
        }
    }

    /// A slice as it counts.
    pub(crate) fn add(&mut self, chain: &ChainId, body: &Body) {
        let of_records = |series: &&SeriesMinute| !OF_NO_RECORD.contains(&series.key.name.as_str());
        for series in body.series.iter().filter(of_records) {
            let mut dimensions = series.key.dimensions.iter();
            let agent = dimensions.find(|(name, _)| name == "Agent");
            let agent = agent.map_or("", |(_, value)| value.as_str());
            let statistics = series.aggregate.statistics();
            assert_eq!(
                matches!(series.aggregate, Aggregate::Distribution(_)),
                series.key.name == "Input"
            );
            let metric = &series.key.name;
            self.metric(metric, agent, whole(statistics.sum));
            let sum = (metric.clone(), agent.to_owned());
            let (count, _) = self.metrics.get_mut(&sum).unwrap();
            if !is_own(metric) {
                *count += statistics.count - 1;
            }
        }
        for row in &body.usage {
            let tokens = row.usage.tokens;
            let price = row.key.price.as_deref().expect("the model has a price");
            let price = prices::built_in().by_id(price).unwrap();
            let dollars = price.cost(&tokens, row.key.batch).unwrap();
            let (agent, requests) = (row.key.agent.clone(), row.usage.requests);
            self.ask(agent, requests, (tokens.input, tokens.output), dollars);
        }
        for record in &body.quarantined {
            let place = (chain.clone(), record.position.clone());
            assert!(self.quarantined.insert(place), "quarantined twice");
        }
    }

    fn ask(&mut self, agent: String, requests: u64, tokens: (u64, u64), dollars: Decimal) {
        let sum = self.usage.entry(agent).or_default();
        sum.requests += requests;
        sum.input += tokens.0;
        sum.output += tokens.1;
        sum.dollars += dollars;
    }

    fn metric(&mut self, name: &str, agent: &str, value: u64) {
        let known = self.metrics.entry((name.to_owned(), agent.to_owned()));
        let (count, sum) = known.or_default();
        *count += u64::from(!is_own(name));
        *sum += value;
    }
}

/// Our own counts are one value a slice: only their sums are told.
fn is_own(metric: &str) -> bool {
    metric.starts_with("Record") || ["OwnLogEventsDropped", "ControlMessages"].contains(&metric)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of whole numbers, far below 2^52"
)]
fn whole(sum: f64) -> u64 {
    assert!(sum >= 0.0 && sum.fract() == 0.0, "{sum}");
    sum as u64
}
