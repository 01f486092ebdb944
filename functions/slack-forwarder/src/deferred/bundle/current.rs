//! The alerts of a bundle that are still current when it is sent. Of an alarm that is OK by then, the ALARM is counted;
//! of an alarm whose state changed otherwise, the change is sent by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::alarm::State;

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

/// The messages of bundles when they are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Current {
    /// Those whose alarm is still in the state that they report, and those of no alarm.
    pub held: Vec<HeldMessage>,
    /// The ALARM of each alarm that has been OK since, where no later message of the alarm is in `held`.
    pub over: Vec<HeldMessage>,
    /// The number of other alarms whose state has changed since.
    pub left: usize,
}

/// Divides the messages of bundles by the alarms' rows. A message of an alarm without a row is current.
pub fn current(bundles: &[(Bundle, Vec<HeldMessage>)], rows: &[(RowKey, Row)]) -> Current {
    let of_alert: HashMap<&str, &Row> = rows
        .iter()
        .map(|(key, row)| (key.alert.as_str(), row))
        .collect();
    let mut held = Vec::new();
    let mut outdated = Vec::new();
    for (bundle, messages) in bundles {
        for message in messages {
            let row = of_alert.get(message.alert.as_str());
            let is_current = row.is_none_or(|row| {
                if bundle.flapping || matches!(bundle.sink, Sink::PagerDuty(_)) {
                    !row.history.was_ok_after(message.at)
                } else {
                    !has_left(message, row)
                }
            });
            if is_current {
                held.push(message.clone());
            } else if !bundle.flapping {
                // A short incident of an alarm that flaps is not sent.
                outdated.push(message);
            }
        }
    }
    let mut newest: HashMap<&str, Timestamp> = HashMap::new();
    for message in &held {
        let at = newest.entry(&message.alert).or_insert(message.at);
        *at = message.at.max(*at);
    }
    outdated.retain(|message| {
        newest
            .get(message.alert.as_str())
            .is_none_or(|at| *at < message.at)
    });
    let mut over: BTreeMap<&str, &HeldMessage> = BTreeMap::new();
    let mut left: BTreeSet<&str> = BTreeSet::new();
    for message in outdated {
        // An ALARM is outdated by an OK, and by nothing else.
        if message.state == Some(State::Alarm) {
            over.insert(&message.alert, message);
        } else {
            left.insert(&message.alert);
        }
    }
    left.retain(|alert| !over.contains_key(alert));
    let left = left.len();
    let over = over.into_values().cloned().collect();
    Current { held, over, left }
}

/// Whether the alarm is in another state since.
fn has_left(held: &HeldMessage, row: &Row) -> bool {
    row.history
        .newest()
        .is_some_and(|newest| newest.at > held.at && Some(newest.state) != held.state)
}

#[cfg(test)]
mod tests {
    use picket_shared::{
        Severity,
        alarm::State::{Alarm, InsufficientData, Ok},
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
            let Current { held, over, left } = current(&all, &rows("a", changes));
            let is_over = !expected && state == Alarm;
            assert_eq!(
                (held.len(), over.len(), left),
                (
                    usize::from(expected),
                    usize::from(is_over),
                    usize::from(!expected && !is_over)
                ),
                "{state:?} then {changes:?}"
            );
        }
    }

    #[test]
    fn an_alarm_that_is_over_is_counted_once_unless_a_later_message_of_it_is_listed() {
        let ended = &[(Alarm, 1), (Ok, 2), (Alarm, 3), (Ok, 4)];
        for (messages, held_, over, left) in [
            // Twice in ALARM, both over: one alarm.
            (&[(Alarm, 1), (Alarm, 3)][..], 0, &[3][..], 0),
            // The OK that ended it is a line.
            (&[(Alarm, 3), (Ok, 4)], 1, &[], 0),
            // The line is of an earlier OK, which does not say that there was an ALARM after it.
            (&[(Ok, 2), (Alarm, 3)], 1, &[3], 0),
            (&[(InsufficientData, 1), (Alarm, 3)], 0, &[3], 0),
            (&[(InsufficientData, 1)], 0, &[], 1),
        ] {
            let messages = messages
                .iter()
                .map(|(state, at)| held("a", Some(*state), *at));
            let found = current(&bundle(messages.collect()), &rows("a", ended));
            let seconds: Vec<i64> = found.over.iter().map(|over| over.at.as_second()).collect();
            assert_eq!(
                (found.held.len(), &*seconds, found.left),
                (held_, over, left)
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
            let Current { held, over, left } = current(&all, &rows("a", changes));
            assert_eq!(
                (held.len(), over.len(), left),
                (usize::from(expected), 0, 0),
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
        let found = current(&all, &rows("a", &[(Ok, 9)]));
        assert_eq!((found.held.len(), found.over, found.left), (2, vec![], 0));
    }
}
