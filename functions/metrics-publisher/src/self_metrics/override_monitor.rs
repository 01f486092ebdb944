//! The overrides of rules, prices, routes and playbooks. The publisher uses the rules and prices, and validates all of
//! them every minute, so that an invalid object is reported before it is needed.

use std::sync::Arc;

use jiff::Timestamp;
use picket_aws::overrides::{ConditionalRead, Override, ReadResults, Revalidate, RuleOverrides};
use picket_rules::{
    metrics::MetricRules,
    overrides::{PLAYBOOKS, ROUTES},
    playbooks,
    prices::PriceBook,
    routes,
};

/// All overrides that may be in the bucket.
#[derive(Debug)]
pub(crate) struct OverrideMonitor {
    rules: RuleOverrides,
    /// Checked only: other functions use them.
    others: [Override<()>; 2],
}

/// The numbers of overrides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OverrideCounts {
    /// In force.
    pub in_force: u64,
    /// Invalid, or not readable.
    pub refused: u64,
}

impl Default for OverrideMonitor {
    fn default() -> Self {
        let routes = Override::new(ROUTES, (), |(), file, text| {
            routes::parse(file, text).map(drop)
        });
        let playbooks = Override::new(PLAYBOOKS, (), |(), file, text| {
            playbooks::parse(file, text).map(drop)
        });
        Self {
            rules: RuleOverrides::built_in(),
            others: [routes, playbooks],
        }
    }
}

impl OverrideMonitor {
    /// The rules in force.
    pub(crate) fn workloads(&self) -> Vec<MetricRules> {
        self.rules.workloads()
    }

    /// The prices in force.
    pub(crate) fn prices(&self) -> Arc<PriceBook> {
        self.rules.prices()
    }

    /// The numbers of overrides in force and refused.
    pub(crate) fn counts(&self) -> OverrideCounts {
        let of = |rules: usize, is: fn(&Override<()>) -> bool| {
            let others = self.others.iter().filter(|other| is(other)).count();
            u64::try_from(rules + others).unwrap_or(u64::MAX)
        };
        OverrideCounts {
            in_force: of(self.rules.overridden(), Override::is_overridden),
            refused: of(self.rules.refused(), |other| other.refused().is_some()),
        }
    }
}

impl Revalidate for OverrideMonitor {
    fn due(&self, now: Timestamp) -> Vec<ConditionalRead> {
        let mut reads = self.rules.due_reads(now);
        if !reads.is_empty() {
            let others = self.others.iter();
            reads.extend(others.filter_map(|other| other.due_read(now)));
        }
        reads
    }

    fn apply(&mut self, now: Timestamp, mut results: ReadResults) {
        let others = results.split_off(results.len().saturating_sub(self.others.len()));
        self.rules.settle(now, results);
        for (other, result) in self.others.iter_mut().zip(others) {
            other.settle(now, result);
        }
    }
}

#[cfg(test)]
mod tests {
    use picket_aws::{
        Fault,
        overrides::{Found, Object},
    };

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// The bucket holds this object and no other.
    fn results(reads: &[ConditionalRead], object: &str, text: &str) -> ReadResults {
        let result = |read: &ConditionalRead| {
            Ok(if read.object == object {
                Found::New(Object {
                    file: format!("s3://b/s/{object}"),
                    etag: text.into(),
                    text: text.into(),
                })
            } else {
                Found::Nothing
            })
        };
        reads.iter().map(result).collect()
    }

    #[test]
    fn every_kind_of_object_is_looked_at_and_a_broken_one_counted_while_it_is_there() {
        for object in [
            "workloads/bedrock-usage/metrics.yaml",
            "prices.yaml",
            ROUTES,
            PLAYBOOKS,
        ] {
            let mut overrides = OverrideMonitor::default();
            let reads = overrides.due(at(0));
            assert!(reads.iter().any(|read| read.object == object));
            overrides.apply(at(0), results(&reads, object, "broken: ["));
            let counts = overrides.counts();
            assert_eq!((counts.in_force, counts.refused), (0, 1), "{object}");
            assert_eq!(overrides.due(at(29)), []);
            let reads = overrides.due(at(30));
            overrides.apply(at(30), results(&reads, "", ""));
            assert_eq!(overrides.counts(), OverrideCounts::default(), "{object}");
        }
    }

    #[test]
    fn a_good_object_of_another_function_is_in_force_and_changes_no_rule() {
        let mut overrides = OverrideMonitor::default();
        let reads = overrides.due(at(0));
        let routes = "routes: [{ name: all, sinks: [{ webhook: a }] }]";
        overrides.apply(at(0), results(&reads, ROUTES, routes));
        let counts = overrides.counts();
        assert_eq!((counts.in_force, counts.refused), (1, 0));
        assert_eq!(overrides.workloads(), picket_rules::metrics::built_in());
    }

    #[test]
    fn a_bucket_out_of_reach_is_every_object_refused() {
        let mut overrides = OverrideMonitor::default();
        let due = overrides.due(at(0)).len();
        let silent = |_| Err(Fault::transient("the override bucket did not result"));
        overrides.apply(at(0), (0..due).map(silent).collect());
        assert_eq!(overrides.counts().refused, u64::try_from(due).unwrap());
    }
}
