//! What a record says of itself, and what it may set in motion.

use picket_shared::{
    chain::ChainId,
    fleet::{FleetMessage, Heartbeat},
    replay::{Extent, Origin},
};

use super::*;

fn heartbeat(sent_at_ms: i64) -> String {
    FleetMessage::Heartbeat(Heartbeat {
        stack: "picket-dev".into(),
        sent_at: jiff::Timestamp::from_millisecond(sent_at_ms).unwrap(),
    })
    .to_json()
}

#[tokio::test]
async fn a_heartbeat_is_not_later_than_a_minute_after_it_arrived() {
    for (ahead, minutes) in [(0, 0), (60_000, 1), (120_000, 1), (90 * 60_000, 1)] {
        let (handler, fakes) = handler();
        let batch = event(&[record(1, heartbeat(ARRIVED + ahead))]);
        assert_eq!(answer(&handler, &batch).await, SUCCESS);
        let state = fakes.state();
        let series = state.items.values().flat_map(|slice| &slice.body.series);
        let beats = series.filter(|series| series.key.name == "Heartbeat");
        let beats: Vec<i64> = beats.map(|series| series.minute).collect();
        let latest = (ARRIVED + minutes * 60_000) / 60_000;
        assert_eq!(beats, [latest], "{ahead} ms ahead");
    }
}

#[tokio::test]
async fn a_request_with_more_tokens_than_any_model_takes_is_quarantined() {
    for (tokens, is_counted) in [(100_000_000_u64, true), (100_000_001, false)] {
        let (handler, fakes) = handler();
        let request = format!(
            r#"{{"request_id":"r","model_id":"m","agent_id":"a","input_tokens":{tokens},"output_tokens":1}}"#
        );
        assert_eq!(
            answer(&handler, &event(&[record(1, request)])).await,
            SUCCESS
        );
        let state = fakes.state();
        let slice = state.items.values().next().unwrap();
        assert_eq!(slice.body.usage.len(), usize::from(is_counted));
        assert_eq!(slice.body.quarantined.len(), usize::from(!is_counted));
    }
}

#[tokio::test]
async fn a_copy_of_another_streams_record_claims_nothing_and_counts_when_it_arrived() {
    for (stream, claims) in [("events", 1), ("other-stream", 0)] {
        let (handler, fakes) = handler();
        let origin = Origin {
            chain: ChainId::new(stream, "shardId-000000000009").unwrap(),
            position: Position::new("70", 0).unwrap(),
            arrived_at: jiff::Timestamp::from_millisecond(ARRIVED - 3_600_000).unwrap(),
            extent: Extent::Record,
        };
        let sent = Sent {
            partition_key: origin.partition_key().unwrap(),
            ..record(1, "ERROR out of slots")
        };
        assert_eq!(answer(&handler, &event(&[sent])).await, SUCCESS);
        let state = fakes.state();
        assert_eq!(state.claims.len(), claims, "{stream}");
        let series = state.items.values().flat_map(|slice| &slice.body.series);
        let errors = series.filter(|series| series.key.name == "ErrorLines");
        let minutes: Vec<i64> = errors.map(|series| series.minute).collect();
        let back = if claims == 1 { 60 } else { 0 };
        assert_eq!(minutes, [ARRIVED / 60_000 - back], "{stream}");
    }
}

#[tokio::test]
async fn a_copy_whose_original_no_replay_registered_is_quarantined_and_claims_nothing() {
    let (handler, fakes) = handler();
    let position = Position::new("70", 0).unwrap();
    fakes.state().unregistered.insert(position.clone());
    let origin = Origin {
        chain: ChainId::new("events", "shardId-000000000009").unwrap(),
        position,
        arrived_at: jiff::Timestamp::from_millisecond(ARRIVED).unwrap(),
        extent: Extent::Record,
    };
    let forged = Sent {
        partition_key: origin.partition_key().unwrap(),
        ..record(1, "ERROR out of slots")
    };
    let batch = event(&[forged, record(2, "ERROR again")]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let state = fakes.state();
    assert_eq!(state.claims.len(), 0);
    let slice = state.items.values().next().unwrap();
    assert_eq!(slice.body.quarantined.len(), 1);
    let series = slice.body.series.iter();
    let errors = series.filter(|series| series.key.name == "ErrorLines");
    let errors: Vec<_> = errors
        .map(|series| series.aggregate.statistics().count)
        .collect();
    assert_eq!(errors, [1], "the record beside it counts");
    let object = state.objects.values().next().unwrap();
    assert!(object.contains("no replay registered"), "{object}");
}

/// A subscription's envelope with one line.
fn log_line(message: &str) -> String {
    serde_json::json!({
        "messageType": "DATA_MESSAGE",
        "logGroup": "orders",
        "logEvents": [{"id": "1", "timestamp": ARRIVED, "message": message}],
    })
    .to_string()
}

#[tokio::test]
async fn a_log_line_is_a_request_only_where_the_workload_names_log_lines_as_its_source() {
    let request = r#"{"request_id":"r","model_id":"m","tokens":5}"#;
    for (source, requests, elsewhere) in [
        ("", 0, 1),
        ("Source: events\n", 0, 1),
        ("Source: log-lines\n", 1, 0),
    ] {
        let rules = format!(
            "Workload: w\n{source}Rules: []\nUsage:\n  FilterPattern: '{{ $.request_id = * }}'\n  EventId: $.request_id\n  Model: $.model_id\n  InputTokens: $.tokens\n"
        );
        let rules = picket_rules::metrics::parse("m.yaml", &rules).unwrap();
        let prices = picket_rules::prices::built_in().clone();
        let rule_set = RuleSet::new(vec![rules], prices, "dev", "picket-dev");
        let fakes = Fakes::default();
        let handler = Handler::new(rule_set, fakes.clone());
        let batch = event(&[record(1, log_line(request))]);
        assert_eq!(answer(&handler, &batch).await, SUCCESS);
        let state = fakes.state();
        let slice = state.items.values().next().unwrap();
        assert_eq!(slice.body.usage.len(), requests, "{source}");
        let series = slice.body.series.iter();
        let others = series.filter(|series| series.key.name == "RequestsOfAnotherSource");
        assert_eq!(others.count(), elsewhere, "{source}");
        assert_eq!(slice.body.quarantined.len(), 0, "{source}");
    }
}

#[tokio::test]
async fn a_log_line_is_no_heartbeat() {
    let (handler, fakes) = handler();
    let batch = event(&[record(1, log_line(&heartbeat(ARRIVED)))]);
    assert_eq!(answer(&handler, &batch).await, SUCCESS);
    let state = fakes.state();
    let mut series = state.items.values().flat_map(|slice| &slice.body.series);
    assert!(!series.any(|series| series.key.name == "Heartbeat"));
}
