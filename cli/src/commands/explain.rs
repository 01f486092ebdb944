//! `picket explain`: the messages for a Lambda event, their sinks, and the matching playbooks.

mod blocks;

use std::{fmt, io, path::PathBuf};

use jiff::Timestamp;
use picket_rules::routes::AlertKind;
use serde::Serialize;
use slack_forwarder::Explained;

use crate::{
    exit::Exit,
    input::{self, Named},
    output::Output,
    style::{BAD, BOLD, FAINT, RESET},
};

/// One message of a file.
#[derive(Debug, Serialize)]
struct ExplainedMessage {
    file: String,
    #[serde(flatten)]
    explained: Explained,
    /// The built-in playbook for the alarm; `None` where there is none or it is no alarm.
    playbook: Option<&'static str>,
    /// Why there is no playbook for the alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_playbook: Option<String>,
    /// Where nobody who invokes the forwarder sends such a thing. It would be posted all the same, in the generic form.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Prints each message of each file.
pub(crate) fn run(files: &[PathBuf], now: Timestamp, output: &mut Output<'_>) -> io::Result<Exit> {
    let (read, exit) = input::read_all(files, output)?;
    for named in &read {
        for line in lines(named, now) {
            output.answer(&line)?;
        }
    }
    Ok(exit)
}

fn lines(named: &Named, now: Timestamp) -> Vec<ExplainedMessage> {
    let error = foreign(&named.bytes);
    slack_forwarder::explain(&named.bytes, now)
        .into_iter()
        .map(|explained| {
            let playbook = playbook(&explained);
            ExplainedMessage {
                file: named.path.clone(),
                no_playbook: playbook.as_ref().err().cloned(),
                playbook: playbook.ok().flatten(),
                explained,
                error: error.clone(),
            }
        })
        .collect()
}

/// The playbook for the alarm; the error says why there is none. A message of another kind has neither.
fn playbook(explained: &Explained) -> Result<Option<&'static str>, String> {
    match &explained.alarm {
        Some(alarm) => alarm_remediator::playbook_for(alarm)
            .map(Some)
            .map_err(|reason| reason.to_string()),
        None if explained.kind == AlertKind::AlarmConfiguration => {
            Err("the alarm's configuration changed, not its state".to_owned())
        }
        None => Ok(None),
    }
}

/// Why the bytes are no event of SNS, SQS, EventBridge or CloudWatch. An EventBridge event of any kind is one.
fn foreign(bytes: &[u8]) -> Option<String> {
    let error = slack_forwarder::read(bytes).err()?;
    let event: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    let from_event_bridge = event.is_some_and(|event| event["detail-type"].is_string());
    (!from_event_bridge).then(|| error.to_string())
}

impl fmt::Display for ExplainedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explained {
            kind,
            severity,
            incident,
            route,
            slack,
            ..
        } = &self.explained;
        let generic = if self.explained.dedicated {
            ""
        } else {
            ", generic form"
        };
        write!(
            f,
            "{BOLD}{}{RESET}: {}, {severity}{generic}",
            self.file,
            kind.as_str()
        )?;
        if let Some(error) = &self.error {
            write!(f, "\n  {BAD}not understood{RESET}: {error}")?;
        }
        if let Some(silence) = &self.explained.silence {
            let slack_forwarder::SilenceExplained {
                name,
                reason,
                until,
            } = silence;
            write!(
                f,
                "\n  {BAD}silenced{RESET} by {name} until {until}: {reason}"
            )?;
        }
        for step in route {
            let name = step.name.as_deref().unwrap_or("no route took it");
            write!(f, "\n  to {} as {} ({name})", step.sink, step.severity)?;
        }
        if let Some(incident) = incident {
            write!(f, "\n  incident {incident}")?;
        }
        if let Some(playbook) = self.playbook {
            write!(f, "\n  playbook {playbook}")?;
        }
        if let Some(reason) = &self.no_playbook {
            write!(f, "\n  no playbook: {reason}")?;
        }
        for line in blocks::lines(slack) {
            write!(f, "\n  {FAINT}|{RESET} {line}")?;
        }
        Ok(())
    }
}
