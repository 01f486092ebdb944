//! The cost per incident, a derived metric that is not of one minute.
//!
//! An incident lasts for hours, in many slices and under several agents and models. Its id is not a dimension (each
//! would be a series of its own at $0.30 a month), and the dollars of a minute divided by its incidents would be the
//! cost of an incident's minute. The ledger has each incident's tokens of the day exactly once: every five minutes,
//! `CostPerIncident` is the distribution of the costs so far of all incidents of the UTC day. In a period of five
//! minutes, Average is the cost per incident, p90 that of expensive ones, Maximum that of the most expensive one, and
//! `SampleCount` the number of incidents. An incident that lasts past midnight counts in both days, with the part of
//! each day.

use jiff::Timestamp;
use picket_rules::metrics::{ENVIRONMENT, MetricRules};
use picket_shared::{
    series::{Aggregate, OWN_NAMESPACE, SeriesKey, SeriesMinute},
    sketch::Sketch,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// The metric's name.
pub const NAME: &str = "CostPerIncident";

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
    use picket_shared::usage::{Breakdown, IncidentSpend, TokenCounts, Usage, UsageKey, UsageRow};

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

    fn day() -> Breakdown {
        let rows = [
            row(Some("inc-1"), "triage", SONNET, 1_000_000),
            row(Some("inc-1"), "writer", SONNET, 1_000_000),
            row(Some("inc-2"), "triage", SONNET, 500_000),
            row(Some("inc-3"), "triage", SONNET, 1_000),
            row(Some("inc-3"), "triage", "nobody.knows-it", 1_000),
            row(None, "triage", SONNET, 9_000_000),
        ];
        Breakdown::of(&rows, |row| row.cost(prices::built_in()))
    }

    #[test]
    fn an_incident_is_the_sum_of_its_rows_and_an_unpriced_one_is_not_zero() {
        let expected = IncidentSpend {
            priced: vec!["6".parse().unwrap(), "1.5".parse().unwrap()],
            unpriced: 1,
        };
        assert_eq!(day().incident_spend(), expected);
        let none = Breakdown::default().incident_spend();
        assert_eq!(none, IncidentSpend::default());
    }

    #[test]
    fn the_average_is_the_cost_per_incident_and_no_dimension_names_one() {
        let now = "2026-11-19T06:05:00Z".parse().unwrap();
        let priced = day().incident_spend().priced;
        let series = series(&priced, "BedrockUsage", "dev", now).unwrap();
        let statistics = series.aggregate.statistics();
        assert_eq!(statistics.count, 2);
        assert!((statistics.sum - 7.5).abs() < 1e-9, "{}", statistics.sum);
        assert!((statistics.max - 6.0).abs() < 1e-9, "{}", statistics.max);
        assert_eq!(
            series.key.dimensions,
            [("Environment".to_owned(), "dev".to_owned())]
        );
        assert!(super::series(&[], "BedrockUsage", "dev", now).is_none());
    }

    #[test]
    fn it_stands_with_the_workload_whose_usage_the_ledger_has() {
        assert_eq!(namespace(metrics::built_in()), "BedrockUsage");
        assert_eq!(namespace(&[]), "Picket");
        let usage: Vec<MetricRules> = metrics::built_in()
            .iter()
            .filter(|rules| rules.usage.is_some())
            .cloned()
            .collect();
        assert_eq!(namespace(&[usage.clone(), usage].concat()), "Picket");
    }
}
