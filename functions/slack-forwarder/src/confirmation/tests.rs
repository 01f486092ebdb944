use picket_shared::alarm::{Contributor, read_any};
use serde_json::json;

use super::*;
use crate::testing;

const HOME: Home<'_> = Home {
    account: "111122223333",
    region: "eu-west-1",
};
const ARN: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";

fn ok() -> Alarm {
    let mut body = testing::alarm_body("orders", "aws", "eu-west-1");
    body["NewStateValue"] = json!("OK");
    read_any(&body).unwrap()
}

fn claim() -> OkClaim {
    OkClaim::of(&ok(), HOME).unwrap()
}

#[test]
fn an_ok_is_contradicted_by_another_state_that_is_not_newer() {
    let at = |time: &str| format!("2026-11-20T{time}Z").parse().unwrap();
    let in_alarm = Confirmation::Contradicted(State::Alarm);
    let without_data = Confirmation::Contradicted(State::InsufficientData);
    // The OK is of 06:03:12.345.
    for (state, changed_at, expected) in [
        (State::Alarm, Some("06:03:12.344"), in_alarm),
        (State::Alarm, Some("06:03:12.345"), in_alarm),
        (State::Alarm, Some("06:03:12.346"), Confirmation::Confirmed),
        (State::Alarm, None, in_alarm),
        (State::InsufficientData, Some("06:02:00"), without_data),
        (
            State::InsufficientData,
            Some("06:04:00"),
            Confirmation::Confirmed,
        ),
        (State::InsufficientData, None, without_data),
        // An answer may be older than the OK.
        (State::Ok, Some("06:02:00"), Confirmation::Confirmed),
        (State::Ok, Some("06:03:12.345"), Confirmation::Confirmed),
        (State::Ok, Some("06:04:00"), Confirmation::Confirmed),
        (State::Ok, None, Confirmation::Confirmed),
    ] {
        let stored = AlarmState {
            arn: ARN.to_owned(),
            state,
            changed_at: changed_at.map(at),
        };
        let judged = claim().judge(Some(&[stored]), at("06:03:13"));
        assert_eq!(judged, expected, "{state:?} since {changed_at:?}");
    }
}

#[test]
fn an_alarm_that_no_longer_exists_is_over_and_one_that_cannot_be_read_is_not() {
    let other = AlarmState {
        arn: format!("{ARN}-2"),
        state: State::Alarm,
        changed_at: None,
    };
    let over = Confirmation::Confirmed;
    assert_eq!(claim().judge(Some(&[]), claim().at), over);
    assert_eq!(claim().judge(Some(&[other]), claim().at), over);
    assert_eq!(claim().judge(None, claim().at), Confirmation::Unreachable);
}

#[test]
fn only_oks_of_alarms_of_the_own_account_and_region_are_claims() {
    assert_eq!(claim().arn, ARN);
    let change = |change: fn(&mut Alarm)| {
        let mut alarm = ok();
        change(&mut alarm);
        OkClaim::of(&alarm, HOME)
    };
    assert_eq!(change(|alarm| alarm.state = State::Alarm), None);
    assert_eq!(change(|alarm| alarm.state = State::InsufficientData), None);
    assert_eq!(change(|alarm| alarm.account = "444455556666".into()), None);
    assert_eq!(change(|alarm| alarm.region = "us-east-1".into()), None);
    assert_eq!(change(|alarm| alarm.arn.clear()), None);
}

#[test]
fn a_contributor_cannot_end_the_incident_of_an_alarm_whose_name_ends_like_it() {
    let mut alarm = ok();
    alarm.contributor = Some(Contributor {
        id: "eu".into(),
        attributes: Vec::new(),
    });
    let claim = OkClaim::of(&alarm, HOME).unwrap();
    assert_eq!(claim.name(), Some("orders#eu"));
    let named_so = AlarmState {
        arn: format!("{ARN}#eu"),
        state: State::Alarm,
        changed_at: None,
    };
    let judged = claim.judge(Some(&[named_so]), claim.at);
    assert_eq!(judged, Confirmation::Contradicted(State::Alarm));
}

#[test]
fn a_name_that_no_alarm_can_have_is_not_queried() {
    let named = |name: &str| OkClaim {
        arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
        at: Timestamp::UNIX_EPOCH,
    };
    for (name, is_possible) in [
        ("orders", true),
        ("a:b", true),
        ("漢", true),
        (&"x".repeat(255), true),
        (&"x".repeat(256), false),
        ("", false),
        ("a\nb", false),
    ] {
        let claim = named(name);
        assert_eq!(claim.name(), is_possible.then_some(name), "{name:?}");
    }
}

#[test]
fn an_ok_of_a_time_to_come_is_confirmed_only_by_cloudwatchs_own_time() {
    let at = |time: &str| -> Timestamp { format!("2026-11-20T{time}Z").parse().unwrap() };
    // The OK is of 06:03:12.345.
    for (changed_at, now, expected) in [
        (Some("06:02:00"), "06:02:30", Confirmation::Early),
        (Some("06:02:45"), "06:02:30", Confirmation::Early),
        (Some("06:03:12.345"), "06:02:30", Confirmation::Confirmed),
        (Some("06:02:00"), "06:03:12.345", Confirmation::Confirmed),
        (None, "06:02:30", Confirmation::Early),
        (None, "06:04:00", Confirmation::Confirmed),
    ] {
        let stored = AlarmState {
            arn: ARN.to_owned(),
            state: State::Ok,
            changed_at: changed_at.map(at),
        };
        let judged = claim().judge(Some(&[stored]), at(now));
        assert_eq!(judged, expected, "{changed_at:?} at {now}");
    }
}
