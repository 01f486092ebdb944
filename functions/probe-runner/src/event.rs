//! The event: a tick for the probes.

use jiff::Timestamp;
use serde::Deserialize;

use picket_shared::header::{Header, VERSION};

/// The placeholder that EventBridge Scheduler replaces with the scheduled time. An emulator may pass it on unchanged.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// A tick for the probes that are due, or for those that an operator names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The scheduled time; `None` where the event has none.
    pub at: Option<Timestamp>,
    /// The probes to run, as `workload/probe`, whether due or not; empty for those that are due.
    pub probes: Vec<String>,
}

/// Why an event is not a tick for the probes.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTick {
    /// It is no JSON of a tick.
    #[error(
        r#"the event is not a tick for the probes: expected {{"picket":{{"kind":"probe","version":1}}}}"#
    )]
    Form(#[source] serde_json::Error),
    /// It is a message of another kind.
    #[error(r#"the event is a message of kind {0:?}, and the probe runner takes "probe" alone"#)]
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
    /// Its time is invalid.
    #[error("{text:?} is not a time such as 2026-11-20T06:00:00Z")]
    Time {
        /// The text in place of a time.
        text: String,
        /// The parser's error.
        #[source]
        source: jiff::Error,
    },
    /// A named probe does not exist in this stack, or is off.
    #[error("there is no probe {name:?} that is switched on here; there are: {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The probes that are on.
        known: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TickEvent {
    picket: Header,
    at: Option<String>,
    #[serde(default)]
    probes: Vec<String>,
}

/// Reads a tick, with the probes that an operator may name (`probes`).
pub fn read(bytes: &[u8]) -> Result<Tick, InvalidTick> {
    let event: TickEvent = serde_json::from_slice(bytes).map_err(InvalidTick::Form)?;
    if event.picket.kind != "probe" {
        return Err(InvalidTick::Kind(event.picket.kind));
    }
    if !event.picket.is_readable() {
        return Err(InvalidTick::Version {
            version: event.picket.version,
        });
    }
    let at = event.at.filter(|text| text != SCHEDULED_TIME);
    let at = at
        .map(|text| {
            text.parse()
                .map_err(|source| InvalidTick::Time { text, source })
        })
        .transpose()?;
    Ok(Tick {
        at,
        probes: event.probes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schedule_sends_is_a_tick_of_its_minute() {
        let tick = read(br#"{"picket":{"kind":"probe","version":1},"at":"2026-11-20T06:05:00Z"}"#)
            .unwrap();
        assert_eq!(tick.at, Some("2026-11-20T06:05:00Z".parse().unwrap()));
        assert_eq!(tick.probes, Vec::<String>::new());
        let raw = read(
            br#"{"picket":{"kind":"probe","version":2},"at":"<aws.scheduler.scheduled-time>","probes":["a/b"]}"#,
        )
        .unwrap();
        assert_eq!((raw.at, raw.probes), (None, vec!["a/b".to_owned()]));
    }

    #[test]
    fn what_is_not_a_tick_is_refused_with_a_sentence() {
        for (event, expected) in [
            ("", "is not a tick for the probes"),
            ("{}", "is not a tick for the probes"),
            ("null", "is not a tick for the probes"),
            (
                r#"{"picket":{"kind":"tick","version":1}}"#,
                "of kind \"tick\"",
            ),
            (
                r#"{"picket":{"kind":"probe","version":3}}"#,
                "has version 3",
            ),
            (
                r#"{"picket":{"kind":"probe","version":1},"at":"soon"}"#,
                "\"soon\" is not a time",
            ),
            (
                r#"{"picket":{"kind":"probe","version":1},"probe":["a/b"]}"#,
                "is not a tick",
            ),
        ] {
            let sentence = read(event.as_bytes()).unwrap_err().to_string();
            assert!(sentence.contains(expected), "{event}: {sentence}");
        }
    }
}
