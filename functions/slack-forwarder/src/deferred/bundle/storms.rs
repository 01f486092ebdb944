//! What a sandbox knows of storms and bundles, so that it writes no more than it must.
//!
//! A window that is above the limit stays above it, so that nothing is counted from there on: a counter takes the
//! limit's messages and one of each sandbox, however many messages there are. DynamoDB takes some 1,000 writes a second
//! to one partition key (Amazon DynamoDB Developer Guide, "Best practices for designing and using partition keys
//! effectively").

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{Bundle, Slot};

/// The newest window of each meter that is known to be above its limit, by its beginning.
#[derive(Debug, Default)]
pub struct Storms(Mutex<HashMap<String, Timestamp>>);

impl Storms {
    /// Whether this window is known to be above its limit.
    pub fn is_on(&self, slot: &Slot) -> bool {
        self.newest(slot) == Some(slot.from)
    }

    /// Whether the window or the one before it is known to be above its limit, which holds messages of this window
    /// back.
    pub fn holds(&self, slot: &Slot) -> bool {
        self.newest(slot)
            .is_some_and(|from| from >= slot.before().from)
    }

    /// Remembers that the window is above its limit.
    pub fn remember(&self, slot: &Slot) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = known.entry(slot.meter.clone()).or_insert(slot.from);
        *newest = slot.from.max(*newest);
    }

    fn newest(&self, slot: &Slot) -> Option<Timestamp> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&slot.meter).copied()
    }
}

/// The bundles that this sandbox has put on the list.
#[derive(Debug, Default)]
pub struct Opened(Mutex<HashSet<String>>);

/// Bundles that are remembered: more than a sandbox holds messages back for in a minute. Forgetting them costs a write
/// each.
const REMEMBERED: usize = 1_000;

impl Opened {
    /// Whether the bundle is on the list.
    pub fn contains(&self, bundle: &Bundle) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.contains(&bundle.id())
    }

    /// Remembers that it is.
    pub fn remember(&self, bundle: &Bundle) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(bundle.id());
    }
}

#[cfg(test)]
mod tests {
    use picket_rules::routes::Sink;

    use super::*;
    use crate::deferred::bundle::Meter;

    #[test]
    fn a_window_above_the_limit_is_known_and_holds_the_next_window_back_too() {
        let slot = |sink: &str, now: &str| {
            let meter = Meter::storm(&Sink::Webhook(sink.to_owned()), 20);
            meter.slot(now.parse().unwrap())
        };
        let storms = Storms::default();
        let first = slot("a", "2026-11-20T06:11:30Z");
        assert!(!storms.is_on(&first) && !storms.holds(&first));
        storms.remember(&first);
        for (other, is_on, holds) in [
            (slot("a", "2026-11-20T06:11:59Z"), true, true),
            (slot("a", "2026-11-20T06:12:00Z"), false, true),
            (slot("a", "2026-11-20T06:13:00Z"), false, false),
            (slot("b", "2026-11-20T06:11:30Z"), false, false),
        ] {
            assert_eq!(storms.is_on(&other), is_on, "{other:?}");
            assert_eq!(storms.holds(&other), holds, "{other:?}");
        }
    }
}
