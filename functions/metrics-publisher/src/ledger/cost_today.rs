//! The cost since midnight, a gauge: `CostToday`, in total and by agent.
//!
//! A sum of `EstimatedCost` over 24 hours is that of any 24 hours: an alarm on it stays in ALARM past midnight, and is silent
//! on the next day. The gauge begins anew each day (UTC), so that its Maximum above a threshold is that day's cost.
//!
//! Only what has a price is in it. A day, or an agent, none of whose usage has a price has no datapoint: unpriced is not
//! zero.

use std::collections::BTreeMap;

use picket_rules::metrics::{ENVIRONMENT, dimension_value};
use picket_shared::{
    money,
    series::{SeriesKey, SeriesMinute},
    usage::{Breakdown, Spend},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::series_limit::admission::Admission;

/// The metric's name.
pub const NAME: &str = "CostToday";
/// The dimension of the agent, as in the cost metric of the built-in rules.
pub const AGENT: &str = "AgentId";

/// A series' dollars of a day so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gauge {
    key: SeriesKey,
    minute: i64,
    dollars: Decimal,
}

/// The gauges of a day: of all agents together, and of each agent whose name a dimension can have.
pub fn gauges(day: &Breakdown, namespace: &str, environment: &str, minute: i64) -> Vec<Gauge> {
    let gauge = |agent: Option<&str>, spend: &Spend| {
        let agent = agent.map(|agent| (AGENT, agent));
        let dimensions: Vec<_> = [(ENVIRONMENT, environment)]
            .into_iter()
            .chain(agent)
            .collect();
        Some(Gauge {
            key: SeriesKey::new(namespace, NAME, "None", &dimensions),
            minute,
            dollars: spend.cost_usd()?,
        })
    };
    let is_used = !day.by_agent.is_empty();
    let total = is_used.then(|| gauge(None, &day.total)).flatten();
    let by_agent = day
        .by_agent
        .iter()
        .filter_map(|(agent, spend)| gauge(Some(dimension_value(agent)?), spend));
    total.into_iter().chain(by_agent).collect()
}

impl Gauge {
    /// The datapoint. CloudWatch takes a double.
    pub fn datapoint(&self) -> Option<SeriesMinute> {
        let dollars = self.dollars.to_f64()?;
        Some(SeriesMinute::single(self.key.clone(), self.minute, dollars))
    }
}

/// The datapoints after admission: agents past the limit of series are one gauge, their sum.
pub fn datapoints(gauges: &[Gauge], admission: &Admission) -> Vec<SeriesMinute> {
    let mut sums = BTreeMap::<(SeriesKey, i64), Decimal>::new();
    for gauge in gauges {
        let Some(datapoint) = gauge.datapoint() else {
            continue;
        };
        let placed = admission.placed(&datapoint);
        let sum = sums.entry((placed.key, gauge.minute)).or_default();
        *sum = money::exact_add(*sum, gauge.dollars).unwrap_or(Decimal::MAX);
    }
    let gauge = |((key, minute), dollars)| Gauge {
        key,
        minute,
        dollars,
    };
    sums.into_iter()
        .filter_map(|sum| gauge(sum).datapoint())
        .collect()
}

#[cfg(test)]
mod tests {
    use picket_rules::metrics;
    use picket_shared::usage::{TokenCounts, Usage, UsageKey, UsageRow};
    use proptest::prelude::*;

    use super::*;
    use crate::series_limit::admission::{Admitted, Ceilings, OTHER};

    fn row(agent: &str, model: &str, input: u64) -> UsageRow {
        UsageRow {
            key: UsageKey {
                date: jiff::civil::date(2026, 11, 19),
                agent: agent.into(),
                model: model.into(),
                incident: None,
                price: None,
                batch: false,
            },
            usage: Usage {
                requests: 1,
                tokens: TokenCounts {
                    input,
                    ..TokenCounts::default()
                },
            },
        }
    }

    /// Three dollars a million tokens; model `x` has no price.
    fn price(row: &UsageRow) -> Option<Decimal> {
        (row.key.model != "x").then(|| Decimal::from(row.usage.tokens.input) * Decimal::new(3, 6))
    }

    fn published(rows: &[UsageRow], limit: u32) -> Vec<(String, f64)> {
        let gauges = gauges(&Breakdown::of(rows, price), "BedrockUsage", "dev", 7);
        let datapoints: Vec<_> = gauges.iter().filter_map(Gauge::datapoint).collect();
        let ceilings = Ceilings::of_rules(&[], limit);
        let admission = Admitted::default().admit(&datapoints, &ceilings, 1, false);
        let value = |series: SeriesMinute| {
            let names: Vec<&str> = series
                .key
                .dimensions
                .iter()
                .map(|(_, value)| value.as_str())
                .collect();
            let statistics = series.aggregate.statistics();
            assert_eq!(
                (statistics.count, series.minute),
                (1, 7),
                "a gauge is one value"
            );
            (names.join(" "), statistics.max)
        };
        super::datapoints(&gauges, &admission)
            .into_iter()
            .map(value)
            .collect()
    }

    #[test]
    fn the_total_and_each_agent_are_gauges() {
        let rows = [
            row("triage", "m", 2_000_000),
            row("triage", "n", 1_000_000),
            row("writer", "m", 500_000),
            row("writer", "x", 9_000_000),
            row("new", "x", 9_000_000),
            row("", "m", 1_000_000),
            row("grün", "m", 1_000_000),
        ];
        let expected = [("dev", 16.5), ("dev triage", 9.0), ("dev writer", 1.5)];
        assert_eq!(
            published(&rows, 100),
            expected.map(|(name, dollars)| (name.to_owned(), dollars))
        );
    }

    #[test]
    fn unpriced_is_not_zero_and_nothing_is_published_of_no_usage() {
        assert_eq!(published(&[row("a", "x", 5)], 100), []);
        assert_eq!(published(&[], 100), []);
        assert_eq!(
            published(&[row("a", "m", 0)], 100)[0],
            ("dev".to_owned(), 0.0)
        );
    }

    #[test]
    fn the_dimension_is_that_of_the_built_in_cost_metric() {
        let rules = metrics::built_in().iter();
        let mut costs = rules.filter_map(|rules| rules.usage.as_ref()?.cost.as_ref());
        let names = costs.next().unwrap().dimensions.clone();
        assert!(format!("{names:?}").contains(AGENT), "{names:?}");
    }

    proptest! {
        /// However many agents: the series are limited, and what is past the limit is one sum.
        #[test]
        fn agents_past_the_limit_are_one_gauge_and_no_dollar_is_lost(
            tokens in prop::collection::vec(0..1_000_000_u64, 1..60), limit in 0..20_u32,
        ) {
            let rows: Vec<UsageRow> = tokens.iter().enumerate().map(|(i, tokens)| row(&format!("agent-{i}"), "m", *tokens)).collect();
            let published = published(&rows, limit);
            let (total, by_agent): (Vec<_>, Vec<_>) = published.into_iter().partition(|(name, _)| name == "dev");
            let sum: f64 = by_agent.iter().map(|(_, dollars)| dollars).sum();
            prop_assert!((total[0].1 - sum).abs() < 1e-9, "{} {}", total[0].1, sum);
            prop_assert!(by_agent.len() <= limit as usize + 1);
            prop_assert_eq!(by_agent.iter().any(|(name, _)| name.ends_with(OTHER)), tokens.len() > limit as usize);
        }
    }
}
