use jiff::Timestamp;
use picket_rules::routes::Sink;
use proptest::prelude::*;

use super::*;
use crate::{
    deferred::bundle::Reason,
    draft::limits::{PAYLOAD, fit},
};

fn bundle(reason: Reason) -> Bundle {
    Bundle {
        meter: "storm/webhook a".to_owned(),
        sink: Sink::Webhook("a".to_owned()),
        reason,
        from: "2026-11-20T06:11:00Z".parse().unwrap(),
        until: "2026-11-20T06:12:00Z".parse().unwrap(),
        flapping: false,
    }
}

fn held(alert: &str, second: i64, state: State) -> HeldMessage {
    HeldMessage {
        alert: alert.to_owned(),
        at: Timestamp::from_second(1_795_155_060 + second).unwrap(),
        state: Some(state),
        severity: Severity::Warning,
        headline: format!("{state:?} · {alert}"),
        link: Some(format!("https://example.com/{alert}")),
        mentions: vec!["here".to_owned()],
    }
}

fn listed(held: &[HeldMessage]) -> Current {
    Current {
        held: held.to_vec(),
        ..Current::default()
    }
}

#[test]
fn alarms_that_are_over_are_counted_and_named_as_far_as_there_is_room() {
    let storm = bundle(Reason::Storm(20));
    let name =
        |place: usize| format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a-{place:05}");
    let over = |count| {
        let all = (0..count).map(|place| held(&name(place), 1, State::Alarm));
        all.collect::<Vec<HeldMessage>>()
    };
    let (alone, severity) = draft(
        &[&storm],
        &Current {
            over: over(2),
            ..Current::default()
        },
    )
    .unwrap();
    assert_eq!(severity, Severity::Warning);
    assert_eq!(alone.headline, "🌊 Storm · 2 messages about 2 alerts");
    assert_eq!(alone.detail[0].words(), "OK again a-00000, a-00001");
    assert!(alone.words().contains("Were in alarm, OK again: 2"));
    assert!(
        alone.mentions.is_empty(),
        "nobody is called for what is over"
    );
    for (in_alarm, ended) in [(1, 2), (40, 2), (200, 5_000)] {
        let found = Current {
            held: (0..in_alarm)
                .map(|place| held(&format!("b-{place:05}"), 1, State::Alarm))
                .collect(),
            over: over(ended),
            left: 0,
        };
        let payload = fit(draft(&[&storm], &found).unwrap().0).to_json();
        assert!(payload.chars().count() <= PAYLOAD);
        assert!(
            payload.contains(&format!("*Were in alarm, OK again*\\n{ended}\"")),
            "{payload}"
        );
        assert!(payload.contains("*OK again* a-00000, a-00001"), "{payload}");
        assert!(!payload.contains("*Not listed, see the log*"), "{payload}");
    }
}

#[test]
fn an_alert_is_a_line_with_its_last_state_and_its_link_and_those_in_alarm_come_first() {
    let all = [
        held("a", 1, State::Alarm),
        held("b", 3, State::Alarm),
        held("a", 9, State::Ok),
        held("b", 2, State::Ok),
    ];
    let (draft, severity) = draft(&[&bundle(Reason::Storm(20))], &listed(&all)).unwrap();
    assert_eq!(severity, Severity::Warning);
    assert_eq!(draft.headline, "🌊 Storm · 4 messages about 2 alerts");
    assert_eq!(draft.mentions, [Mention::Here]);
    let words = draft.detail[0].words();
    assert_eq!(
        words,
        "06:11:03 Alarm · b Open · example.com: https://example.com/b\n06:11:09 Ok · a Open · example.com: https://example.com/a\n"
    );
    assert!(draft.words().contains("In alarm: 1\nOK: 1"));
    assert!(
        super::draft(
            &[&bundle(Reason::Storm(20))],
            &Current {
                left: 3,
                ..Current::default()
            }
        )
        .is_none()
    );
}

#[test]
fn a_group_is_named_by_what_its_messages_share() {
    let group = Reason::Group(
        "lambda".to_owned(),
        vec!["eu-west-1".to_owned(), String::new()],
    );
    let (draft, _) = draft(&[&bundle(group)], &listed(&[held("a", 1, State::Alarm)])).unwrap();
    assert_eq!(
        draft.headline,
        "🗂️ eu-west-1 · 1 message more about 1 alert"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn every_alert_is_listed_whole_or_counted(names in prop::collection::btree_set("[a-z<&\"\\\\\n`é🔴]{0,60}", 1..400)) {
        let all: Vec<HeldMessage> = names.iter().enumerate().map(|(place, name)| {
            // Names that end alike nowhere else.
            let mut held = held(name, 1, State::Alarm);
            held.headline = format!("{name}#{place}#");
            held
        }).collect();
        let (draft, _) = draft(&[&bundle(Reason::Storm(20))], &listed(&all)).unwrap();
        let payload = fit(draft).to_json();
        prop_assert!(payload.chars().count() <= PAYLOAD);
        let listed = (0..all.len()).filter(|place| payload.contains(&format!("#{place}#"))).count();
        prop_assert!(listed > 0);
        let more = all.len() - listed;
        let said = format!("*Not listed, see the log*\\n{more}\"");
        prop_assert_eq!(payload.contains(&said), more > 0, "{} {}", more, payload);
    }
}

#[test]
fn a_storm_of_thousands_names_more_than_a_hundred_the_worst_first_and_says_how_many_it_leaves_out()
{
    let mut all: Vec<HeldMessage> = (0..10_000)
        .map(|place| {
            let name = format!("prod-checkout-api-{place:05}-http-5xx-rate");
            let console = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm";
            HeldMessage {
                alert: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
                headline: format!("🔴 ALARM · warning · {name}"),
                link: Some(format!("{console}/{name}")),
                ..held("", 1, State::Alarm)
            }
        })
        .collect();
    all[9_999].severity = Severity::Critical;
    all[9_998].state = Some(State::Ok);
    let (draft, _) = draft(&[&bundle(Reason::Storm(20))], &listed(&all)).unwrap();
    let payload = fit(draft).to_json();
    assert!(payload.chars().count() <= PAYLOAD);
    let first = payload.find("-09999-").unwrap();
    assert!(
        first < payload.find("-00000-").unwrap(),
        "the worst is first"
    );
    assert!(!payload.contains("-09998-"), "an OK is not before alarms");
    let place_of = |place: usize| payload.contains(&format!("-{place:05}-"));
    let named = (0..10_000).filter(|place| place_of(*place)).count();
    assert!(named > 150, "{named} named");
    let more = 10_000 - named;
    assert!(payload.contains(&format!("*Not listed, see the log*\\n{more}\"")));
    assert!(
        payload.contains("*ALARM · warning* prod-checkout"),
        "{payload}"
    );
}
