//! `picket explain`: the messages for a Lambda event, their sinks, and the matching playbooks.

mod blocks;

use std::{fmt, io};

use jiff::Timestamp;
use picket_rules::{
    playbooks::Playbooks,
    routes::{AlertKind, Routes},
};
use serde::Serialize;
use slack_forwarder::Explained;

use crate::{
    arguments::ExplainArguments,
    configured::{Configured, Sources},
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
    /// The playbook for the alarm; `None` where there is none or it is no alarm.
    playbook: Option<String>,
    /// Why there is no playbook for the alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_playbook: Option<String>,
    /// Where nobody who invokes the forwarder sends such a thing. It would be posted all the same, in the generic form.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Prints each message of each file. Exit status 2 where one is nothing that the forwarder is sent.
pub(crate) fn run(
    arguments: &ExplainArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (routes, playbooks) = match configuration(arguments) {
        Ok(configuration) => configuration,
        Err(reason) => {
            output.complain(reason)?;
            return Ok(Exit::Unreadable);
        }
    };
    output.note(format_args!("routes: {}", routes.origin))?;
    output.note(format_args!("playbooks: {}", playbooks.origin))?;
    let (read, mut exit) = input::read_all(&arguments.files, output)?;
    for named in &read {
        for line in lines(named, &routes.value, &playbooks.value, now) {
            if line.error.is_some() {
                exit = exit.max(Exit::Unreadable);
            }
            output.answer(&line)?;
        }
    }
    Ok(exit)
}

/// The routes and playbooks to explain by, or why there are none.
fn configuration(
    arguments: &ExplainArguments,
) -> Result<(Configured<Routes>, Configured<Playbooks>), String> {
    let sources = Sources::here();
    let routes = sources.routes(arguments.routes.as_deref())?;
    let playbooks = sources.playbooks(arguments.playbooks.as_deref())?;
    Ok((routes, playbooks))
}

fn lines(
    named: &Named,
    routes: &Routes,
    playbooks: &Playbooks,
    now: Timestamp,
) -> Vec<ExplainedMessage> {
    let error = foreign(&named.bytes);
    slack_forwarder::explain_by(routes, &named.bytes, now)
        .into_iter()
        .map(|explained| {
            let playbook = playbook(playbooks, &explained);
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
fn playbook(playbooks: &Playbooks, explained: &Explained) -> Result<Option<String>, String> {
    match &explained.alarm {
        Some(alarm) => alarm_remediator::playbook_for(playbooks, alarm)
            .map(|name| Some(name.to_owned()))
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
        let to = if let Some(silence) = &self.explained.silence {
            let slack_forwarder::SilenceExplained {
                name,
                reason,
                until,
            } = silence;
            write!(
                f,
                "\n  {BAD}silenced{RESET} by {name} until {until}: {reason}"
            )?;
            "without the silence to"
        } else {
            "to"
        };
        for step in route {
            let name = step.name.as_deref().unwrap_or("no route took it");
            write!(f, "\n  {to} {} as {} ({name})", step.sink, step.severity)?;
        }
        if let Some(incident) = incident {
            write!(f, "\n  incident {incident}")?;
        }
        if let Some(playbook) = &self.playbook {
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
