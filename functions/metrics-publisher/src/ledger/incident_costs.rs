//! The cost per incident, a derived metric that is not of one minute.
//!
//! An incident lasts for hours, in many slices and under several agents and models. Its id is not a dimension (each
//! would be a series of its own at $0.30 a month), and the dollars of a minute divided by its incidents would be the
//! cost of an incident's minute. The ledger has each incident's tokens of the day exactly once: every five minutes,
//! `CostPerIncident` is the distribution of the costs so far of all incidents of the UTC day. In a period of five
//! minutes, Average is the cost per incident, p90 that of expensive ones, Maximum that of the most expensive one, and
//! `SampleCount` the number of incidents. An incident that lasts past midnight counts in both days, with the part of
//! each day.

pub(crate) mod run;

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_rules::{
    metrics::{ENVIRONMENT, MetricRules},
    prices::PriceBook,
};
use picket_shared::{
    series::{Aggregate, OWN_NAMESPACE, SeriesKey, SeriesMinute},
    sketch::Sketch,
    usage::UsageRow,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::series_limit::admission::OTHER;

/// The metric's name.
pub const NAME: &str = "CostPerIncident";
/// Seconds from one distribution to the next: CloudWatch's usual period of an alarm. Ten thousand rows are a megabyte,
/// 125 read units: every minute they would be $0.67 a month, so it is an eighth of that.
pub const PERIOD: i64 = 300;
/// The number of rows of a day that are read: about five megabytes. The costs of a day with more are only in the daily
/// report.
pub const MOST_ROWS: usize = 50_000;

/// The costs of incidents.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// The dollars of each incident all of whose requests have a price.
    pub priced: Vec<Decimal>,
    /// The number of incidents with unpriced requests. They are left out: unpriced is not zero.
    pub unpriced: usize,
}

/// Adds up rows by incident, without rows that have none and those of the incident `Other` (`day_rows`).
pub fn costs(rows: &[UsageRow], book: &PriceBook) -> Costs {
    let mut incidents = BTreeMap::<&str, Option<Decimal>>::new();
    for row in rows {
        let incident = row.key.incident.as_ref();
        let Some(incident) = incident.filter(|incident| *incident != OTHER) else {
            continue;
        };
        let sum = incidents.entry(incident).or_insert(Some(Decimal::ZERO));
        *sum = sum
            .zip(row.cost(book))
            .and_then(|(sum, more)| sum.checked_add(more));
    }
    let all = incidents.len();
    let priced: Vec<Decimal> = incidents.into_values().flatten().collect();
    Costs {
        unpriced: all - priced.len(),
        priced,
    }
}

/// The namespace of the workload whose usage is in the ledger; `Picket` where several workloads share it, since its
/// rows do not name one.
pub fn namespace(workloads: &[MetricRules]) -> &str {
    let mut costs = workloads
        .iter()
        .filter_map(|rules| rules.usage.as_ref()?.cost.as_ref());
    match (costs.next(), costs.next()) {
        (Some(only), None) => only.namespace.as_str(),
        _ => OWN_NAMESPACE,
    }
}

/// The distribution of costs; `None` without an incident.
pub fn series(
    priced: &[Decimal],
    namespace: &str,
    environment: &str,
    now: Timestamp,
) -> Option<SeriesMinute> {
    let mut dollars = priced.iter().filter_map(Decimal::to_f64);
    let mut sketch = Sketch::of(dollars.next()?)?;
    for dollars in dollars {
        sketch.add(dollars);
    }
    Some(SeriesMinute {
        key: SeriesKey::new(namespace, NAME, "None", &[(ENVIRONMENT, environment)]),
        minute: now.as_second().div_euclid(60),
        aggregate: Aggregate::Distribution(sketch),
    })
}

#[cfg(test)]
mod tests {
    use picket_rules::{metrics, prices};
    use picket_shared::usage::{TokenCounts, Usage, UsageKey};

    use super::*;

    /// Three dollars a million tokens of input.
    const SONNET: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    fn row(incident: Option<&str>, agent: &str, model: &str, input: u64) -> UsageRow {
        let tokens = TokenCounts {
            input,
            ..TokenCounts::default()
        };
        UsageRow {
            key: UsageKey {
                date: jiff::civil::date(2026, 11, 19),
                agent: agent.into(),
                model: model.into(),
                incident: incident.map(str::to_owned),
                price: None,
                batch: false,
            },
            usage: Usage {
                requests: 1,
                tokens,
            },
        }
    }

    fn rows() -> Vec<UsageRow> {
        vec![
            row(Some("inc-1"), "triage", SONNET, 1_000_000),
            row(Some("inc-1"), "writer", SONNET, 1_000_000),
            row(Some("inc-2"), "triage", SONNET, 500_000),
            row(Some("inc-3"), "triage", SONNET, 1_000),
            row(Some("inc-3"), "triage", "nobody.knows-it", 1_000),
            row(None, "triage", SONNET, 9_000_000),
        ]
    }

    #[test]
    fn an_incident_is_the_sum_of_its_rows_and_an_unpriced_one_is_not_zero() {
        let expected = Costs {
            priced: vec!["6".parse().unwrap(), "1.5".parse().unwrap()],
            unpriced: 1,
        };
        assert_eq!(costs(&rows(), prices::built_in()), expected);
        assert_eq!(costs(&[], prices::built_in()), Costs::default());
    }

    #[test]
    fn the_average_is_the_cost_per_incident_and_no_dimension_names_one() {
        let now = "2026-11-19T06:05:00Z".parse().unwrap();
        let priced = costs(&rows(), prices::built_in()).priced;
        let series = series(&priced, "Picket/BedrockUsage", "dev", now).unwrap();
        let statistics = series.aggregate.statistics();
        assert_eq!(statistics.count, 2);
        assert!((statistics.sum - 7.5).abs() < 1e-9, "{}", statistics.sum);
        assert!((statistics.max - 6.0).abs() < 1e-9, "{}", statistics.max);
        assert_eq!(
            series.key.dimensions,
            [("Environment".to_owned(), "dev".to_owned())]
        );
        assert!(super::series(&[], "Picket/BedrockUsage", "dev", now).is_none());
    }

    #[test]
    fn it_stands_with_the_workload_whose_usage_the_ledger_has() {
        assert_eq!(namespace(metrics::built_in()), "Picket/BedrockUsage");
        assert_eq!(namespace(&[]), "Picket");
        let usage: Vec<MetricRules> = metrics::built_in()
            .iter()
            .filter(|rules| rules.usage.is_some())
            .cloned()
            .collect();
        assert_eq!(namespace(&[usage.clone(), usage].concat()), "Picket");
    }
}
