//! What rules cost a month where every metric has as many series as it may have.

use std::{collections::BTreeMap, fmt};

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Dimensions, MetricRules};

/// Cents a series and month, the first ten thousand (<https://aws.amazon.com/cloudwatch/pricing/>); beyond, they cost
/// less.
const CENTS: i64 = 30;

/// The cost of a rule at its ceiling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ceiling {
    /// The line of its first metric.
    pub line: u64,
    /// Its metrics.
    pub metrics: Vec<String>,
    /// The most series that CloudWatch gets: `MaximumSeries`, the total, and `Other` of each roll-up for what is past
    /// it.
    pub series: u64,
    /// Dollars a month.
    pub cost_usd: Decimal,
}

/// Returns the cost of series a month, in dollars.
pub fn cost(series: u64) -> Decimal {
    Decimal::new(CENTS, 2) * Decimal::from(series)
}

impl MetricRules {
    /// Every rule's ceiling, in the order of the file; the cost metric of `Usage` is the last.
    pub fn ceilings(&self) -> Vec<Ceiling> {
        let rules = self.rules.iter().map(|rule| {
            let metrics = rule.transformations.iter();
            Ceiling::of(metrics.map(|metric| {
                let series = series(&metric.dimensions, metric.maximum_series);
                (metric.at.0, metric.name.as_str(), series)
            }))
        });
        let cost = self.usage.iter().flat_map(|usage| &usage.cost);
        let cost = cost.map(|cost| {
            let series = series(&cost.dimensions, cost.maximum_series);
            Ceiling::of([(cost.at.0, cost.name.as_str(), series)].into_iter())
        });
        rules.chain(cost).collect()
    }
}

impl Ceiling {
    /// A metric that appears twice is one.
    fn of<'r>(metrics: impl Iterator<Item = (u64, &'r str, u64)>) -> Self {
        let mut line = u64::MAX;
        let mut by_name = BTreeMap::new();
        let mut names = Vec::new();
        for (at, name, series) in metrics {
            line = line.min(at);
            if by_name.insert(name, series).is_none() {
                names.push(name.to_owned());
            }
        }
        let series = by_name.values().sum();
        Self {
            line,
            metrics: names,
            series,
            cost_usd: cost(series),
        }
    }
}

/// The total is one series, and is not held against the ceiling; past it, every other set has a series `Other`.
fn series(dimensions: &Dimensions, maximum: u32) -> u64 {
    let rolled_up = dimensions.sets.iter().filter(|set| !set.is_empty()).count();
    let total = dimensions.sets.len() - rolled_up;
    let admitted = if rolled_up == 0 { 0 } else { maximum.into() };
    admitted + u64::try_from(rolled_up + total).unwrap_or(u64::MAX)
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            metrics,
            series,
            cost_usd,
        } = self;
        let metrics = metrics.join(", ");
        write!(
            f,
            "line {line:<4} {series:>6} series {cost_usd:>9} $  {metrics}"
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::metrics::{built_in, parse};

    const RULES: &str = "\
Workload: shop
Rules:
  - FilterPattern: '{ $.order = * }'
    MetricTransformations:
      - { MetricNamespace: Shop, MetricName: Orders, MetricValue: 1 }
      - MetricNamespace: Shop
        MetricName: Amount
        MetricValue: $.amount
        Dimensions: [{ Key: City, Value: $.city }, { Key: Till, Value: $.till }]
        DimensionSets: [[], [City], [City, Till]]
        MaximumSeries: 250
";

    #[test]
    fn a_ceiling_is_what_cloudwatch_may_bill() {
        let rules = parse("metrics.yaml", RULES).unwrap();
        let ceilings = rules.ceilings();
        // Orders: the total. Amount: 250, the total, and Other by city and by city and till.
        assert_eq!(ceilings.len(), 1);
        assert_eq!((ceilings[0].line, ceilings[0].series), (5, 1 + 250 + 3));
        assert_eq!(ceilings[0].cost_usd.to_string(), "76.20");
        assert_eq!(
            ceilings[0].to_string(),
            "line 5       254 series     76.20 $  Orders, Amount"
        );
    }

    #[test]
    fn a_metric_that_stands_twice_is_paid_once() {
        let twice = "\
Workload: shop
Rules:
  - FilterPattern: '{ $.order = * }'
    MetricTransformations:
      - { MetricNamespace: Shop, MetricName: Orders, MetricValue: 1 }
      - { MetricNamespace: Shop, MetricName: Orders, MetricValue: $.more }
";
        let rules = parse("metrics.yaml", twice).unwrap();
        assert_eq!(rules.ceilings()[0].series, 1);
    }

    #[test]
    fn every_built_in_rule_has_its_ceiling() {
        for rules in built_in() {
            let usage = rules.usage.iter().flat_map(|usage| &usage.cost).count();
            assert_eq!(rules.ceilings().len(), rules.rules.len() + usage);
        }
    }
}
