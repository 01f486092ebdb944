//! What the remediator said, held to what happened: in histories without faults, where nothing is late.

use picket_shared::fleet::Outcome;

use super::{DAY, Judge, past::Past};
use crate::world::{Happened, What};

/// How long a call may take, with a lease that another invocation holds, and Lambda's tries.
const LATE: i64 = 400;
const HALF_HOUR: i64 = 1_800;
const VERIFY_WITHIN: i64 = 900;

impl Judge<'_> {
    pub(super) fn said(&mut self) {
        if !self.world.calm {
            return;
        }
        let log = &self.world.log;
        for (index, happened) in log.iter().enumerate() {
            let at = happened.at;
            let later = &log[index + 1..];
            match &happened.what {
                What::Said {
                    alarm,
                    outcome,
                    again,
                } => {
                    let past = Past {
                        log: &log[..index],
                        at,
                    };
                    self.is_true(past, *alarm, *outcome);
                    // It may be OK before its message is published.
                    if *again && past.is_in_alarm(*alarm) {
                        self.is_looked_at_again(later, at, *alarm);
                    }
                }
                What::Write(written) => {
                    let is_revert = !super::is_change(self.world.kind(written.resource), written);
                    if !is_revert {
                        self.is_followed_up(later, at, written.resource);
                    }
                }
                _ => {}
            }
        }
    }

    /// A change is said to have helped only where its alarm is OK, and not to have helped only where one is not.
    fn is_true(&mut self, past: Past<'_>, alarm: usize, outcome: Outcome) {
        let resource = self.world.alarms[alarm].resource;
        let state = |of: usize, wanted: bool| {
            move |what: &What| match what {
                What::Alarm(other, in_alarm) if *other == of => Some(*in_alarm == wanted),
                _ => None,
            }
        };
        if outcome == Outcome::Verified && !past.within(LATE, true, state(alarm, false)) {
            self.say(past.at, resource, "said to have helped while in ALARM");
        }
        let mut alarms = (0..self.world.alarms.len())
            .filter(|other| self.world.alarms[*other].resource == resource);
        if outcome == Outcome::Escalated
            && !alarms.any(|other| past.within(LATE, false, state(other, true)))
        {
            self.say(past.at, resource, "escalated while its alarms are OK");
        }
    }

    /// What is said to be looked at each half hour is looked at, until the alarm is OK, something else is said, or a day
    /// has passed.
    fn is_looked_at_again(&mut self, later: &[Happened], said_at: i64, alarm: usize) {
        let resource = self.world.alarms[alarm].resource;
        let mut last = said_at;
        for happened in later {
            let at = happened.at;
            if at > said_at + DAY - HALF_HOUR - LATE {
                return;
            }
            if at - last > HALF_HOUR + LATE {
                self.say(last, resource, "not looked at again within half an hour");
                return;
            }
            match &happened.what {
                What::Looked(other) if *other == alarm => last = at,
                What::Alarm(other, false) | What::Said { alarm: other, .. } if *other == alarm => {
                    return;
                }
                What::Write(written) if written.resource == resource => return,
                _ => {}
            }
        }
    }

    /// Within the time of the verification, it is said what became of a change, or another takes its place.
    fn is_followed_up(&mut self, later: &[Happened], made_at: i64, resource: usize) {
        let until = made_at + VERIFY_WITHIN + LATE;
        for happened in later.iter().take_while(|happened| happened.at <= until) {
            match &happened.what {
                What::Said { alarm, outcome, .. }
                    if self.world.alarms[*alarm].resource == resource
                        && matches!(
                            outcome,
                            Outcome::Verified
                                | Outcome::Escalated
                                | Outcome::Kept
                                | Outcome::Reverted
                        ) =>
                {
                    return;
                }
                What::Write(written) if written.resource == resource => return,
                _ => {}
            }
        }
        self.say(made_at, resource, "changed, and never verified");
    }
}
