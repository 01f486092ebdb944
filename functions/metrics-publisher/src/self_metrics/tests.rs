use super::*;

fn values(vitals: &Vitals, now: Timestamp) -> Vec<(String, f64)> {
    let name = |series: &SeriesMinute| {
        let more = series
            .key
            .dimensions
            .get(1)
            .map(|(_, value)| format!(" {value}"));
        format!("{}{}", series.key.name, more.unwrap_or_default())
    };
    vitals
        .series("picket-dev", now)
        .iter()
        .map(|series| (name(series), series.aggregate.statistics().sum))
        .collect()
}

#[test]
fn a_quiet_tick_says_zero_rather_than_nothing() {
    let mut vitals = Vitals::default();
    vitals.wait(Sink::Ledger, None);
    let expected = [
        ("PublishAmbiguous", 0.0),
        ("ChainGaps", 0.0),
        ("SlicesDamaged", 0.0),
        ("SeriesRefused", 0.0),
        ("DatumsDropped", 0.0),
        ("CursorAge Ledger", 0.0),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    assert_eq!(values(&vitals, Timestamp::UNIX_EPOCH), expected);
}

#[test]
fn the_oldest_chain_counts_and_drops_are_told_by_reason_and_together() {
    let second = |second| Timestamp::from_second(second).unwrap();
    let mut vitals = Vitals {
        newest_heartbeat: Some(1),
        ..Vitals::default()
    };
    vitals.wait(Sink::CloudWatch, Some(second(500)));
    vitals.wait(Sink::CloudWatch, Some(second(400)));
    vitals.wait(Sink::CloudWatch, None);
    vitals.drop_all(BTreeMap::from([(Reason::TooOld, 2), (Reason::Unit, 1)]));
    vitals.drop_all(BTreeMap::from([(Reason::Unit, 4)]));
    let values = values(&vitals, second(600));
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
fn overrides_and_silent_rules_are_told_where_they_are_known() {
    let vitals = Vitals {
        overrides: Some(OverrideCounts {
            in_force: 2,
            refused: 1,
        }),
        rules_unmatched: Some(3),
        ..Vitals::default()
    };
    let values = values(&vitals, Timestamp::UNIX_EPOCH);
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
fn usage_past_the_ledgers_ceiling_is_told_where_there_is_some() {
    let mut vitals = Vitals::default();
    vitals.refuse_rows(0);
    let told = |vitals: &Vitals| values(vitals, Timestamp::UNIX_EPOCH);
    assert!(
        told(&vitals)
            .iter()
            .all(|(name, _)| name != "LedgerRowsRefused")
    );
    vitals.refuse_rows(3);
    vitals.refuse_rows(4);
    assert!(told(&vitals).contains(&("LedgerRowsRefused".to_owned(), 7.0)));
}
