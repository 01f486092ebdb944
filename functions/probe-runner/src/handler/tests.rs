use std::collections::BTreeMap;

use crate::{
    failure::Reason,
    testing::{Behaviour, Fake, FixedClock, config},
};

use super::*;

const NOW: &str = "2026-11-20T06:05:40Z";

/// Fifty seconds from then.
fn deadline() -> Deadline {
    let now = FixedClock::at(NOW).now.as_millisecond();
    Deadline::from_context(u64::try_from(now).unwrap() + 50_000)
}

async fn tick(fake: Fake, event: &str) -> (Result<Summary, Error>, Fake) {
    let handler = Handler::new(config(), fake, FixedClock::at(NOW));
    let answer = handler.handle(event.as_bytes(), deadline()).await;
    (answer, handler.ports)
}

fn event(at: &str) -> String {
    format!(r#"{{"picket":{{"kind":"probe","version":1}},"at":"{at}"}}"#)
}

/// The published datapoints, a line each.
fn sent(fake: &Fake) -> Vec<String> {
    let requests = fake.sent.lock().unwrap();
    let line = |namespace: &str, datum: &picket_cloudwatch::datum::Datum| {
        let dimensions: Vec<_> = datum
            .dimensions
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let picket_cloudwatch::datum::DatumValues::Statistics(values) = &datum.values else {
            panic!("a statistic set")
        };
        format!(
            "{namespace} {} {{{}}} {} {} at {}",
            datum.name,
            dimensions.join(","),
            values.sum,
            datum.unit,
            datum.at
        )
    };
    let lines = requests.iter().flat_map(|request| {
        request
            .data
            .iter()
            .map(|datum| line(&request.namespace, datum))
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn what_is_due_is_asked_and_sent_with_its_minute() {
    let (summary, fake) = tick(Fake::default(), &event("2026-11-20T06:05:00Z")).await;
    let summary = summary.unwrap();
    assert_eq!(
        (summary.asked, summary.failed.len(), summary.dropped),
        (3, 0, 0)
    );
    assert_eq!(
        sent(&fake),
        [
            "Picket ProbeFailed {Stack=picket-dev,Probe=shop/baskets} 0 Count at 2026-11-20T06:05:00Z",
            "Picket ProbeFailed {Stack=picket-dev,Probe=shop/front} 0 Count at 2026-11-20T06:05:00Z",
            "Picket ProbeFailed {Stack=picket-dev,Probe=shop/orders} 0 Count at 2026-11-20T06:05:00Z",
            "Picket ProbeFailed {Stack=picket-dev} 0 Count at 2026-11-20T06:05:00Z",
            "Picket/Shop Availability {Environment=dev} 100 Percent at 2026-11-20T06:05:00Z",
            "Picket/Shop BasketTotal {Environment=dev} 3.3 None at 2026-11-20T06:05:00Z",
            "Picket/Shop Baskets {Environment=dev} 2 Count at 2026-11-20T06:05:00Z",
            "Picket/Shop LateOrders {Environment=dev} 2 Count at 2026-11-20T06:05:00Z",
            "Picket/Shop LatencyMs {Environment=dev} 0 Milliseconds at 2026-11-20T06:05:00Z",
            "Picket/Shop OpenOrders {Environment=dev} 7 Count at 2026-11-20T06:05:00Z",
        ]
    );
}

#[tokio::test]
async fn a_late_tick_asks_what_was_due_when_it_was() {
    // The schedule meant 06:04, and got to it at 06:05:40.
    let (summary, fake) = tick(Fake::default(), &event("2026-11-20T06:04:00Z")).await;
    assert_eq!(
        summary.unwrap().asked,
        2,
        "what is asked every five minutes is not"
    );
    assert!(sent(&fake).iter().all(|line| line.ends_with("06:04:00Z")));
    let bare = r#"{"picket":{"kind":"probe","version":1}}"#;
    let (summary, fake) = tick(Fake::default(), bare).await;
    assert_eq!(summary.unwrap().asked, 3);
    assert!(sent(&fake).iter().all(|line| line.ends_with("06:05:00Z")));
}

#[tokio::test]
async fn a_failure_is_a_metric_by_probe_and_reason_and_no_failed_invocation() {
    let fake = Fake {
        pages: BTreeMap::from([("https://shop.example.com/".to_owned(), Behaviour::Hangs)]),
        rows: Behaviour::Fails(Reason::Refused),
        ..Fake::default()
    };
    let (summary, fake) = tick(fake, &event("2026-11-20T06:05:00Z")).await;
    let failed = [("shop/front", "Timeout"), ("shop/orders", "Refused")];
    let failed = failed.map(|(probe, reason)| (probe.to_owned(), reason.to_owned()));
    assert_eq!(summary.unwrap().failed, failed);
    let lines = sent(&fake);
    for expected in [
        "Picket ProbeFailed {Stack=picket-dev} 2 Count",
        "Picket ProbeFailed {Stack=picket-dev,Probe=shop/front} 1 Count",
        "Picket ProbeFailed {Stack=picket-dev,Probe=shop/front,Reason=Timeout} 1 Count",
        "Picket ProbeFailed {Stack=picket-dev,Probe=shop/baskets} 0 Count",
        "Picket ProbeFailed {Stack=picket-dev,Probe=shop/orders,Reason=Refused} 1 Count",
        "Picket/Shop Availability {Environment=dev} 0 Percent",
        "Picket/Shop Baskets {Environment=dev} 2 Count",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(expected)),
            "{expected}: {lines:#?}"
        );
    }
    // Missing, not zero.
    assert!(
        !lines
            .iter()
            .any(|line| line.contains("Orders {Env") || line.contains("LatencyMs")),
        "{lines:#?}"
    );
}

#[tokio::test]
async fn an_operator_asks_by_name() {
    let named = |name: &str| {
        format!(
            r#"{{"picket":{{"kind":"probe","version":1}},"at":"2026-11-20T06:04:00Z","probes":["{name}"]}}"#
        )
    };
    let (summary, fake) = tick(Fake::default(), &named("shop/orders")).await;
    assert_eq!(summary.unwrap().asked, 1);
    assert_eq!(*fake.probed.lock().unwrap(), ["orders on db:5432 as u"]);
    let (refused, fake) = tick(Fake::default(), &named("shop/order")).await;
    let diagnostic = lambda_runtime::Diagnostic::from(refused.unwrap_err());
    assert_eq!(diagnostic.error_type, "InvalidEvent");
    assert_eq!(
        diagnostic.error_message,
        "no probe was run: there is no probe \"shop/order\" that is switched on here; there are: shop/front, shop/baskets, shop/orders"
    );
    assert!(fake.sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn metrics_that_are_not_taken_fail_the_invocation() {
    let fake = Fake {
        put: Behaviour::Fails(Reason::Setup),
        ..Fake::default()
    };
    let (answer, _) = tick(fake, &event("2026-11-20T06:05:00Z")).await;
    let sentence = answer.unwrap_err().to_string();
    assert!(
        sentence.contains("CloudWatch may have the metrics of one request"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_tick_without_a_due_probe_still_says_that_none_failed() {
    let mut config = config();
    config.probes.clear();
    let handler = Handler::new(config, Fake::default(), FixedClock::at(NOW));
    let summary = handler
        .handle(event(NOW).as_bytes(), deadline())
        .await
        .unwrap();
    assert_eq!((summary.asked, summary.data), (0, 1));
    assert_eq!(
        sent(&handler.ports),
        ["Picket ProbeFailed {Stack=picket-dev} 0 Count at 2026-11-20T06:05:00Z"]
    );
}
