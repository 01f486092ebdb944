//! The totals of a slice: series by minute, and the usage ledger's delta.

mod column;
mod datum;
mod groups;

use std::collections::{BTreeMap, HashMap, btree_map::Entry};

use picket_rules::{cloudwatch_limits::is_value, filter::Event, metrics::MetricKind};
use picket_shared::{
    defaults::{DefaultMinute, Defaults},
    series::{Aggregate, SeriesKey, SeriesMinute},
    usage::UsageRow,
};

pub(crate) use self::column::Value;
pub use self::datum::Datum;
use self::groups::Groups;
use super::usage::Requests;
use crate::rules::{MetricId, MetricSlot, RuleSet};

/// The totals of a run of events.
#[derive(Debug, Default)]
pub struct Totals {
    /// Totals of metrics that few events feed, by datum.
    series: HashMap<Datum, Aggregate>,
    /// Totals of rules' metrics, by dimensions.
    groups: Groups,
    /// By workload, rule and minute, for rules with a default value: whether one of the minute's events matched.
    minutes: BTreeMap<(usize, usize, i64), bool>,
    /// Model requests.
    pub(crate) requests: Requests,
}

/// Adds a legal value to an aggregate, or begins it.
fn add_legal(known: &mut Option<Aggregate>, kind: MetricKind, value: f64) {
    match known {
        Some(known) => known.add(value),
        None => *known = Aggregate::new(kind, value),
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

    /// Adds an event's value to every roll-up of a metric whose dimensions the event has. Returns the number of the
    /// others.
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

    /// Begins another event.
    pub(crate) fn next_event(&mut self) {
        self.groups.forget_event();
    }

    /// Returns the number of groups: different dimension values, minute by minute.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Returns the bytes of the groups' dimension values.
    pub(crate) fn dimension_bytes(&self) -> usize {
        self.groups.bytes()
    }

    /// Records that an event of this minute was evaluated by a rule with a default value, and whether it matched.
    pub(crate) fn note_minute(&mut self, rule: (usize, usize), minute: i64, matches: bool) {
        let known = self.minutes.entry((rule.0, rule.1, minute)).or_default();
        *known |= matches;
    }

    /// Returns the minutes of metrics with a default value, in order. Rules that feed one series share its minutes.
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
                    metric: MetricId::Rule(workload, rule, index),
                    set: 0,
                    values: Vec::new(),
                    minute,
                };
                defaults.extend(aggregate.map(|aggregate| DefaultMinute {
                    series: SeriesMinute {
                        key: datum.series_key(rule_set),
                        minute,
                        aggregate,
                    },
                    matched,
                }));
            }
        }
        defaults.to_vec()
    }

    /// Returns the series, in order. Rules that feed one series share it.
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
            match series.entry((datum.series_key(rule_set), datum.minute)) {
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

    /// Returns the ledger's rows, in order.
    pub fn usage(&self) -> Vec<UsageRow> {
        self.requests.rows()
    }
}

#[cfg(test)]
mod tests {
    use picket_shared::series::Statistics;

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
