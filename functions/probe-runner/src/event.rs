//! What arrives: a tick for the probes.

use jiff::Timestamp;
use serde::Deserialize;

use picket_shared::header::{Header, VERSION};

/// What EventBridge Scheduler replaces by the time that the schedule meant, whenever it gets to it. An emulator may hand it on
/// as it stands.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// One minute's probes, or those that an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// When it was due; `None` where the event does not say.
    pub at: Option<Timestamp>,
    /// `workload/probe` of those to ask whether they are due or not; none means those that are due.
    pub probes: Vec<String>,
}

/// Why an event is not a tick for the probes.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTick {
    /// Not of the tick's form.
    #[error(
        r#"the event is not a tick for the probes: expected {{"picket":{{"kind":"probe","version":1}}}}"#
    )]
    Form(#[source] serde_json::Error),
    /// Another kind of message.
    #[error(r#"the event is a message of kind {0:?}, and the probe runner takes "probe" alone"#)]
    Kind(String),
    /// From a newer template.
    #[error(
        "the tick has version {version}, and this build reads up to {newest}: finish the deployment",
        newest = VERSION + 1
    )]
    Version {
        /// Its version.
        version: u32,
    },
    /// A time that is none.
    #[error("{text:?} is not a time such as 2026-11-20T06:00:00Z")]
    Time {
        /// What stands there.
        text: String,
        /// Why not.
        #[source]
        source: jiff::Error,
    },
    /// A probe that this stack does not have, or has not switched on.
    #[error("there is no probe {name:?} that is switched on here; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    picket: Header,
    at: Option<String>,
    #[serde(default)]
    probes: Vec<String>,
}

/// Reads a tick: what the schedule sends, with what an operator may add (`probes`).
pub fn read(bytes: &[u8]) -> Result<Tick, InvalidTick> {
    let wire: Wire = serde_json::from_slice(bytes).map_err(InvalidTick::Form)?;
    if wire.picket.kind != "probe" {
        return Err(InvalidTick::Kind(wire.picket.kind));
    }
    if !wire.picket.is_readable() {
        return Err(InvalidTick::Version {
            version: wire.picket.version,
        });
    }
    let at = wire.at.filter(|text| text != SCHEDULED_TIME);
    let at = at
        .map(|text| {
            text.parse()
                .map_err(|source| InvalidTick::Time { text, source })
        })
        .transpose()?;
    Ok(Tick {
        at,
        probes: wire.probes,
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
