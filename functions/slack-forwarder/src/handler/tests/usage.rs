//! The alarm on cost carries the day's usage, and arrives without it.

use picket_shared::usage::{DayUsage, NamedCost, UsageDigest};
use serde_json::json;

use super::world::{CRITICAL, World};
use crate::testing;

fn day(date: jiff::civil::Date, requests: u64, tokens: u64) -> DayUsage {
    DayUsage {
        date,
        requests,
        tokens_per_request: Some(tokens),
        cost_usd: Some("104.2".parse().unwrap()),
        unpriced_requests: 0,
        incidents: 7,
        agents: vec![NamedCost {
            name: "<!channel> triage".into(),
            requests,
            cost_usd: Some("98.5".parse().unwrap()),
        }],
        models: Vec::new(),
    }
}

fn digest() -> UsageDigest {
    let as_of = "2026-11-20T06:00:00Z".parse().unwrap();
    let yesterday = day(jiff::civil::date(2026, 11, 19), 900, 1_300);
    let earlier = UsageDigest::after(None, yesterday, as_of);
    let today = day(jiff::civil::date(2026, 11, 20), 1_000, 5_200);
    UsageDigest::after(Some(earlier), today, as_of)
}

/// Posts an ALARM on a metric; what was posted.
async fn posted(metric: &str, state: &str, can_read: bool) -> String {
    let world = World::at_six();
    world.0.lock().unwrap().usage = Some(digest());
    if !can_read {
        world.0.lock().unwrap().unreadable.push("usage");
    }
    let mut alarm = testing::alarm_body("bedrock-daily-cost", "aws", "eu-west-1");
    alarm["Trigger"]["MetricName"] = json!(metric);
    alarm["NewStateValue"] = json!(state);
    let event = testing::sns_event(CRITICAL, &[alarm.to_string()]);
    world.handle(event.to_string().as_bytes()).await.unwrap();
    assert_eq!(world.posted().len(), 1, "{metric} {state}");
    world.posted()[0].to_string()
}

#[tokio::test]
async fn the_alarm_on_the_days_cost_says_which_agent_and_what_changed() {
    for metric in ["CostToday", "EstimatedCost"] {
        let text = posted(metric, "ALARM", true).await;
        for part in [
            "2026-11-20 (UTC) so far",
            "104.20 USD",
            "triage",
            "98.50",
            "tokens a request: 5200, 1300 on 2026-11-19 (+300 %)",
            "incidents: 7 so far, 7 on 2026-11-19",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("<!channel>"), "a name mentions nobody");
    }
}

#[tokio::test]
async fn other_alarms_do_not_and_an_unreadable_ledger_loses_no_message() {
    for (metric, state, can_read) in [
        ("CostToday", "ALARM", false),
        ("CostToday", "INSUFFICIENT_DATA", true),
        ("Duration", "ALARM", true),
    ] {
        let text = posted(metric, state, can_read).await;
        assert!(text.contains("bedrock-daily-cost"), "{text}");
        assert!(!text.contains("so far"), "{text}");
    }
}
