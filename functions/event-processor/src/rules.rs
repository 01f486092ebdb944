//! What the function knows before any event comes: rules, prices, and its own name.

use picket_rules::{
    metrics::{self, Dimensions, ENVIRONMENT, MetricRules},
    prices::{self, PriceBook},
};
use picket_shared::series::{OWN_NAMESPACE, SeriesKey};

mod index;

pub use self::index::{DimensionTable, MetricSlot, RuleIndex, RuleRef, TimingKey};

use crate::{
    counting::{Datum, Source},
    plan::LARGEST_BLOB,
};

/// The dimension of our own metrics.
pub(crate) const OWN_DIMENSION: &str = "Stack";

/// Rules, prices and names.
#[derive(Debug, Clone)]
pub struct RuleSet {
    pub(crate) workloads: Vec<MetricRules>,
    pub(crate) prices: PriceBook,
    pub(crate) environment: String,
    pub(crate) stack: String,
    /// Whether a workload takes requests of any source, and not of the one it names.
    pub(crate) any_source: bool,
    /// The rules made ready for events.
    pub(crate) index: RuleIndex,
    /// Most bytes of a slice's blob, unless one event alone has more: then [`LARGEST_BLOB`] holds.
    pub(crate) largest_blob: usize,
}

impl RuleSet {
    /// With the rules and prices that are compiled in.
    pub fn built_in(environment: &str, stack: &str) -> Self {
        let workloads = metrics::built_in().to_vec();
        Self::new(workloads, prices::built_in().clone(), environment, stack)
    }

    /// With rules and prices of the caller's.
    pub fn new(
        mut workloads: Vec<MetricRules>,
        prices: PriceBook,
        environment: &str,
        stack: &str,
    ) -> Self {
        Self {
            index: RuleIndex::of(&mut workloads),
            workloads,
            prices,
            environment: environment.to_owned(),
            stack: stack.to_owned(),
            any_source: false,
            largest_blob: LARGEST_BLOB,
        }
    }

    /// The same with other rules and prices.
    pub(crate) fn with_rules(&self, workloads: Vec<MetricRules>, prices: PriceBook) -> Self {
        let rule_set = Self::new(workloads, prices, &self.environment, &self.stack);
        Self {
            any_source: self.any_source,
            largest_blob: self.largest_blob,
            ..rule_set
        }
    }

    /// Cuts slices at smaller blobs: 150 bytes or so are a few events.
    #[must_use]
    pub fn with_largest_blob(self, largest_blob: usize) -> Self {
        Self {
            largest_blob,
            ..self
        }
    }

    /// Lets workloads with a usage rule take requests of any source: for one look over whole files, in which a request known by its id counts once whoever reports it.
    /// A stream gives no such promise across its shards, so there each workload has one source.
    #[must_use]
    pub fn with_any_source(self) -> Self {
        Self {
            any_source: true,
            ..self
        }
    }

    /// Whether the workload takes events of this source.
    pub(crate) fn takes(&self, workload: &MetricRules, source: metrics::Source) -> bool {
        let is_free = self.any_source && workload.usage.is_some();
        let named = workload.source.filter(|_| !is_free);
        named.is_none_or(|named| named == source)
    }

    /// The series' names.
    pub(crate) fn series_key(&self, datum: &Datum) -> SeriesKey {
        match datum.source {
            Source::Own(name) => SeriesKey {
                namespace: OWN_NAMESPACE.to_owned(),
                name: name.to_owned(),
                unit: "Count".to_owned(),
                dimensions: vec![(OWN_DIMENSION.to_owned(), self.stack.clone())],
            },
            Source::Rule(workload, rule, transformation) => {
                let metric = &self.workloads[workload].rules[rule].transformations[transformation];
                SeriesKey {
                    namespace: metric.namespace.to_string(),
                    name: metric.name.to_string(),
                    unit: metric.unit.to_string(),
                    dimensions: self.dimensions(&metric.dimensions, datum),
                }
            }
            Source::Cost(workload) => {
                let usage = self.workloads[workload].usage.as_ref();
                let cost = usage
                    .and_then(|usage| usage.cost.as_ref())
                    .expect("a cost is only added for a usage rule with a cost metric");
                SeriesKey {
                    namespace: cost.namespace.to_string(),
                    name: cost.name.to_string(),
                    // CloudWatch has no unit for money.
                    unit: "None".to_owned(),
                    dimensions: self.dimensions(&cost.dimensions, datum),
                }
            }
        }
    }

    /// The set's dimensions in the order they were declared, and the environment, which is one of every set.
    fn dimensions(&self, dimensions: &Dimensions, datum: &Datum) -> Vec<(String, String)> {
        let names = dimensions.sets[datum.set]
            .iter()
            .map(|&index| dimensions.declared[index].0.to_string());
        names
            .zip(datum.values.iter().cloned())
            .chain([(ENVIRONMENT.to_owned(), self.environment.clone())])
            .collect()
    }
}
