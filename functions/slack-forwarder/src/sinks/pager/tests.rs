use serde_json::json;

use super::*;
use crate::draft::mrkdwn::{Link as DraftLink, Mrkdwn};
use crate::{decode::NoticeIncident, sinks::About};

fn draft() -> Draft {
    Draft {
        headline: "🔴 ALARM · critical · orders".to_owned(),
        reason: Mrkdwn::new().text("p99 5,230 ms > 5,000 ms"),
        fields: vec![("Region".to_owned(), Mrkdwn::new().code("eu-west-1"))],
        links: DraftLink::new("Alarm", "https://example.com/a?b=c:d")
            .into_iter()
            .collect(),
        ..Draft::default()
    }
}

fn routing_key() -> SecretString {
    SecretString::from("0123456789abcdef0123456789abcdef\n")
}

fn body(action: Action, draft: &Draft, plain: bool) -> Value {
    let event = Event::new(action, "arn:a", draft, Severity::Critical);
    serde_json::from_str(&event.body(&routing_key(), plain)).unwrap()
}

#[test]
fn trigger_and_resolve_meet_in_their_keys() {
    let (trigger, resolve) = (
        body(Action::Trigger, &draft(), false),
        body(Action::Resolve, &draft(), false),
    );
    assert_eq!(trigger["dedup_key"], resolve["dedup_key"]);
    assert_eq!(trigger["dedup_key"].as_str().unwrap().len(), 64);
    assert_eq!(
        trigger["payload"],
        json!({"summary": "🔴 ALARM · critical · orders", "source": "arn:a", "severity": "critical",
            "custom_details": {"Region": "eu-west-1", "Reason": "p99 5,230 ms > 5,000 ms"}})
    );
    assert_eq!(
        trigger["links"],
        json!([{"href": "https://example.com/a?b=c:d", "text": "Alarm"}])
    );
    assert_eq!(resolve["event_action"], "resolve");
    assert!(resolve.get("payload").is_none() && resolve.get("links").is_none());
    assert_eq!(resolve["routing_key"], "0123456789abcdef0123456789abcdef");
}

#[test]
fn long_alarms_that_differ_anywhere_have_keys_of_their_own() {
    let name = |middle: char| format!("arn:{}{middle}{}", "x".repeat(200), "y".repeat(200));
    assert_ne!(key(&name('a')), key(&name('b')));
}

#[test]
fn an_event_is_inside_the_limits_and_gives_up_its_details_first() {
    let mut draft = draft();
    draft.headline = "é".repeat(5_000);
    draft
        .fields
        .push(("Long".to_owned(), Mrkdwn::new().text("x".repeat(600_000))));
    let event = Event::new(Action::Trigger, &"a".repeat(9_000), &draft, Severity::Info);
    let body = event.body(&routing_key(), false);
    assert!(body.len() <= 512 * 1_024);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        body["payload"]["summary"].as_str().unwrap().chars().count(),
        1_024
    );
    assert!(body["payload"]["source"].as_str().unwrap().len() <= 255);
    assert!(body["payload"].get("custom_details").is_none());
    let plain = super::tests::body(Action::Trigger, &super::tests::draft(), true);
    assert!(plain["payload"].get("custom_details").is_none());
}

fn notification<'a>(step: Step, draft: &'a Draft, about: Option<About<'a>>) -> Notification<'a> {
    Notification {
        notice_incident: None,
        step,
        at: None,
        alert: "arn:alert",
        draft,
        severity: Severity::Critical,
        message: None,
        lead: None,
        about,
    }
}

#[test]
fn an_incident_that_is_over_is_opened_and_closed() {
    let moment = jiff::Timestamp::UNIX_EPOCH;
    let resolve = Step::Resolve {
        opened: moment,
        flapping: false,
    };
    for (step, expected) in [
        (Step::Open, &[Action::Trigger][..]),
        (resolve, &[Action::Resolve]),
        (
            Step::Late { closed: moment },
            &[Action::Trigger, Action::Resolve],
        ),
    ] {
        assert_eq!(
            actions(&notification(step, &draft(), None)),
            ("arn:alert", expected)
        );
    }
}

#[test]
fn a_repair_that_was_made_acknowledges_the_alarms_incident_and_one_that_did_not_help_is_in_its_log()
{
    for (effect, is_over, expected) in [
        (Effect::TakenOn, false, &[Action::Acknowledge][..]),
        (Effect::TakenOn, true, &[Action::Acknowledge]),
        (Effect::Escalated, false, &[Action::Trigger]),
        // A trigger would open a new incident, which no OK ends.
        (Effect::Escalated, true, &[]),
        (Effect::Noted, false, &[]),
    ] {
        let about = About {
            alert: "arn:about",
            effect,
            is_over,
        };
        assert_eq!(
            actions(&notification(Step::Notice, &draft(), Some(about))),
            ("arn:about", expected)
        );
    }
    let acknowledge = body(Action::Acknowledge, &draft(), false);
    assert_eq!(acknowledge["event_action"], "acknowledge");
    assert_eq!(
        acknowledge["dedup_key"],
        body(Action::Trigger, &draft(), false)["dedup_key"]
    );
    assert!(acknowledge.get("payload").is_none());
}

#[test]
fn a_key_is_checked_and_never_shown() {
    assert_eq!(check(&routing_key()), Ok(()));
    for wrong in [
        "",
        "short",
        "https://hooks.slack.com/services/T0/B0/secret",
        "0123456789abcdef0123456789abcde-",
    ] {
        assert!(
            !check(&SecretString::from(wrong))
                .unwrap_err()
                .to_string()
                .contains("secret")
        );
    }
}

#[test]
fn good_news_resolves_what_bad_news_of_the_same_thing_triggered() {
    let draft = draft();
    for (is_good, action) in [(false, Action::Trigger), (true, Action::Resolve)] {
        let notice_incident = NoticeIncident {
            incident: "notice/group".to_owned(),
            is_good,
        };
        let notification = Notification {
            notice_incident: Some(&notice_incident),
            ..notification(Step::Notice, &draft, None)
        };
        assert_eq!(actions(&notification), ("notice/group", &[action][..]));
    }
}
