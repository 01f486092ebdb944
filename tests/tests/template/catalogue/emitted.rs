//! The metrics that workloads' rules and probes make, and those that the functions add.

use std::collections::BTreeSet;

use event_processor::counting::Tally;
use metrics_publisher::{
    cloudwatch::derived,
    ledger::{cost_today, incident_costs},
    self_metrics::{OverrideCounts, SelfMetrics},
};
use picket_aws::ledger::Sink;
use picket_rules::{
    metrics::{self, Dimensions, ENVIRONMENT, MetricKind},
    probes,
};
use picket_shared::series::{Aggregate, OWN_NAMESPACE, SeriesKey, SeriesMinute};

/// A metric with one of its sets of dimensions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Emitted {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) dimensions: BTreeSet<String>,
    pub(crate) has_percentiles: bool,
    /// Whether a rule or a probe makes it, and not a function by itself.
    pub(crate) is_of_rule: bool,
}

/// Everything in the namespaces of workloads.
pub(crate) fn emitted() -> Vec<Emitted> {
    let mut all = Vec::new();
    for rules in metrics::built_in() {
        for metric in rules.rules.iter().flat_map(|rule| &rule.transformations) {
            let key = (
                metric.namespace.as_str(),
                metric.name.as_str(),
                metric.unit.as_str(),
            );
            let has_percentiles = metric.kind == MetricKind::Distribution;
            all.extend(sets(&metric.dimensions).map(|set| of_rule(key, set, has_percentiles)));
        }
        for cost in rules.usage.iter().filter_map(|usage| usage.cost.as_ref()) {
            let key = (cost.namespace.as_str(), cost.name.as_str(), "None");
            all.extend(sets(&cost.dimensions).map(|set| of_rule(key, set, false)));
        }
    }
    for metric in probes::built_in()
        .iter()
        .flat_map(|file| &file.probes)
        .flat_map(|probe| &probe.metrics)
    {
        let key = (
            metric.namespace.as_str(),
            metric.name.as_str(),
            metric.unit.as_str(),
        );
        all.push(of_rule(
            key,
            BTreeSet::from([ENVIRONMENT.to_owned()]),
            false,
        ));
    }
    let derived = derived::derive(&minutes(&all));
    all.extend(derived.iter().map(of_series));
    all.extend(of_ledger());
    all
}

/// What functions publish in the namespace `Picket`, as far as their code lists it.
pub(crate) fn own() -> Vec<Emitted> {
    let mut publisher = SelfMetrics::default();
    publisher.newest_heartbeat = Some(1);
    publisher.oldest_waiting = [(Sink::Ledger, None)].into();
    publisher.series_admitted = Some(1);
    publisher.rows_refused = 1;
    publisher.refused_samples = Some(1);
    publisher.failed_samples = Some(1);
    publisher.circuit_breaker_trips = [(Sink::CloudWatch, 1)].into();
    publisher.overrides = Some(OverrideCounts {
        in_force: 1,
        refused: 1,
    });
    publisher.rules_unmatched = Some(1);
    let now = "2026-11-20T22:01:10Z".parse().expect("a time");
    let mut all: Vec<Emitted> = publisher
        .series("picket-dev", now)
        .iter()
        .map(of_series)
        .collect();
    assert!(all.len() > 10, "the publisher's metrics");
    for (name, _) in Tally::default().metrics() {
        let key = SeriesKey::new(OWN_NAMESPACE, name, "Count", &[("Stack", "picket-dev")]);
        all.push(of_series(&SeriesMinute::single(key, 1, 1.0)));
    }
    let cost = |name: &str, unit: &str| {
        let key = SeriesKey::new(OWN_NAMESPACE, name, unit, &[("Stack", "picket-dev")]);
        of_series(&SeriesMinute::single(key, 1, 1.0))
    };
    all.push(cost(cost_reporter::metrics::DAILY_COST, "None"));
    all.push(cost(cost_reporter::metrics::FORECAST_TO_BUDGET, "Percent"));
    all.push(cost(probe_runner::report::PROBE_FAILED, "Count"));
    all
}

fn of_rule(
    key: (&str, &str, &str),
    dimensions: BTreeSet<String>,
    has_percentiles: bool,
) -> Emitted {
    let (namespace, name, unit) = key;
    Emitted {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        unit: unit.to_owned(),
        dimensions,
        has_percentiles,
        is_of_rule: true,
    }
}

fn of_series(series: &SeriesMinute) -> Emitted {
    let key = &series.key;
    let dimensions = key
        .dimensions
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let has_percentiles = matches!(series.aggregate, Aggregate::Distribution(_));
    let key = (key.namespace.as_str(), key.name.as_str(), key.unit.as_str());
    Emitted {
        is_of_rule: false,
        ..of_rule(key, dimensions, has_percentiles)
    }
}

/// The sets of a rule, each with the environment.
fn sets(dimensions: &Dimensions) -> impl Iterator<Item = BTreeSet<String>> {
    dimensions.sets.iter().map(|set| {
        let names = set
            .iter()
            .map(|&index| dimensions.declared[index].0.as_str());
        names.chain([ENVIRONMENT]).map(str::to_owned).collect()
    })
}

/// A minute of every series from which others are derived, with its dimensions in the order of the event processor.
fn minutes(all: &[Emitted]) -> Vec<SeriesMinute> {
    all.iter()
        .map(|one| {
            let others = one.dimensions.iter().filter(|name| *name != ENVIRONMENT);
            let others = others.map(|name| (name.as_str(), "any"));
            let dimensions: Vec<_> = others.chain([(ENVIRONMENT, "dev")]).collect();
            let key = SeriesKey::new(&one.namespace, &one.name, &one.unit, &dimensions);
            SeriesMinute::single(key, 1, 1.0)
        })
        .collect()
}

/// What the publisher makes of the ledger, in the namespace of the workload whose usage it has.
fn of_ledger() -> Vec<Emitted> {
    let namespace = incident_costs::namespace(metrics::built_in());
    let environment = BTreeSet::from([ENVIRONMENT.to_owned()]);
    let by_agent = BTreeSet::from([ENVIRONMENT.to_owned(), "AgentId".to_owned()]);
    let made = |name, dimensions: &BTreeSet<String>, has_percentiles| Emitted {
        is_of_rule: false,
        ..of_rule(
            (namespace, name, "None"),
            dimensions.clone(),
            has_percentiles,
        )
    };
    vec![
        made(incident_costs::NAME, &environment, true),
        made(cost_today::NAME, &environment, false),
        made(cost_today::NAME, &by_agent, false),
    ]
}
