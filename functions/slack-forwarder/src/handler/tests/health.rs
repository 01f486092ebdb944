//! The daily health check, from the schedule to the sinks.

use jiff::{SignedDuration, Timestamp};

use super::world::{Table, World};

const ASKED: &[u8] = br#"{"picket":{"kind":"health-check","version":1}}"#;
const ROUTES: &str = "
routes:
  - { name: good, match: { kind: health-report, severity: info }, sinks: [{ webhook: info }] }
  - { name: warning, sinks: [{ webhook: warning }] }";

/// A quarter to seven, where every metric of the user journey is as expected: 11 events in each quarter of an hour, one
/// error of 1,000 invocations, one failure of 1,000 requests, and half a second each.
fn world() -> World {
    let world = World::at_six().with_routes(ROUTES);
    world.pass(35 * 60);
    let from: Timestamp = "2026-11-19T06:00:00Z".parse().unwrap();
    let mut inner = world.0.lock().unwrap();
    for quarter in 0..96 {
        let at = from + SignedDuration::from_mins(quarter * 15);
        inner.metrics.push(("UserEventsProcessed", at, 11.0));
    }
    for (name, value) in [
        ("Errors", 1.0),
        ("Invocations", 1_000.0),
        ("AIServiceErrors", 1.0),
        ("AIServiceRequests", 1_000.0),
        ("ProcessingLatency", 500.0),
    ] {
        inner.metrics.push((name, from, value));
    }
    drop(inner);
    world
}

/// The webhook of the only message, and the message.
fn posted(world: &World) -> (String, String) {
    let inner = world.0.lock().unwrap();
    assert_eq!(inner.posted.len(), 1);
    let read = inner.read.last().cloned().unwrap();
    (read, inner.posted[0].1.to_string())
}

#[tokio::test]
async fn what_is_as_expected_is_one_message_at_the_info_route_and_sent_once() {
    let world = world();
    for request in ["a", "a", "again"] {
        world.handle_as(request, ASKED).await.unwrap();
        world.pass(60);
    }
    let (webhook, message) = posted(&world);
    assert!(webhook.ends_with("/info"), "{webhook}");
    // Without a table, its two checks are left out.
    for part in [
        "Health of user-journey (dev) · 4 of 4 as expected",
        "2026-11-19 06:00 to 2026-11-20 06:00 UTC",
        "*Lambda error rate* 0.1 %, expected &lt; 5 %: met",
        "*AI success rate* 99.9 %, expected &gt; 98 %: met",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[tokio::test]
async fn what_is_missed_goes_where_warnings_go() {
    let world = world();
    for (name, _, value) in &mut world.0.lock().unwrap().metrics {
        if *name == "Errors" {
            *value = 73.0;
        }
    }
    world.handle(ASKED).await.unwrap();
    let (webhook, message) = posted(&world);
    assert!(webhook.ends_with("/warning"), "{webhook}");
    assert!(
        message.contains("3 of 4 as expected, 1 missed"),
        "{message}"
    );
    assert!(
        message.contains("*Lambda error rate* 7.3 %, expected &lt; 5 %: missed"),
        "{message}"
    );
}

#[tokio::test]
async fn a_workload_without_any_data_is_a_warning_and_nothing_of_it_is_met() {
    let world = world();
    world.0.lock().unwrap().metrics.clear();
    world.handle(ASKED).await.unwrap();
    let (webhook, message) = posted(&world);
    assert!(webhook.ends_with("/warning"), "{webhook}");
    assert!(
        message.contains("0 of 4 as expected, 4 without data"),
        "{message}"
    );
    assert!(!message.contains(": met"), "{message}");
}

#[tokio::test]
async fn metrics_that_cannot_be_read_fail_the_invocation_and_the_retry_reads_them() {
    for world in [world().with_hanging(&["GetMetricData"]), world()] {
        world.0.lock().unwrap().unreadable.push("metrics");
        let error = world.handle(ASKED).await.unwrap_err().to_string();
        assert!(
            error.contains("the metrics of the health check of user-journey could not be read"),
            "{error}"
        );
        assert!(world.posted().is_empty());
        {
            let mut inner = world.0.lock().unwrap();
            inner.unreadable.clear();
            inner.hanging.clear();
        }
        world.handle(ASKED).await.unwrap();
        assert_eq!(world.posted().len(), 1);
    }
}

#[tokio::test]
async fn a_table_that_does_not_answer_does_not_hold_the_report_back() {
    let world = world().with_table(Table::Unreachable);
    world.handle(ASKED).await.unwrap();
    assert_eq!(world.posted().len(), 1);
}

#[tokio::test]
async fn a_topic_cannot_ask_for_a_check() {
    let world = world();
    let text = String::from_utf8(ASKED.to_vec()).unwrap();
    let event = crate::testing::sns_event(super::world::CRITICAL, &[text]);
    world.handle(event.to_string().as_bytes()).await.unwrap();
    let posted = world.posted();
    assert!(!posted[0].to_string().contains("Health of"), "{posted:?}");
}
