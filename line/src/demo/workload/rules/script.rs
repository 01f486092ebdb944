//! `prometheus/demo.yaml` of a workload.

use std::f64::consts::TAU;

use jiff::Timestamp;
use picket_aws::stream::OutgoingRecord;
use picket_shared::clock::{Clock, SystemClock};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::exporters::Target;

/// Seconds from one high tide of the traffic to the next: an hour has several.
const TIDE: f64 = 600.0;
/// By what share the traffic rises and falls.
const RISE: f64 = 0.3;

/// What a workload plays on a Prometheus.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Script {
    /// What Prometheus scrapes: the application and the exporters, of which there are none.
    pub(super) targets: Vec<Target>,
    /// The events that make the alerts fire.
    pub(super) trouble: Vec<Events>,
    /// The alerts.
    pub(super) alerts: Vec<String>,
    /// The events that resolve them.
    pub(super) health: Vec<Events>,
    /// The events of ten seconds of the traffic that goes on.
    pub(super) traffic: Vec<Events>,
}

/// The same event again and again, with a time and an id of its own each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Events {
    pub(super) times: u32,
    pub(super) event: Map<String, Value>,
}

/// By what the traffic differs from its average at a time.
pub(super) fn tide(now: Timestamp) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are far below 2^52"
    )]
    let seconds = now.as_second() as f64;
    1.0 + RISE * (seconds * TAU / TIDE).sin()
}

/// The events, `tide` times as many as the script says.
pub(super) fn records(events: &[Events], name: &str, tide: f64) -> Vec<OutgoingRecord> {
    let now = SystemClock.now();
    let all = events
        .iter()
        .flat_map(|events| std::iter::repeat_n(&events.event, count(events.times, tide)));
    let record = |(number, event): (usize, &Map<String, Value>)| {
        let mut event = event.clone();
        let id = format!("demo-{name}-{}-{number}", now.as_millisecond());
        event.insert("timestamp".to_owned(), now.to_string().into());
        event.insert("event_id".to_owned(), id.clone().into());
        OutgoingRecord {
            key: id,
            data: Value::Object(event).to_string().into_bytes(),
        }
    };
    all.enumerate().map(record).collect()
}

fn count(times: u32, tide: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rounded number of events, which is small and not negative"
    )]
    let rounded = (f64::from(times) * tide).round() as usize;
    rounded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_event_has_an_id_of_its_own() {
        let event = Map::from_iter([("event".to_owned(), "e".into())]);
        let events = [Events { times: 3, event }];
        let keys = |tide| {
            let records = records(&events, "n", tide);
            records
                .into_iter()
                .map(|record| record.key)
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(keys(1.0).len(), 3);
        assert_eq!(keys(1.3).len(), 4);
        assert_eq!(keys(0.7).len(), 2);
    }

    #[test]
    fn the_traffic_rises_and_falls_about_its_average() {
        let at = |second| tide(Timestamp::from_second(second).unwrap());
        assert!((at(0) - 1.0).abs() < 1e-9);
        assert!((at(150) - 1.3).abs() < 1e-9 && (at(450) - 0.7).abs() < 1e-9);
    }
}
