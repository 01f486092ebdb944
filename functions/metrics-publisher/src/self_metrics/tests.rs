use super::*;

fn values(self_metrics: &SelfMetrics, now: Timestamp) -> Vec<(String, f64)> {
    let name = |series: &SeriesMinute| {
        let more = series
            .key
            .dimensions
            .get(1)
            .map(|(_, value)| format!(" {value}"));
        format!("{}{}", series.key.name, more.unwrap_or_default())
    };
    self_metrics
        .series("picket-dev", now)
        .iter()
        .map(|series| (name(series), series.aggregate.statistics().sum))
        .collect()
}

#[test]
fn a_quiet_tick_says_zero_rather_than_nothing() {
    let mut self_metrics = SelfMetrics::default();
    self_metrics.oldest_waiting.insert(Sink::Ledger, None);
    let expected = [
        ("PublishAmbiguous", 0.0),
        ("ChainGaps", 0.0),
        ("SlicesDamaged", 0.0),
        ("SeriesRefused", 0.0),
        ("DatumsDropped", 0.0),
        ("CursorAge Ledger", 0.0),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    assert_eq!(values(&self_metrics, Timestamp::UNIX_EPOCH), expected);
}

#[test]
fn the_oldest_chain_counts_and_drops_are_published_by_reason_and_together() {
    let second = |second| Timestamp::from_second(second).unwrap();
    let mut self_metrics = SelfMetrics {
        newest_heartbeat: Some(1),
        ..SelfMetrics::default()
    };
    let oldest = Some(second(400));
    self_metrics.oldest_waiting.insert(Sink::CloudWatch, oldest);
    self_metrics.record_dropped(BTreeMap::from([(Reason::TooOld, 2), (Reason::Unit, 1)]));
    self_metrics.record_dropped(BTreeMap::from([(Reason::Unit, 4)]));
    let values = values(&self_metrics, second(600));
    for expected in [
        ("DatumsDropped", 7.0),
        ("DatumsDropped TooOld", 2.0),
        ("DatumsDropped Unit", 5.0),
        ("CursorAge CloudWatch", 200.0),
        ("HeartbeatAge", 540.0),
    ] {
        let expected = (expected.0.to_owned(), expected.1);
        assert!(values.contains(&expected), "{expected:?} in {values:?}");
    }
}

#[test]
fn trips_are_published_by_component_where_there_are_any() {
    let self_metrics = SelfMetrics {
        circuit_breaker_trips: BTreeMap::from([(Sink::Prometheus, 2)]),
        ..SelfMetrics::default()
    };
    let expected = ("CircuitBreakerTrips Prometheus".to_owned(), 2.0);
    let values = values(&self_metrics, Timestamp::UNIX_EPOCH);
    assert!(values.contains(&expected), "{values:?}");
}

#[test]
fn overrides_and_silent_rules_are_published_where_they_are_known() {
    let self_metrics = SelfMetrics {
        overrides: Some(OverrideCounts {
            in_force: 2,
            refused: 1,
        }),
        rules_unmatched: Some(3),
        ..SelfMetrics::default()
    };
    let values = values(&self_metrics, Timestamp::UNIX_EPOCH);
    for (name, value) in [
        ("OverridesInForce", 2.0),
        ("OverridesRefused", 1.0),
        ("RulesUnmatched", 3.0),
    ] {
        assert!(values.contains(&(name.to_owned(), value)), "{values:?}");
    }
}

#[test]
fn of_many_series_the_smallest_and_the_largest_value_of_a_metric_are_kept() {
    let key = |agent: &str| SeriesKey {
        namespace: "Shop".into(),
        name: "Orders".into(),
        unit: "Count".into(),
        dimensions: vec![("Agent".into(), agent.into())],
    };
    let mut counted = Counted::default();
    for (agent, extremes) in [("a", (2.0, 3.0)), ("b", (-1.0, 0.0)), ("c", (0.0, 9.0))] {
        count(&mut counted, &key(agent), extremes);
    }
    assert_eq!(counted["Shop"]["Orders"], (-1.0, 9.0));
}

#[test]
fn usage_past_the_ledgers_ceiling_is_published_where_there_is_some() {
    let mut self_metrics = SelfMetrics::default();
    self_metrics.record_refused_rows(0);
    let published = |self_metrics: &SelfMetrics| values(self_metrics, Timestamp::UNIX_EPOCH);
    assert!(
        published(&self_metrics)
            .iter()
            .all(|(name, _)| name != "LedgerRowsRefused")
    );
    self_metrics.record_refused_rows(3);
    self_metrics.record_refused_rows(4);
    assert!(published(&self_metrics).contains(&("LedgerRowsRefused".to_owned(), 7.0)));
}
