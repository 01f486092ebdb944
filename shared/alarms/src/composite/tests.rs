use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use picket_shared::alarm::State;
use serde_json::{Value, json};

use super::*;

fn states(pairs: &[(&str, State)]) -> BTreeMap<String, State> {
    pairs
        .iter()
        .map(|(name, state)| ((*name).to_owned(), *state))
        .collect()
}

fn suppressed(wait: u32, extension: u32) -> Value {
    json!({
        "AlarmName": "few-sessions", "AlarmRule": "ALARM(a)", "AlarmActions": ["arn:x"],
        "ActionsSuppressor": "blind", "ActionsSuppressorWaitPeriod": wait,
        "ActionsSuppressorExtensionPeriod": extension,
    })
}

/// Minute by minute: the child's and the suppressor's states (A: ALARM), and what is expected: `!` actions are taken, `w`
/// and `e` a wait, `s` suppressed by the alarm, `-` nothing.
fn assert_minutes(composite: &Value, child: &str, suppressor: &str, expected: &str) {
    let mut alarm = CompositeAlarm::new(Composite::from_properties(composite).unwrap());
    let state = |mark: char| if mark == 'A' { State::Alarm } else { State::Ok };
    let mut now = Timestamp::UNIX_EPOCH;
    // Its birth is a change of state too, long before these rows.
    alarm.step(&states(&[("a", State::Ok)]), now);
    now += SignedDuration::from_hours(1);
    alarm.step(&states(&[("a", State::Ok)]), now);
    let mut got = String::new();
    for (child, suppressor) in child.chars().zip(suppressor.chars()) {
        now += SignedDuration::from_mins(1);
        let outcome = alarm.step(
            &states(&[("a", state(child)), ("blind", state(suppressor))]),
            now,
        );
        got.push(match (outcome.acts, outcome.suppressed_by) {
            (true, _) => '!',
            (false, Some(SuppressedBy::WaitPeriod)) => 'w',
            (false, Some(SuppressedBy::ExtensionPeriod)) => 'e',
            (false, Some(SuppressedBy::Alarm)) => 's',
            (false, None) => '-',
        });
    }
    assert_eq!(got, expected, "child {child}, suppressor {suppressor}");
}

/// "Suppressing composite alarm actions", case by case: with two minutes of each.
#[test]
fn a_suppressor_and_its_waits() {
    let composite = suppressed(120, 120);
    let rows = [
        // The change waits, and is acted on.
        ("OAAAA", "OOOOO", "-ww!-"),
        // The suppressor goes into ALARM while the change waits: suppressed.
        ("OAAAA", "OOAAA", "-wsss"),
        // Another change while one waits: a new wait, and the state held at its end.
        ("OAOOOO", "OOOOOO", "-www!-"),
        // The suppressor leaves ALARM: the extension, then the state held.
        ("OAAAAA", "AAAOOO", "sssee!"),
        // Nothing changed meanwhile: nothing to act on.
        ("OOOOOO", "AAOOOO", "ssee--"),
        // A change within the extension: it is dropped, and the change waits.
        ("OAAOOOO", "AAOOOOO", "sseww!-"),
        // The suppressor goes into ALARM again within the extension.
        ("OAAAAAA", "AAOAOOO", "ssesee!"),
    ];
    for (child, suppressor, expected) in rows {
        assert_minutes(&composite, child, suppressor, expected);
    }
    assert_minutes(&suppressed(0, 0), "OAAO", "OOOO", "-!-!");
    assert_minutes(&suppressed(0, 0), "OAAA", "OAOO", "-s!-");
}

#[test]
fn without_a_suppressor_actions_follow_changes_only() {
    let composite = json!({"AlarmName": "n", "AlarmRule": "ALARM(a)", "AlarmActions": ["arn:x"]});
    assert_minutes(&composite, "OAAOO", "OOOOO", "-!-!-");
}

#[test]
fn properties_that_are_not_understood_are_refused_by_name() {
    let mut composite = suppressed(1, 1);
    composite["ActionsMuter"] = json!("x");
    let error = Composite::from_properties(&composite)
        .unwrap_err()
        .to_string();
    assert!(error.contains("ActionsMuter"), "{error}");
    let lacking = json!({"AlarmName": "n", "AlarmRule": "TRUE", "ActionsSuppressor": "s"});
    assert!(matches!(
        Composite::from_properties(&lacking),
        Err(InvalidComposite::Periods)
    ));
    let off = json!({"AlarmName": "n", "AlarmRule": "TRUE", "AlarmActions": ["arn:x"], "ActionsEnabled": false});
    assert!(
        Composite::from_properties(&off)
            .unwrap()
            .actions(State::Alarm)
            .is_empty()
    );
}

#[test]
fn a_circle_of_composite_alarms_is_found() {
    let rules = |list: &[(&str, &str)]| {
        list.iter()
            .map(|(name, rule)| ((*name).to_owned(), rule.parse().unwrap()))
            .collect()
    };
    let tree = rules(&[
        ("a", "ALARM(b) OR ALARM(c)"),
        ("b", "ALARM(c)"),
        ("c", "ALARM(metric)"),
    ]);
    assert_eq!(cycle(&tree), None);
    let circle = rules(&[
        ("a", "ALARM(b)"),
        ("b", "NOT OK(c) AND ALARM(metric)"),
        ("c", "AT_LEAST(1, OK, (b, x))"),
    ]);
    assert_eq!(cycle(&circle), Some(vec!["b".to_owned(), "c".to_owned()]));
    assert_eq!(
        cycle(&rules(&[("a", "ALARM(a)")])),
        Some(vec!["a".to_owned()])
    );
}
