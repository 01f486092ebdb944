//! The event: a tick.

use std::num::NonZeroU32;

use picket_aws::ledger::Sink;
use picket_shared::header::{Header, VERSION};
use serde::Deserialize;

/// A tick of the schedule, or of an operator with options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The sinks to run; all, unless the event names some. Prometheus is off where no endpoint is configured.
    pub sinks: Vec<Sink>,
    /// Overrides the configured time, in seconds, since the end of a minute after which it is published. -60 includes
    /// the running minute: an operator sends it before deleting a stack.
    pub settle_seconds: Option<i32>,
    /// The maximum number of slices a chain and sink; all, unless the event limits it.
    pub most_slices: Option<NonZeroU32>,
    /// Whether the process closes its circuit breakers first.
    pub reset_circuit_breakers: bool,
}

/// Why an event is not a tick.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTick {
    /// It is no JSON of a tick.
    #[error(r#"the event is not a tick: expected {{"picket":{{"kind":"tick","version":1}}}}"#)]
    Form(#[source] serde_json::Error),
    /// It is a message of another kind.
    #[error(r#"the event is a message of kind {0:?}, and this function takes "tick" alone"#)]
    Kind(String),
    /// It is of a newer version.
    #[error(
        "the tick has version {version}, and this build reads up to {newest}: finish the deployment",
        newest = VERSION + 1
    )]
    Version {
        /// The version.
        version: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TickEvent {
    picket: Header,
    #[serde(default = "all")]
    sinks: Vec<SinkName>,
    settle_seconds: Option<i32>,
    most_slices: Option<NonZeroU32>,
    #[serde(default)]
    reset_circuit_breakers: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SinkName {
    Ledger,
    CloudWatch,
    Prometheus,
}

fn all() -> Vec<SinkName> {
    vec![SinkName::Ledger, SinkName::CloudWatch, SinkName::Prometheus]
}

/// Reads a tick, with the options that an operator may add (`sinks`, `settle_seconds`, `most_slices`,
/// `reset_circuit_breakers`).
pub fn read(bytes: &[u8]) -> Result<Tick, InvalidTick> {
    let event: TickEvent = serde_json::from_slice(bytes).map_err(InvalidTick::Form)?;
    if event.picket.kind != "tick" {
        return Err(InvalidTick::Kind(event.picket.kind));
    }
    if !event.picket.is_readable() {
        return Err(InvalidTick::Version {
            version: event.picket.version,
        });
    }
    let sink = |name: SinkName| match name {
        SinkName::Ledger => Sink::Ledger,
        SinkName::CloudWatch => Sink::CloudWatch,
        SinkName::Prometheus => Sink::Prometheus,
    };
    Ok(Tick {
        sinks: event.sinks.into_iter().map(sink).collect(),
        settle_seconds: event.settle_seconds,
        most_slices: event.most_slices,
        reset_circuit_breakers: event.reset_circuit_breakers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schedule_sends_is_a_tick_for_all_sinks() {
        let tick = read(br#"{"picket":{"kind":"tick","version":1}}"#).unwrap();
        assert_eq!(
            tick.sinks,
            [Sink::Ledger, Sink::CloudWatch, Sink::Prometheus]
        );
        assert_eq!((tick.settle_seconds, tick.most_slices), (None, None));
    }

    #[test]
    fn an_operator_may_ask_for_the_running_minute() {
        let tick = read(br#"{"picket":{"kind":"tick","version":1},"settle_seconds":-60}"#).unwrap();
        assert_eq!(tick.settle_seconds, Some(-60));
    }

    #[test]
    fn an_operator_may_reset_the_circuit_breakers() {
        let tick = br#"{"picket":{"kind":"tick","version":1},"reset_circuit_breakers":true}"#;
        assert!(read(tick).unwrap().reset_circuit_breakers);
        let tick = br#"{"picket":{"kind":"tick","version":1}}"#;
        assert!(!read(tick).unwrap().reset_circuit_breakers);
    }

    #[test]
    fn what_is_not_a_tick_is_refused_with_a_sentence() {
        let cases = [
            ("", "is not a tick"),
            ("{}", "is not a tick"),
            ("null", "is not a tick"),
            (r#"{"Records":[]}"#, "is not a tick"),
            (
                r#"{"picket":{"kind":"report","version":1}}"#,
                "of kind \"report\"",
            ),
            (r#"{"picket":{"kind":"tick","version":3}}"#, "has version 3"),
            (
                r#"{"picket":{"kind":"tick","version":1},"most_slices":0}"#,
                "is not a tick",
            ),
            (
                r#"{"picket":{"kind":"tick","version":1},"sinks":["slack"]}"#,
                "is not a tick",
            ),
            (
                r#"{"picket":{"kind":"tick","version":1},"setle_seconds":0}"#,
                "is not a tick",
            ),
        ];
        for (event, expected) in cases {
            let sentence = read(event.as_bytes()).unwrap_err().to_string();
            assert!(sentence.contains(expected), "{event}: {sentence}");
        }
    }
}
