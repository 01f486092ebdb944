//! Counting a sink's messages in windows.

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use sha2::{Digest, Sha256};

use super::{Bundle, Reason};

/// A storm is seen minute by minute.
const MINUTE: Duration = Duration::from_mins(1);
/// How long a storm's messages are held before their bundle is closed: with [`GRACE`](super::GRACE), a minute until the
/// schedule comes, and a request's time, every one is sent within two minutes.
const HELD: Duration = Duration::from_secs(30);
/// Alarms that are paged one by one in a minute. PagerDuty takes 120 events a minute of an integration key
/// (<https://community.pagerduty.com/forum/t/monitoring-api-rate-limiting/3318>), of which half are for OKs and for
/// what others send.
const PAGES: u64 = 60;
/// Bundles that the messages of a window are spread over. Each is a partition key, which takes some 1,000 writes a
/// second (Amazon DynamoDB Developer Guide, "Best practices for designing and using partition keys effectively").
const SHARDS: u8 = 8;

/// Counts messages of one kind to one sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    name: String,
    sink: Sink,
    reason: Reason,
    window: Duration,
    flapping: bool,
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
    /// All that goes to a sink, of which so many messages a minute come one by one. PagerDuty has a limit of its own.
    pub fn storm(sink: &Sink, limit: u32) -> Self {
        let limit = match sink {
            Sink::PagerDuty(_) => PAGES,
            Sink::Webhook(_) | Sink::Slack(_) | Sink::Email(_) => limit.into(),
        };
        Self {
            name: format!("storm/{sink}"),
            sink: sink.clone(),
            reason: Reason::Storm(limit),
            window: MINUTE,
            flapping: false,
        }
    }

    /// The counter of a route's messages with these values at a sink. `None` if they are never held back.
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
        let group = hex::encode(digest.finalize());
        Some(Self {
            name: format!("group/{group}/{sink}"),
            sink: sink.clone(),
            reason: Reason::Group(route.to_owned(), values.to_vec()),
            window,
            flapping: false,
        })
    }

    /// Incidents of alarms that flap, at a sink.
    pub fn flapping(sink: &Sink) -> Self {
        Self {
            name: format!("flap/{sink}"),
            sink: sink.clone(),
            // As a group for a build that does not know `Bundle::flapping`.
            reason: Reason::Group("flapping".to_owned(), Vec::new()),
            window: MINUTE,
            flapping: true,
        }
    }

    /// Whether it counts a group.
    pub fn is_group(&self) -> bool {
        matches!(self.reason, Reason::Group(..))
    }

    /// The window that a moment is in.
    pub fn slot(&self, now: Timestamp) -> Slot {
        self.slot_of(self.window, now)
    }

    /// The window of the bundle that holds a message back at a moment: of a storm a shorter one than it is counted in.
    pub fn holding_slot(&self, now: Timestamp) -> Slot {
        match self.reason {
            Reason::Storm(_) => self.slot_of(HELD, now),
            Reason::Group(..) => self.slot(now),
        }
    }

    fn slot_of(&self, window: Duration, now: Timestamp) -> Slot {
        let length = i64::try_from(window.as_secs()).unwrap_or(i64::MAX).max(1);
        let start = now.as_second().div_euclid(length).saturating_mul(length);
        let from = Timestamp::from_second(start).unwrap_or(Timestamp::MIN);
        Slot {
            meter: self.name.clone(),
            from,
            until: from.checked_add(window).unwrap_or(Timestamp::MAX),
        }
    }

    /// Whether a storm's meter is above its limit with so many messages in a window. A group's counts nothing: what it
    /// holds back is what follows its lead.
    pub fn is_above(&self, count: u64) -> bool {
        matches!(self.reason, Reason::Storm(limit) if count > limit)
    }

    /// Where a message about this alert is held back in a window: in the first of these bundles that takes it.
    pub fn bundles(&self, slot: &Slot, alert: &str) -> [Bundle; 2] {
        let shard = Sha256::digest(alert)[0] % SHARDS;
        [shard, (shard + 1) % SHARDS].map(|shard| self.bundle(slot, shard))
    }

    fn bundle(&self, slot: &Slot, shard: u8) -> Bundle {
        let meter = match shard {
            0 => self.name.clone(),
            shard => format!("{}#{shard}", self.name),
        };
        Bundle {
            meter,
            sink: self.sink.clone(),
            reason: self.reason.clone(),
            from: slot.from,
            until: slot.until,
            flapping: self.flapping,
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

    /// The id that its copies share.
    pub fn id(&self) -> String {
        format!("{} {}", self.meter, self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_more_messages_than_allowed_in_a_minute() {
        let sink = Sink::Webhook("a".to_owned());
        let meter = Meter::storm(&sink, 3);
        for (count, is_above) in [(0, false), (3, false), (4, true)] {
            assert_eq!(meter.is_above(count), is_above, "{count}");
        }
        let now: Timestamp = "2026-11-20T06:11:59.999Z".parse().unwrap();
        let slot = meter.slot(now);
        assert_eq!(slot.from.to_string(), "2026-11-20T06:11:00Z");
        assert_eq!(slot.until.to_string(), "2026-11-20T06:12:00Z");
        assert_eq!(
            slot.before(),
            meter.slot(slot.from - Duration::from_nanos(1))
        );
        let held = meter.holding_slot(now);
        assert_eq!(held.from.to_string(), "2026-11-20T06:11:30Z");
        assert_eq!(held.until, slot.until);
        let to_the_schedule = HELD + super::super::GRACE + MINUTE;
        let two_minutes = Duration::from_mins(2);
        assert!(to_the_schedule + Duration::from_secs(12) <= two_minutes);
    }

    #[test]
    fn groups_differ_in_their_values() {
        let sink = Sink::Webhook("a".to_owned());
        let group = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            Meter::group(&sink, "r", &values, Duration::from_mins(5)).unwrap()
        };
        let meter = group(&["a", "bc"]);
        assert!(!meter.is_above(99));
        assert_ne!(meter.name, group(&["ab", "c"]).name);
        assert_eq!(meter, group(&["a", "bc"]));
    }

    #[test]
    fn an_alert_has_two_of_a_windows_bundles_and_alerts_are_spread_over_all() {
        let meter = Meter::storm(&Sink::Webhook("a".to_owned()), 3);
        let slot = meter.slot("2026-11-20T06:11:30Z".parse().unwrap());
        let mut ids = std::collections::BTreeSet::new();
        for alert in 0..200 {
            let bundles = meter.bundles(&slot, &alert.to_string());
            assert_eq!(bundles, meter.bundles(&slot, &alert.to_string()));
            assert_ne!(bundles[0].id(), bundles[1].id());
            ids.insert(bundles[0].id());
        }
        assert_eq!(ids.len(), usize::from(SHARDS));
        assert!(ids.contains(&slot.id()), "the first has no number");
    }

    #[test]
    fn pages_have_a_limit_of_their_own_and_no_groups() {
        let sink = Sink::PagerDuty("on-call".to_owned());
        let meter = Meter::storm(&sink, 1);
        assert!(!meter.is_above(60) && meter.is_above(61));
        assert_eq!(Meter::group(&sink, "r", &[], MINUTE), None);
    }
}
