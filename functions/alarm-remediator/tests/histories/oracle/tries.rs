//! What the remediator notes, and what AWS refuses.

use super::{HOUR, Judge, past::Past};
use crate::world::{Happened, What};

/// How often AWS may refuse a change of a resource within an hour: a revert at its time, five minutes later and at the next
/// whole hour. Each schedule may fire twice, and one of its invocations may be tried again.
const TRIES: usize = 3 * 3;

impl Judge<'_> {
    /// A target counts for the storm gate where one of its alarms is in ALARM. A forged message moves nothing.
    pub(super) fn noted(&mut self, past: Past<'_>, resource: usize) {
        let mut alarms = (0..self.world.alarms.len())
            .filter(|alarm| self.world.alarms[*alarm].resource == resource);
        if !alarms.any(|alarm| !past.in_alarm(alarm).is_empty()) {
            self.say(
                past.at,
                resource,
                "counted for the storm gate without an alarm",
            );
        }
    }

    /// What AWS refuses is not tried without end.
    pub(super) fn refused(&mut self, log: &[Happened], resource: usize, at: i64) {
        let last_hour = log.iter().rev().take_while(|other| other.at > at - HOUR);
        let tries =
            last_hour.filter(|other| matches!(other.what, What::Refused(of) if of == resource));
        if tries.count() >= TRIES {
            self.say(at, resource, "tried again and again though AWS refuses it");
        }
    }
}
