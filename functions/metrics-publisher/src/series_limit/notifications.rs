//! The notifications of metrics that reached their limit of series: one a metric and day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::{Fault, blob, state::BlobKey};
use picket_shared::fleet::{Ceiling, ReachedCeiling};
use prost::Message;

use crate::series_limit::{
    Metric,
    admission::{Admitted, Ceilings},
};

/// The key under which the notifications are stored.
pub fn place() -> BlobKey {
    BlobKey::new("series", "warned")
}

/// The latest notification of each metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notifications(BTreeMap<Metric, Notification>);

/// A metric's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Notification {
    /// Days since 1970.
    day: i32,
    /// The end of the claim; `None` once the message was published.
    claimed: Option<Timestamp>,
}

impl Notifications {
    /// The metrics whose notification of today is neither published nor claimed.
    pub fn due<'a>(
        &self,
        metrics: impl IntoIterator<Item = &'a Metric>,
        today: i32,
        now: Timestamp,
    ) -> Vec<Metric> {
        let is_due = |metric: &&Metric| {
            self.0.get(*metric).is_none_or(|notification| {
                notification.day != today || notification.claimed.is_some_and(|until| until <= now)
            })
        };
        metrics.into_iter().filter(is_due).cloned().collect()
    }

    /// Whether the notification of a metric was published today.
    pub fn is_notified(&self, metric: &Metric, today: i32) -> bool {
        let notified = Notification {
            day: today,
            claimed: None,
        };
        self.0.get(metric) == Some(&notified)
    }

    /// Claims the notifications of metrics until a time, and removes those of other days.
    pub fn claim(&mut self, metrics: &[Metric], today: i32, until: Timestamp) {
        self.0.retain(|_, notification| notification.day == today);
        self.set(metrics, today, Some(until));
    }

    /// Records that the notifications were published.
    pub fn record(&mut self, metrics: &[Metric], today: i32) {
        self.set(metrics, today, None);
    }

    fn set(&mut self, metrics: &[Metric], day: i32, claimed: Option<Timestamp>) {
        let notification = Notification { day, claimed };
        self.0
            .extend(metrics.iter().map(|metric| (metric.clone(), notification)));
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let metric =
            |((namespace, name), notification): (&Metric, &Notification)| StoredNotification {
                namespace: namespace.clone(),
                name: name.clone(),
                day: notification.day,
                claimed: notification.claimed.map(Timestamp::as_millisecond),
            };
        blob::encode(&StoredNotifications {
            metrics: self.0.iter().map(metric).collect(),
        })
    }

    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let stored: StoredNotifications =
            blob::decode("the list of metrics that were warned of", bytes)?;
        let metric = |stored: StoredNotification| {
            let claimed = stored
                .claimed
                .map(|at| Timestamp::from_millisecond(at).unwrap_or(Timestamp::MIN));
            let notification = Notification {
                day: stored.day,
                claimed,
            };
            ((stored.namespace, stored.name), notification)
        };
        Ok(Self(stored.metrics.into_iter().map(metric).collect()))
    }
}

/// The message about a metric that reached its limit.
pub fn reached(metric: &Metric, admitted: &Admitted, ceilings: &Ceilings) -> ReachedCeiling {
    let (series, ceiling) = (admitted.of(metric), ceilings.of(metric));
    ReachedCeiling {
        namespace: metric.0.clone(),
        name: metric.1.clone(),
        series: series as u64,
        ceiling: ceiling as u64,
        reached: if series >= ceiling {
            Ceiling::Metric
        } else {
            Ceiling::Stack
        },
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredNotifications {
    #[prost(message, repeated, tag = "1")]
    metrics: Vec<StoredNotification>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredNotification {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(sint32, tag = "3")]
    day: i32,
    /// Milliseconds since 1970.
    #[prost(sint64, optional, tag = "4")]
    claimed: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(name: &str) -> Metric {
        ("Picket/Test".to_owned(), name.to_owned())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_metric_is_notified_once_a_day_and_a_claim_holds_until_it_ends() {
        let metrics = [metric("A"), metric("B")];
        let mut warned = Notifications::default();
        assert_eq!(warned.due(&metrics, 1, at(0)), metrics);
        warned.claim(&metrics[..1], 1, at(60));
        assert_eq!(warned.due(&metrics, 1, at(59)), metrics[1..]);
        assert_eq!(
            warned.due(&metrics, 1, at(60)),
            metrics,
            "who claimed it died"
        );
        assert!(!warned.is_notified(&metrics[0], 1));
        warned.record(&metrics[..1], 1);
        assert_eq!(warned.due(&metrics, 1, at(600)), metrics[1..]);
        assert!(warned.is_notified(&metrics[0], 1) && !warned.is_notified(&metrics[0], 2));
        assert_eq!(warned.due(&metrics, 2, at(600)), metrics, "another day");
        warned.claim(&metrics[1..], 2, at(700));
        assert!(
            !warned.is_notified(&metrics[0], 1),
            "yesterday's are forgotten"
        );
    }

    #[test]
    fn what_was_notified_is_read_as_it_was_written() {
        let mut warned = Notifications::default();
        warned.record(&[metric("A")], 20_000);
        warned.set(&[metric("B")], 20_000, Some(at(7)));
        assert_eq!(Notifications::decode(&warned.encode()).unwrap(), warned);
    }
}
