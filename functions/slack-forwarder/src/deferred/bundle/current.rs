//! The alerts of a bundle that are still current when it is sent: an alarm whose state changed since is sent elsewhere, and not listed.

use std::collections::HashMap;

use picket_rules::routes::Sink;

use super::{Bundle, HeldMessage};
use crate::delivery_log::{Row, RowKey};

/// The rows that say whether alarms have left their states.
pub fn rows_to_read(bundles: &[(Bundle, Vec<HeldMessage>)], sink: &Sink) -> Vec<RowKey> {
    let held = bundles.iter().flat_map(|(_, held)| held);
    let alarms = held.filter(|held| held.state.is_some());
    let mut alerts: Vec<&str> = alarms.map(|held| held.alert.as_str()).collect();
    alerts.sort_unstable();
    alerts.dedup();
    let part = sink.to_string();
    alerts
        .into_iter()
        .map(|alert| RowKey {
            alert: alert.to_owned(),
            part: part.clone(),
        })
        .collect()
}

/// The messages of bundles that still hold, and the number of the others. An alarm without a row still holds.
pub fn current(
    bundles: &[(Bundle, Vec<HeldMessage>)],
    rows: &[(RowKey, Row)],
) -> (Vec<HeldMessage>, usize) {
    let of_alert: HashMap<&str, &Row> = rows
        .iter()
        .map(|(key, row)| (key.alert.as_str(), row))
        .collect();
    let mut current = Vec::new();
    let mut left = 0;
    for (bundle, held) in bundles {
        for held in held {
            let row = of_alert.get(held.alert.as_str());
            let holds = row.is_none_or(|row| {
                if bundle.flapping || matches!(bundle.sink, Sink::PagerDuty(_)) {
                    !row.history.was_ok_after(held.at)
                } else {
                    !has_left(held, row)
                }
            });
            if holds {
                current.push(held.clone());
            } else {
                // An OK of a flapping alarm is not counted.
                left += usize::from(!bundle.flapping);
            }
        }
    }
    (current, left)
}

/// Whether the alarm is in another state since.
fn has_left(held: &HeldMessage, row: &Row) -> bool {
    row.history
        .newest()
        .is_some_and(|newest| newest.at > held.at && Some(newest.state) != held.state)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use picket_shared::{
        Severity,
        alarm::State::{self, Alarm, InsufficientData, Ok},
    };

    use super::*;
    use crate::{
        deferred::bundle::Reason,
        incident::{Change, History},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn bundle(held: Vec<HeldMessage>) -> Vec<(Bundle, Vec<HeldMessage>)> {
        let bundle = Bundle {
            meter: "storm/webhook a".to_owned(),
            sink: Sink::Webhook("a".to_owned()),
            reason: Reason::Storm(20),
            from: at(0),
            until: at(60),
            flapping: false,
        };
        vec![(bundle, held)]
    }

    fn held(alert: &str, state: Option<State>, second: i64) -> HeldMessage {
        HeldMessage {
            alert: alert.to_owned(),
            at: at(second),
            state,
            severity: Severity::Critical,
            headline: "h".to_owned(),
            link: None,
            mentions: Vec::new(),
        }
    }

    fn rows(alert: &str, changes: &[(State, i64)]) -> Vec<(RowKey, Row)> {
        let history = changes.iter().fold(History::default(), |history, change| {
            history.with(Change::new(change.0, at(change.1)))
        });
        let key = RowKey {
            alert: alert.to_owned(),
            part: "webhook a".to_owned(),
        };
        let row = Row {
            history,
            ..Row::default()
        };
        vec![(key, row)]
    }

    #[test]
    fn an_alarm_that_is_in_another_state_since_is_not_listed() {
        for (state, second, changes, expected) in [
            (Alarm, 1, &[(Alarm, 1)][..], true),
            (Alarm, 1, &[(Alarm, 1), (Ok, 2)], false),
            (Alarm, 1, &[(Alarm, 1), (Ok, 2), (Alarm, 3)], true),
            (Alarm, 1, &[(Alarm, 1), (InsufficientData, 2)], true),
            (Alarm, 1, &[], true),
            (Ok, 2, &[(Alarm, 1), (Ok, 2)], true),
            (Ok, 2, &[(Alarm, 1), (Ok, 2), (Alarm, 3)], false),
            (InsufficientData, 2, &[(Ok, 1), (InsufficientData, 2)], true),
            (
                InsufficientData,
                2,
                &[(InsufficientData, 2), (Ok, 3)],
                false,
            ),
        ] {
            let all = bundle(vec![held("a", Some(state), second)]);
            let (kept, left) = current(&all, &rows("a", changes));
            assert_eq!(
                (kept.len(), left),
                (usize::from(expected), usize::from(!expected)),
                "{state:?} then {changes:?}"
            );
        }
    }

    #[test]
    fn an_alarm_that_flapped_is_listed_where_the_same_incident_is_still_open() {
        for (changes, expected) in [
            (&[(Alarm, 1)][..], true),
            (&[(Alarm, 1), (InsufficientData, 2), (Alarm, 3)], true),
            (&[(Alarm, 1), (Ok, 2)], false),
            (&[(Alarm, 1), (Ok, 2), (Alarm, 3)], false),
        ] {
            let mut all = bundle(vec![held("a", Some(Alarm), 1)]);
            all[0].0.flapping = true;
            let (kept, left) = current(&all, &rows("a", changes));
            assert_eq!(
                (kept.len(), left),
                (usize::from(expected), 0),
                "{changes:?}"
            );
        }
    }

    #[test]
    fn a_message_that_is_no_alarm_and_an_alarm_without_a_row_are_listed() {
        let all = bundle(vec![held("message/1", None, 1), held("b", Some(Alarm), 1)]);
        let sink = Sink::Webhook("a".to_owned());
        let keys = rows_to_read(&[all.clone(), all.clone()].concat(), &sink);
        assert_eq!(keys.len(), 1, "each alarm's row once, and no message's");
        assert_eq!(keys[0].to_string(), "b at webhook a");
        let (kept, left) = current(&all, &rows("a", &[(Ok, 9)]));
        assert_eq!((kept.len(), left), (2, 0));
    }
}
