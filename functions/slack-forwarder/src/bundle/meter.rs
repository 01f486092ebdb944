//! Counting a sink's messages in windows.

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use sha2::{Digest, Sha256};

use super::{Bundle, Reason};

/// A storm is seen minute by minute.
const MINUTE: Duration = Duration::from_mins(1);

/// Counts messages of one kind to one sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    name: String,
    sink: Sink,
    reason: Reason,
    window: Duration,
}

/// A window of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The meter.
    pub meter: String,
    /// When the window began.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
}

impl Meter {
    /// All that goes to a sink, of which so many messages a minute come one by one. `None` for what is never held back.
    pub fn storm(sink: &Sink, limit: u32) -> Option<Self> {
        if matches!(sink, Sink::PagerDuty(_)) {
            return None;
        }
        Some(Self {
            name: format!("storm/{sink}"),
            sink: sink.clone(),
            reason: Reason::Storm(limit.into()),
            window: MINUTE,
        })
    }

    /// What of a route has these values and goes to a sink. `None` for what is never held back.
    pub fn group(sink: &Sink, route: &str, values: &[String], window: Duration) -> Option<Self> {
        if matches!(sink, Sink::PagerDuty(_)) {
            return None;
        }
        // A digest, since values may hold anything and a key has a limit.
        let mut digest = Sha256::new();
        for part in std::iter::once(route).chain(values.iter().map(String::as_str)) {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        let group: String = digest
            .finalize()
            .iter()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        Some(Self {
            name: format!("group/{group}/{sink}"),
            sink: sink.clone(),
            reason: Reason::Group(route.to_owned(), values.to_vec()),
            window,
        })
    }

    /// Whether it counts a group.
    pub fn is_group(&self) -> bool {
        matches!(self.reason, Reason::Group(..))
    }

    /// The window that a moment is in.
    pub fn slot(&self, now: Timestamp) -> Slot {
        let length = i64::try_from(self.window.as_secs())
            .unwrap_or(i64::MAX)
            .max(1);
        let start = now.as_second().div_euclid(length).saturating_mul(length);
        let from = Timestamp::from_second(start).unwrap_or(Timestamp::MIN);
        Slot {
            meter: self.name.clone(),
            from,
            until: from.checked_add(self.window).unwrap_or(Timestamp::MAX),
        }
    }

    /// Whether a message is held back that is the `count`th of its window, with so many in the window before.
    pub fn holds(&self, count: u64, before: u64) -> bool {
        match self.reason {
            Reason::Storm(limit) => count > limit || before > limit,
            Reason::Group(..) => count > 1,
        }
    }

    /// Whether what it does with this many depends on the window before.
    pub fn looks_back(&self, count: u64) -> bool {
        matches!(self.reason, Reason::Storm(_)) && !self.holds(count, 0)
    }

    /// What is held back in a window.
    pub fn bundle(&self, slot: &Slot) -> Bundle {
        Bundle {
            meter: self.name.clone(),
            sink: self.sink.clone(),
            reason: self.reason.clone(),
            from: slot.from,
            until: slot.until,
        }
    }
}

impl Slot {
    /// The window before it.
    #[must_use]
    pub fn before(&self) -> Self {
        let length = self.until.duration_since(self.from);
        Self {
            meter: self.meter.clone(),
            from: self.from.checked_sub(length).unwrap_or(Timestamp::MIN),
            until: self.from,
        }
    }

    /// What its copies share.
    pub fn id(&self) -> String {
        format!("{} {}", self.meter, self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_goes_on_until_a_minute_has_no_more_than_allowed() {
        let sink = Sink::Webhook("a".to_owned());
        let meter = Meter::storm(&sink, 3).unwrap();
        for (count, before, held) in [(1, 0, false), (3, 3, false), (4, 0, true), (1, 4, true)] {
            assert_eq!(meter.holds(count, before), held, "{count} after {before}");
            assert_eq!(meter.looks_back(count), count <= 3);
        }
        let now: Timestamp = "2026-11-20T06:11:59.999Z".parse().unwrap();
        let slot = meter.slot(now);
        assert_eq!(slot.from.to_string(), "2026-11-20T06:11:00Z");
        assert_eq!(slot.until.to_string(), "2026-11-20T06:12:00Z");
        assert_eq!(
            slot.before(),
            meter.slot(slot.from - Duration::from_nanos(1))
        );
        assert_eq!(slot.id(), meter.bundle(&slot).id());
    }

    #[test]
    fn a_group_lets_one_message_through_a_window_and_groups_differ_in_their_values() {
        let sink = Sink::Webhook("a".to_owned());
        let group = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            Meter::group(&sink, "r", &values, Duration::from_mins(5)).unwrap()
        };
        let meter = group(&["a", "bc"]);
        assert!(!meter.holds(1, 9) && meter.holds(2, 0) && !meter.looks_back(1));
        assert_ne!(meter.name, group(&["ab", "c"]).name);
        assert_eq!(meter, group(&["a", "bc"]));
    }

    #[test]
    fn a_page_is_never_held_back() {
        let sink = Sink::PagerDuty("on-call".to_owned());
        assert_eq!(Meter::storm(&sink, 1), None);
        assert_eq!(Meter::group(&sink, "r", &[], MINUTE), None);
    }
}
