//! Invocations of one process, which share the cache of answers.

use super::*;

/// A clock that the test sets.
struct Settable(Mutex<Timestamp>);

impl Clock for &Settable {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, _: Duration) {}
}

fn clock() -> Settable {
    Settable(Mutex::new(Fixed.now()))
}

/// A fleet whose state does not answer, so that every invocation posts its day.
fn stateless() -> Fleet {
    Fleet {
        state: false,
        ..fleet()
    }
}

/// The requests that the footer of one report states.
async fn requests<C: Clock>(handler: &Handler<&Fleet, C>, fields: &serde_json::Value) -> u32 {
    let reports = handler.handle(event(fields).as_bytes(), None).await;
    reports.unwrap()[0].requests
}

#[tokio::test]
async fn the_same_queries_are_sent_once_a_day_and_the_report_stays_the_same() {
    let (fleet, clock) = (stateless(), clock());
    let handler = Handler::new(config(&fleet), &fleet, &clock);
    let event = event(&json!({"date": "2026-11-19"}));
    let mut reports = Vec::new();
    for now in [
        "2026-11-20T06:00:00Z",
        "2026-11-20T23:59:59Z",
        "2026-11-21T00:00:00Z",
        "2026-11-21T06:00:00Z",
    ] {
        *clock.0.lock().unwrap() = now.parse().unwrap();
        reports.extend(handler.handle(event.as_bytes(), None).await.unwrap());
    }
    let requests: Vec<_> = reports.iter().map(|report| report.requests).collect();
    assert_eq!(
        requests,
        [6, 0, 5, 0],
        "a late report has no forecast, and so a request less"
    );
    assert_eq!(fleet.requested.lock().unwrap().len(), 2);
    for pair in reports.chunks(2) {
        let second = CostReport {
            requests: pair[0].requests,
            ..pair[1].clone()
        };
        assert_eq!(pair[0], second);
    }
}

#[tokio::test]
async fn the_retry_of_a_report_that_was_not_published_sends_no_request() {
    let fleet = Fleet {
        topic: false,
        pages: 3,
        ..fleet()
    };
    let handler = Handler::new(config(&fleet), &fleet, Fixed);
    for _ in 0..3 {
        let result = handler.handle(event(&json!({})).as_bytes(), None).await;
        assert!(matches!(result, Err(Error::Publish(_))));
    }
    assert_eq!(fleet.requested.lock().unwrap().len(), 3, "its three pages");
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_read_again_from_its_first_page() {
    let fleet = Fleet {
        pages: 3,
        fails_at: Some(2),
        ..stateless()
    };
    let handler = Handler::new(config(&fleet), &fleet, Fixed);
    let first = requests(&handler, &json!({})).await;
    let second = requests(&handler, &json!({})).await;
    assert_eq!((first, second), (7, 6), "AWS's anomalies alone were read");
    let requested = fleet.requested.into_inner().unwrap();
    let pages: Vec<_> = requested.iter().map(|(_, page)| page.as_deref()).collect();
    assert_eq!(pages, [None, Some("2"), None, Some("2")]);
}

#[tokio::test]
async fn a_day_that_is_posted_again_is_read_again() {
    let fleet = fleet();
    let handler = Handler::new(config(&fleet), &fleet, Fixed);
    assert_eq!(requests(&handler, &json!({})).await, 6);
    let again = json!({"date": "2026-11-19", "again": true});
    assert_eq!(requests(&handler, &again).await, 6);
}
