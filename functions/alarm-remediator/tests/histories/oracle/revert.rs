//! The rules about a revert.

use super::{Judge, SLACK, bounds::allowance, past::Past};
use crate::{
    kinds::Kind,
    world::{What, Written},
};

const HEALTHY: i64 = 1_800;

impl Judge<'_> {
    pub(super) fn reverted(&mut self, past: Past<'_>, written: &Written, kind: Kind) {
        let (at, resource, to) = (past.at, written.resource, written.to);
        if !kind.reverts() {
            self.say(at, resource, "reverted what is not taken back");
        }
        let known = &mut self.known[resource];
        let is_persons = known.instead.contains(&to);
        if is_persons {
            known.people = to;
            known.instead.clear();
        }
        if to != known.people {
            let what = "reverted to a value that is not the one before the changes";
            self.say(at, resource, what);
        }
        let reasons = std::mem::take(&mut self.known[resource].reasons);
        let is_healthy = |alarm: usize| longest_ok(past, alarm) >= HEALTHY - SLACK;
        let healthy = if reasons.is_empty() {
            // A person set the value that a change had set.
            let mut alarms = self.world.alarms.iter().enumerate();
            alarms.any(|(alarm, now)| now.resource == resource && is_healthy(alarm))
        } else {
            reasons.into_iter().all(is_healthy)
        };
        if !healthy {
            let what = "reverted while its alarms were not OK for the healthy time";
            self.say(at, resource, what);
        }
        // A value that a person set again is reverted again, and the reverts of one change are counted once.
        if !is_persons {
            self.quota_kept(at, resource, kind);
        }
        if allowance(kind).is_some() && !written.counted.contains(&true) {
            self.say(at, resource, "reverted without being counted");
        }
    }
}

/// For how long an alarm had been OK, at some time within the slack.
fn longest_ok(past: Past<'_>, alarm: usize) -> i64 {
    let mut ok_since = Some(i64::MIN);
    let mut longest = i64::MIN;
    for happened in past.log {
        let What::Alarm(other, in_alarm) = happened.what else {
            continue;
        };
        if other != alarm {
            continue;
        }
        if in_alarm {
            if let Some(since) = ok_since
                && happened.at >= past.at - SLACK
            {
                longest = longest.max(happened.at.saturating_sub(since));
            }
            ok_since = None;
        } else {
            ok_since = Some(happened.at);
        }
    }
    if let Some(since) = ok_since {
        longest = longest.max(past.at.saturating_sub(since));
    }
    longest
}
