//! What a slice adds up to: series by minute, and the usage ledger's delta.

mod column;
mod groups;

use std::collections::{BTreeMap, HashMap, btree_map::Entry};

use picket_rules::{cloudwatch_limits::is_value, filter::Event, metrics::MetricKind};
use picket_shared::{
    defaults::{DefaultMinute, Defaults},
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    sketch::Sketch,
    usage::UsageRow,
};

pub use self::column::Kind;
pub(crate) use self::column::Value;
use self::groups::Groups;
use super::usage::Requests;
use crate::rules::{MetricSlot, RuleSet};

/// Where a metric comes from, in indices of the core's rules: cheaper than its names for each event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A transformation: workload, rule, transformation.
    Rule(usize, usize, usize),
    /// The cost of a workload's usage.
    Cost(usize),
    /// One of our own.
    Own(&'static str),
}

/// One series' minute: a source, one of its dimension sets with values, a minute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Datum {
    /// The metric.
    pub source: Source,
    /// Which of its dimension sets.
    pub set: usize,
    /// The values of the set's dimensions.
    pub values: Vec<String>,
    /// Minutes since 1970.
    pub minute: i64,
}

impl Datum {
    /// Of one of our own metrics, which have one set.
    pub fn own(name: &'static str, minute: i64) -> Self {
        Self {
            source: Source::Own(name),
            set: 0,
            values: Vec::new(),
            minute,
        }
    }
}

/// Sums of a run of events.
#[derive(Debug, Default)]
pub struct Totals {
    /// What is added now and then, by name.
    series: HashMap<Datum, Aggregate>,
    /// What each event adds, by its dimensions.
    groups: Groups,
    /// Of rules (workload, rule) with a default value, the minutes in which events came, and whether one matched.
    minutes: BTreeMap<(usize, usize, i64), bool>,
    /// Requests to models.
    pub(crate) requests: Requests,
}

/// Adds a legal value to what there is of it.
fn add_legal(known: &mut Option<Aggregate>, kind: MetricKind, value: f64) {
    match known {
        Some(Aggregate::Distribution(known)) => {
            known.add(value);
        }
        Some(Aggregate::Sum(known)) => known.merge(Statistics::of(value)),
        None => {
            *known = Some(match kind {
                MetricKind::Sum => Aggregate::Sum(Statistics::of(value)),
                MetricKind::Distribution => {
                    Aggregate::Distribution(Sketch::of(value).expect("a legal value is finite"))
                }
            });
        }
    }
}

impl Totals {
    /// Adds a value to a series' minute. One that CloudWatch refuses adds nothing.
    pub fn add(&mut self, datum: Datum, kind: MetricKind, value: f64) {
        if is_value(value) {
            let mut known = self.series.remove(&datum);
            add_legal(&mut known, kind, value);
            self.series.extend(known.map(|known| (datum, known)));
        }
    }

    /// Adds an event's value to every roll-up of a metric whose dimensions the event has, and says how many it has not.
    pub(crate) fn add_to_sets(
        &mut self,
        rule_set: &RuleSet,
        slot: MetricSlot,
        event: &Event<'_>,
        minute: i64,
        value: Value,
    ) -> u64 {
        let table = (slot.table, &rule_set.index.tables[slot.table]);
        let group = self.groups.of_event(table, event, minute);
        group.add(slot.column, value);
        group.left_out()
    }

    /// Another event: what was worked out of the one before holds no more.
    pub(crate) fn next_event(&mut self) {
        self.groups.forget_event();
    }

    /// How many different dimension values, minute by minute, events had.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// How many bytes those have.
    pub(crate) fn dimension_bytes(&self) -> usize {
        self.groups.bytes()
    }

    /// Notes that an event was held against a rule with a default value, in this minute, and whether it matched.
    pub(crate) fn note_minute(&mut self, rule: (usize, usize), minute: i64, matches: bool) {
        let known = self.minutes.entry((rule.0, rule.1, minute)).or_default();
        *known |= matches;
    }

    /// The minutes of metrics with a default value, in order. Two rules that feed one series meet in it.
    pub fn defaults(&self, rule_set: &RuleSet) -> Vec<DefaultMinute> {
        let mut defaults = Defaults::default();
        for (&(workload, rule, minute), &matched) in &self.minutes {
            let metrics = &rule_set.workloads[workload].rules[rule].transformations;
            for (index, metric) in metrics.iter().enumerate() {
                let mut aggregate = None;
                if let Some(value) = metric.default_value.filter(|value| is_value(*value)) {
                    add_legal(&mut aggregate, metric.kind, value);
                }
                let datum = Datum {
                    source: Source::Rule(workload, rule, index),
                    set: 0,
                    values: Vec::new(),
                    minute,
                };
                defaults.extend(aggregate.map(|aggregate| DefaultMinute {
                    series: SeriesMinute {
                        key: rule_set.series_key(&datum),
                        minute,
                        aggregate,
                    },
                    matched,
                }));
            }
        }
        defaults.to_vec()
    }

    /// The series, in order. Two rules that feed one series meet in it.
    pub fn series(&self, rule_set: &RuleSet) -> Vec<SeriesMinute> {
        let mut data = self.groups.data(rule_set);
        data.extend(
            self.series
                .iter()
                .map(|(datum, known)| (datum.clone(), known.clone())),
        );
        // By source first, so that sums of floats come out the same each time.
        data.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut series: BTreeMap<(SeriesKey, i64), Aggregate> = BTreeMap::new();
        for (datum, aggregate) in data {
            match series.entry((rule_set.series_key(&datum), datum.minute)) {
                Entry::Occupied(mut known) => known.get_mut().merge(&aggregate),
                Entry::Vacant(entry) => {
                    entry.insert(aggregate);
                }
            }
        }
        series
            .into_iter()
            .map(|((key, minute), aggregate)| SeriesMinute {
                key,
                minute,
                aggregate,
            })
            .collect()
    }

    /// The ledger's rows, in order.
    pub fn usage(&self) -> Vec<UsageRow> {
        self.requests.rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum() -> Datum {
        Datum::own("RecordsRead", 7)
    }

    #[test]
    fn values_of_a_minute_add_up() {
        let mut totals = Totals::default();
        for value in [1.0, 4.0, 2.5] {
            totals.add(datum(), MetricKind::Sum, value);
        }
        let statistics = totals.series[&datum()].statistics();
        assert_eq!(
            statistics,
            Statistics {
                count: 3,
                sum: 7.5,
                min: 1.0,
                max: 4.0
            }
        );
    }

    #[test]
    fn what_cloudwatch_refuses_adds_nothing() {
        let mut totals = Totals::default();
        let too_large = 2_f64.powi(361);
        for value in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            too_large,
            -too_large,
        ] {
            totals.add(datum(), MetricKind::Sum, value);
            totals.add(datum(), MetricKind::Distribution, value);
        }
        assert!(totals.series.is_empty());
        totals.add(datum(), MetricKind::Sum, 2_f64.powi(360));
        assert!(totals.series.contains_key(&datum()));
    }
}
