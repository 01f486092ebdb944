use super::*;
use crate::{decode::decode, message::Body, testing};

fn by_topic(topic: Option<&str>) -> Message {
    let mut message = Message::bare(Body::Text("hello".to_owned()));
    message.topic = topic.map(str::to_owned);
    message
}

fn sinks(routes: &Routes, message: &Message, severity: Severity) -> Vec<(String, Severity)> {
    destinations(routes, message, &decode(message), severity, true)
        .into_iter()
        .map(|to| (to.sink.name().to_owned(), to.severity))
        .collect()
}

#[test]
fn severity_comes_from_the_topic_then_from_its_name_and_is_else_a_warning() {
    let topics = Topics {
        info: Some("arn:aws:sns:eu-west-1:111122223333:critical-looking-info".to_owned()),
        ..Topics::default()
    };
    for (topic, expected) in [
        (
            Some("arn:aws:sns:eu-west-1:111122223333:critical-looking-info"),
            Severity::Info,
        ),
        (
            Some("arn:aws:sns:eu-west-1:111122223333:picket-dev-CriticalTopic-1A2B"),
            Severity::Critical,
        ),
        (
            Some("arn:aws:sns:eu-west-1:111122223333:picket-dev-InfoTopic-1A2B"),
            Severity::Info,
        ),
        (
            Some("arn:aws:sns:eu-west-1:111122223333:alerts"),
            Severity::Warning,
        ),
        (Some(""), Severity::Warning),
        (None, Severity::Warning),
    ] {
        assert_eq!(topics.severity(&by_topic(topic)), expected, "{topic:?}");
    }
}

#[test]
fn the_built_in_routes_send_each_severity_to_its_sinks() {
    for (severity, expected) in [
        (
            Severity::Critical,
            &["pagerduty on-call", "webhook critical", "email critical"][..],
        ),
        (Severity::Warning, &["webhook warning", "email warning"]),
        (Severity::Info, &["webhook info"]),
    ] {
        let message = by_topic(None);
        let found = destinations(built_in(), &message, &decode(&message), severity, true);
        let found: Vec<_> = found.iter().map(|to| to.sink.to_string()).collect();
        assert_eq!(found, expected, "{severity}");
    }
}

#[test]
fn without_a_pager_nothing_is_paged_and_nothing_lost() {
    for (sinks, expected) in [
        ("{pagerduty: p}, {webhook: x}", "webhook x"),
        ("{pagerduty: p}", "webhook critical"),
    ] {
        let text = format!("routes: [{{name: a, sinks: [{sinks}]}}]");
        let routes = routes::parse("test", &text).unwrap();
        let message = by_topic(None);
        let found = destinations(
            &routes,
            &message,
            &decode(&message),
            Severity::Critical,
            false,
        );
        let found: Vec<_> = found.iter().map(|to| to.sink.to_string()).collect();
        assert_eq!(found, [expected], "{sinks}");
    }
}

#[test]
fn a_message_that_no_route_takes_still_goes_somewhere() {
    let text = "routes: [{name: a, match: {severity: [critical, warning]}, sinks: [{webhook: x}]}]";
    let routes = routes::parse("test", text).unwrap();
    assert_eq!(
        sinks(&routes, &by_topic(None), Severity::Info),
        [("info".to_owned(), Severity::Info)]
    );
}

#[test]
fn a_webhook_is_posted_to_once_and_mentions_add_up() {
    let text = "routes:
- {name: a, match: {alarm: 'orders*', namespace: Shop, region: eu-west-1, dimensions: {Service: orders}}, severity: critical, mentions: [here], continue: true, sinks: [{webhook: x}]}
- {name: b, mentions: [here, U1], sinks: [{webhook: x}, {webhook: y}]}";
    let routes = routes::parse("test", text).unwrap();
    let message = Message::bare(Body::Json(testing::alarm_body(
        "orders-latency",
        "aws",
        "eu-west-1",
    )));
    let found = destinations(
        &routes,
        &message,
        &decode(&message),
        Severity::Warning,
        true,
    );
    let shown: Vec<_> = found
        .iter()
        .map(|to| {
            (
                to.sink.name(),
                to.route.as_deref(),
                to.severity,
                to.mentions.len(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("x", Some("a"), Severity::Critical, 2),
            ("y", Some("b"), Severity::Warning, 2)
        ]
    );
}

#[test]
fn a_route_without_sinks_is_silence_by_choice() {
    let text =
        "routes: [{name: a, match: {kind: other}, sinks: []}, {name: b, sinks: [{webhook: x}]}]";
    let routes = routes::parse("test", text).unwrap();
    assert!(sinks(&routes, &by_topic(None), Severity::Critical).is_empty());
}

#[test]
fn a_time_to_respond_is_stated_of_bad_news_alone_and_runs_from_the_change() {
    let text = "routes: [{ name: all, respond-within: 90m, sinks: [{ webhook: a }] }]";
    let routes = routes::parse("test", text).unwrap();
    let stated = |state: &str| {
        let mut body = testing::alarm_body("orders", "aws", "eu-west-1");
        body["NewStateValue"] = serde_json::json!(state);
        let message = Message::bare(Body::Json(body));
        let decoded = decode(&message);
        let postings =
            crate::posting::postings(&message, &decoded, &Topics::default(), &routes, true);
        let reason = postings[0].draft.reason.words();
        let mut lines = reason.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("Respond"))
    };
    let expected = "Respond within 1 h 30 min, by 2026-11-20 07:33 UTC";
    assert_eq!(stated("ALARM").as_deref(), Some(expected));
    assert_eq!(stated("OK"), None);
    assert_eq!(stated("INSUFFICIENT_DATA"), None);
}
