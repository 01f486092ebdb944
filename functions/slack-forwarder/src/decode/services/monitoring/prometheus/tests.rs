use picket_shared::alarm::State;
use serde_json::{Value, json};

use super::*;

const ZERO: &str = "0001-01-01T00:00:00Z";

fn one(status: &str, starts: &str, ends: &str) -> Value {
    json!({"status": status, "labels": {"alertname": "Slow"}, "startsAt": starts, "endsAt": ends})
}

fn message(alerts: &[Value]) -> Notice {
    let document = json!({
        "receiver": "critical", "status": "firing", "groupLabels": {"job": "shop", "alertname": "Slow"},
        "alerts": alerts,
    });
    read(Node::new(&document))
}

#[test]
fn a_group_is_named_by_its_receiver_and_its_labels_in_any_order() {
    let alerts = [one("firing", "2026-11-20T06:03:12Z", ZERO)];
    let expected = r#"alertmanager/critical/{alertname="Slow",job="shop"}"#;
    assert_eq!(message(&alerts).incident.as_deref(), Some(expected));
    let keyed =
        json!({"groupKey": "{}:{a=\"b\"}", "receiver": "r", "status": "firing", "alerts": alerts});
    assert_eq!(
        read(Node::new(&keyed)).incident.as_deref(),
        Some("{}:{a=\"b\"}")
    );
}

#[test]
fn the_state_of_a_group_is_of_its_newest_change() {
    let first = one("firing", "2026-11-20T06:03:12Z", ZERO);
    let second = one("firing", "2026-11-20T06:05:00Z", ZERO);
    let over = one("resolved", "2026-11-20T06:03:12Z", "2026-11-20T06:09:00Z");
    let all_over = one("resolved", "2026-11-20T06:05:00Z", "2026-11-20T06:11:00Z");
    for (alerts, state, at) in [
        (vec![first.clone()], State::Alarm, "2026-11-20T06:03:12Z"),
        (
            vec![first, second.clone()],
            State::Alarm,
            "2026-11-20T06:05:00Z",
        ),
        (
            vec![over.clone(), second],
            State::Alarm,
            "2026-11-20T06:09:00Z",
        ),
        (vec![over, all_over], State::Ok, "2026-11-20T06:11:00Z"),
    ] {
        let notice = message(&alerts);
        assert_eq!(notice.condition, Some(state), "{alerts:?}");
        assert_eq!(notice.at, Some(at.parse().unwrap()), "{alerts:?}");
    }
}

#[test]
fn without_times_a_group_has_no_history() {
    let alert = json!({"status": "firing", "labels": {"alertname": "Slow"}, "startsAt": "2026-11-20T06:03:12Z"});
    assert_eq!(message(&[alert]).condition, None);
}
