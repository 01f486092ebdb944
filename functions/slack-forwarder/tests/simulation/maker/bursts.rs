//! Many changes at once, of one alarm or of many.

use super::{Maker, REGIONS, STORM_OF};
use crate::history::{
    Alarm, Arrival, CHANNEL, Carrier, Change, EMAIL, HOUR, MINUTE, PAGER, SECOND, START, Severity,
    State, WEBHOOK,
};

/// EventBridge Scheduler invokes its target at least once.
const TICKS_TWICE: usize = 30;

impl Maker {
    /// Many alarms at once, of which some are well again soon.
    pub(super) fn burst(&mut self) {
        self.history.ticks_twice = TICKS_TWICE;
        let at = START + self.dice.between(0, 2 * MINUTE);
        let count = self.dice.between(6, 24);
        let width = self.dice.of(&[5, 50, 200]) * SECOND;
        for _ in 0..count {
            let from = at + self.dice.between(0, width);
            let mut changes = vec![Change {
                at: from,
                state: State::Alarm,
            }];
            if self.dice.percent(50) {
                let to = from + self.dice.between(2 * SECOND, 5 * MINUTE);
                changes.push(Change {
                    at: to,
                    state: State::Ok,
                });
            }
            self.alarm(changes, false);
        }
    }

    /// Short incidents one after the other, of which the last may last; or data that comes and goes.
    pub(super) fn flaps(&mut self) {
        self.history.ticks_twice = TICKS_TWICE;
        let mut at = START + self.dice.between(0, MINUTE);
        let loses_data = self.dice.percent(30);
        let bad = if loses_data {
            State::Unknown
        } else {
            State::Alarm
        };
        let mut changes = Vec::new();
        for number in 0..self.dice.between(5, 14) {
            let state = if number % 2 == 0 { bad } else { State::Ok };
            changes.push(Change { at, state });
            at += self.dice.between(20 * SECOND, 4 * MINUTE);
        }
        if self.dice.percent(50) {
            // A long outage, and then its end.
            at += self.dice.between(2 * HOUR, 3 * HOUR);
            let state = match changes.last().map(|change| change.state) {
                Some(State::Ok) => State::Alarm,
                _ => State::Ok,
            };
            changes.push(Change { at, state });
        }
        self.alarm(changes, false);
        if self.dice.percent(50) {
            self.history.end = at + 2 * HOUR;
        }
    }

    /// More alarms at once than anybody reads one by one, and later their ends.
    pub(super) fn storm(&mut self) {
        self.history.critical = vec![&WEBHOOK, &CHANNEL, &PAGER, &EMAIL];
        self.history.warning = self.history.critical.clone();
        self.history.ticks_twice = TICKS_TWICE;
        let is_first = self.history.seed < STORM_OF;
        let alarms = if is_first {
            10_000
        } else {
            self.dice.between(300, 1_200)
        };
        let width = if is_first {
            10 * SECOND
        } else {
            self.dice.between(3, 12) * SECOND
        };
        let from = START + self.dice.between(MINUTE, 3 * MINUTE);
        let over = from + self.dice.between(6 * MINUTE, 12 * MINUTE);
        // What a partition key of DynamoDB takes; small storms have less, so that they find it too.
        self.history.writes_a_second = Some(usize::try_from(alarms / 5).unwrap().min(1_000));
        // "CloudWatch service quotas" in the CloudWatch User Guide.
        self.history.queries_a_second = Some(9);
        // Lambda's for an account.
        self.history.concurrency = Some(1_000);
        let ends = self.dice.of(&[50, 100]);
        for _ in 0..alarms {
            let at = from + self.dice.between(0, width);
            let mut changes = vec![Change {
                at,
                state: State::Alarm,
            }];
            // Some are over before the storm's message is sent.
            if !is_first && self.dice.percent(15) {
                changes.push(Change {
                    at: at + self.dice.between(SECOND, 50 * SECOND),
                    state: State::Ok,
                });
            } else if self.dice.percent(ends) {
                changes.push(Change {
                    at: over + self.dice.between(0, width),
                    state: State::Ok,
                });
            }
            self.critical_alarm(changes);
        }
        self.history.wave = Some((from + width, over + width));
    }

    /// An alarm whose changes come by the critical topic, once each.
    fn critical_alarm(&mut self, changes: Vec<Change>) {
        let alarm = self.history.alarms.len();
        for (change, Change { at, .. }) in changes.iter().enumerate() {
            let at = at + self.delay(false);
            self.history.arrivals.push(Arrival {
                at,
                alarm,
                change,
                carrier: Carrier::Topic(Severity::Critical),
            });
        }
        let region = REGIONS[alarm % REGIONS.len()];
        self.history.alarms.push(Alarm { changes, region });
    }
}
