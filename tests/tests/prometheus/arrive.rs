//! From the pipeline's metrics to a message in Slack: remote write, a real Prometheus with the rules, a real
//! Alertmanager, its own request to SNS, the forwarder.

use std::time::Duration;

use picket_line::{
    journal::{Journal, LineEvent},
    server::Server,
    slack::Slack,
    topics::Topics,
};
use picket_shared::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::{
    servers::{RUNBOOK_BASE, Servers},
    traffic::{MINUTE, Traffic, http},
    world::World,
};

/// Longer than any of it takes: rules are evaluated each second, and groups sent each second.
const PATIENCE: Duration = Duration::from_mins(2);
/// Requests a minute, and how many of them fail: a fifth, of which more than 20 come in five minutes.
const REQUESTS: (usize, usize) = (40, 8);
/// So many that what failed before is less than a twentieth of all within five minutes.
const MANY: usize = 3_000;

const ALERT: &str = "HighErrorRate";

/// A message in Slack, or an edit of one.
#[derive(Debug, Clone)]
struct Shown {
    ts: String,
    thread: Option<String>,
    edited: bool,
    text: String,
}

fn shown(event: &LineEvent) -> Option<Shown> {
    let LineEvent::Message {
        ts,
        thread,
        edited,
        payload,
        answer,
        ..
    } = event
    else {
        return None;
    };
    assert_eq!(answer, "ok", "Slack refuses {payload}");
    Some(Shown {
        ts: ts.clone(),
        thread: thread.clone(),
        edited: *edited,
        text: payload.to_string(),
    })
}

/// Gives the forwarder what is published, until Slack shows the alert with a word.
async fn until_shown(
    headline: &str,
    journal: &Journal,
    topics: &mut Topics,
    world: &World,
) -> Shown {
    loop {
        let event = tokio::select! {
            event = topics.next() => event.expect("nothing is published any more"),
            () = SystemClock.sleep(PATIENCE) => panic!("no message says {headline}: {:?}", all(journal)),
        };
        // To its end: a message that is being sent keeps others of its alert waiting.
        world.set_now(SystemClock.now());
        let done = world.handle(&event.to_string()).await;
        assert!(done.is_ok(), "{event}: {done:?}");
        let seen = all(journal).into_iter().rev();
        if let Some(seen) = seen.into_iter().find(|shown| shown.text.contains(headline)) {
            return seen;
        }
    }
}

/// What Slack showed of the alert, in order.
fn all(journal: &Journal) -> Vec<Shown> {
    let (entries, _) = journal.follow();
    let shown = entries.iter().filter_map(|entry| shown(&entry.event));
    shown.filter(|shown| shown.text.contains(ALERT)).collect()
}

async fn write(servers: &Servers, bodies: Vec<Vec<u8>>) {
    for body in bodies {
        servers.prometheus.queries().write(body).await.unwrap();
    }
}

#[tokio::test]
async fn an_alert_is_one_message_in_slack_until_it_is_resolved() {
    let journal = Journal::default();
    let slack = Server::start(0, Slack::new(journal.clone()).router())
        .await
        .unwrap();
    let mut topics = Topics::start().await.unwrap();
    let folder = "workloads/inquiry-pipeline/prometheus";
    let Some(servers) = Servers::start(folder, topics.address()).await else {
        return;
    };
    let world = World::new(slack.address(), "{ slack: C1 }", &[]);

    let mut traffic = Traffic::default();
    let now = SystemClock.now().as_millisecond();
    for minute in (0..10).rev() {
        let (requests, failed) = REQUESTS;
        let bodies = traffic.commit(http(requests, failed), now - minute * MINUTE);
        write(&servers, bodies).await;
    }
    let fired = until_shown("FIRING", &journal, &mut topics, &world).await;
    assert!(!fired.edited && fired.thread.is_none(), "{fired:?}");
    let of_all = 100 * REQUESTS.1 / REQUESTS.0;
    let sentence = format!("{of_all}% of the requests of inquiry-pipeline fail");
    assert!(fired.text.contains(&sentence), "{fired:?}");
    // The link has the external label of the Prometheus, which is no label of the alert.
    let runbook =
        format!("<{RUNBOOK_BASE}{folder}/runbook.md#higherrorrate|Runbook · git.example.com>");
    assert!(fired.text.contains(&runbook), "{fired:?}");
    assert!(!fired.text.contains("runbook_base"), "{fired:?}");

    let healthy = traffic.commit(http(MANY, 0), SystemClock.now().as_millisecond());
    write(&servers, healthy).await;
    until_shown("RESOLVED", &journal, &mut topics, &world).await;
    let all = all(&journal);
    let (first, later) = all.split_first().unwrap();
    assert_eq!(first.ts, fired.ts);
    let mut edits = later.iter().filter(|shown| shown.edited);
    assert!(edits.clone().count() > 0, "the message is edited: {all:?}");
    for shown in later {
        let is_its = if shown.edited {
            shown.ts == fired.ts
        } else {
            shown.thread.as_ref() == Some(&fired.ts)
        };
        assert!(is_its, "another message: {shown:?}");
    }
    let resolved = edits
        .next_back()
        .map(|shown| shown.text.clone())
        .unwrap_or_default();
    assert!(resolved.contains("RESOLVED"), "{resolved}");
    serde_json::from_str::<Value>(&resolved).unwrap();
}
