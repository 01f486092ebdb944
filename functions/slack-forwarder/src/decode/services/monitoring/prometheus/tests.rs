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

/// The words of the links and of the fields of the name.
fn runbook(url: &str) -> (Vec<String>, Vec<String>) {
    let mut alert = one("firing", "2026-11-20T06:03:12Z", ZERO);
    alert["annotations"] = json!({"summary": "it is slow", "runbook_url": url});
    let notice = message(&[alert]);
    let fields = notice
        .fields
        .iter()
        .filter(|field| field.label == "Runbook");
    (
        notice
            .links
            .iter()
            .map(crate::draft::mrkdwn::Link::words)
            .collect(),
        fields.map(|field| field.value.clone()).collect(),
    )
}

#[test]
fn the_address_of_a_runbook_is_a_link_and_a_path_is_text() {
    let address = "https://git.example.com/picket/runbook.md#slow";
    let link = format!("Runbook · git.example.com: {address}");
    assert_eq!(runbook(address), (vec![link], vec![]));
    for path in [
        "workloads/inquiry-pipeline/prometheus/runbook.md#slow",
        "/runbook.md",
        "//git.example.com/runbook.md",
        "javascript:alert(1)",
        "<https://evil.example.com|Runbook>",
    ] {
        assert_eq!(runbook(path), (vec![], vec![path.to_owned()]), "{path}");
    }
}
