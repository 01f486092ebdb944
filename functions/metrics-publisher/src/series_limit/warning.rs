//! Metrics at a ceiling of series: who is told, and that it was told, once a metric and day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::{Fault, state::Place};
use picket_shared::fleet::{Ceiling, ReachedCeiling};
use prost::Message;

use crate::{
    blob,
    series_limit::admission::{Admitted, Ceilings, Metric},
};

/// Where it is stored what was told.
pub fn place() -> Place {
    Place::new("series", "warned")
}

/// What was told, or is being told, of each metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Warned(BTreeMap<Metric, Warning>);

/// A metric's warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Warning {
    /// Days since 1970.
    day: i32,
    /// Until when somebody may be at it; `None` once it was told.
    claimed: Option<Timestamp>,
}

impl Warned {
    /// Which of these are to be told today: nobody did, and nobody who may be alive is at it.
    pub fn due<'a>(
        &self,
        metrics: impl IntoIterator<Item = &'a Metric>,
        today: i32,
        now: Timestamp,
    ) -> Vec<Metric> {
        let is_due = |metric: &&Metric| {
            self.0.get(*metric).is_none_or(|warning| {
                warning.day != today || warning.claimed.is_some_and(|until| until <= now)
            })
        };
        metrics.into_iter().filter(is_due).cloned().collect()
    }

    /// Whether a metric was told today.
    pub fn was_told(&self, metric: &Metric, today: i32) -> bool {
        let told = Warning {
            day: today,
            claimed: None,
        };
        self.0.get(metric) == Some(&told)
    }

    /// Somebody is at these until then. What was told on other days is forgotten.
    pub fn claim(&mut self, metrics: &[Metric], today: i32, until: Timestamp) {
        self.0.retain(|_, warning| warning.day == today);
        self.set(metrics, today, Some(until));
    }

    /// These were told.
    pub fn tell(&mut self, metrics: &[Metric], today: i32) {
        self.set(metrics, today, None);
    }

    fn set(&mut self, metrics: &[Metric], day: i32, claimed: Option<Timestamp>) {
        let warning = Warning { day, claimed };
        self.0
            .extend(metrics.iter().map(|metric| (metric.clone(), warning)));
    }

    /// As it is stored.
    pub fn encode(&self) -> Vec<u8> {
        let metric = |((namespace, name), warning): (&Metric, &Warning)| WireWarning {
            namespace: namespace.clone(),
            name: name.clone(),
            day: warning.day,
            claimed: warning.claimed.map(Timestamp::as_millisecond),
        };
        blob::encode(&Wire {
            metrics: self.0.iter().map(metric).collect(),
        })
    }

    /// As it was stored.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let wire: Wire = blob::decode("the list of metrics that were warned of", bytes)?;
        let metric = |wire: WireWarning| {
            let claimed = wire
                .claimed
                .map(|at| Timestamp::from_millisecond(at).unwrap_or(Timestamp::MIN));
            let warning = Warning {
                day: wire.day,
                claimed,
            };
            ((wire.namespace, wire.name), warning)
        };
        Ok(Self(wire.metrics.into_iter().map(metric).collect()))
    }
}

/// What there is to say of a metric at a ceiling.
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
struct Wire {
    #[prost(message, repeated, tag = "1")]
    metrics: Vec<WireWarning>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct WireWarning {
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
    fn a_metric_is_told_once_a_day_and_a_claim_holds_until_it_ends() {
        let metrics = [metric("A"), metric("B")];
        let mut warned = Warned::default();
        assert_eq!(warned.due(&metrics, 1, at(0)), metrics);
        warned.claim(&metrics[..1], 1, at(60));
        assert_eq!(warned.due(&metrics, 1, at(59)), metrics[1..]);
        assert_eq!(
            warned.due(&metrics, 1, at(60)),
            metrics,
            "who claimed it died"
        );
        assert!(!warned.was_told(&metrics[0], 1));
        warned.tell(&metrics[..1], 1);
        assert_eq!(warned.due(&metrics, 1, at(600)), metrics[1..]);
        assert!(warned.was_told(&metrics[0], 1) && !warned.was_told(&metrics[0], 2));
        assert_eq!(warned.due(&metrics, 2, at(600)), metrics, "another day");
        warned.claim(&metrics[1..], 2, at(700));
        assert!(
            !warned.was_told(&metrics[0], 1),
            "yesterday's are forgotten"
        );
    }

    #[test]
    fn what_was_told_comes_back_as_it_went() {
        let mut warned = Warned::default();
        warned.tell(&[metric("A")], 20_000);
        warned.set(&[metric("B")], 20_000, Some(at(7)));
        assert_eq!(Warned::decode(&warned.encode()).unwrap(), warned);
    }
}
