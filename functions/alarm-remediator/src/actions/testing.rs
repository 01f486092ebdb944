//! What the tests of the actions share: a candidate, its scope, and decisions as sentences.

mod account;
mod facts;
pub(crate) mod service;
mod throughput;

use std::{collections::BTreeMap, fmt::Display};

use jiff::Timestamp;
use picket_rules::playbooks::{self, Playbooks};
use picket_shared::alarm::Alarm;

use crate::{
    change::{Change, Decision},
    model::{Candidate, Home, Scope},
    testing::{alarm, home},
};

pub(crate) use account::Account;

/// A playbook with this action, and an alarm of a function that it matches.
pub(crate) struct Case {
    pub(crate) playbooks: Playbooks,
    pub(crate) alarm: Alarm,
    pub(crate) home: Home,
}

impl Case {
    pub(crate) fn new(action: &str) -> Self {
        let text = format!(
            "playbooks:\n- name: p\n  mode: act\n  match: {{ namespace: AWS/Lambda, metric: Throttles }}\n  action: {action}\n  cooldown: 30m\n"
        );
        Self {
            playbooks: playbooks::parse("p.yaml", &text).unwrap(),
            alarm: alarm("checkout"),
            home: home(),
        }
    }

    pub(crate) fn candidate(&self, target: &str) -> Candidate<'_> {
        Candidate {
            playbook: &self.playbooks.all()[0],
            alarm: &self.alarm,
            target: target.to_owned(),
        }
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope {
            playbooks: &self.playbooks,
            home: &self.home,
        }
    }
}

/// The tags of a resource whose owner allows repairs.
pub(crate) fn tagged() -> BTreeMap<String, String> {
    BTreeMap::from([("picket:remediate".to_owned(), "true".to_owned())])
}

/// The tags of a resource of the remediator's own stack.
pub(crate) fn own() -> BTreeMap<String, String> {
    let mut tags = tagged();
    tags.insert("picket:stack".to_owned(), "picket-dev".to_owned());
    tags
}

pub(crate) fn minutes_before(now: Timestamp, minutes: i64) -> Timestamp {
    now - jiff::SignedDuration::from_mins(minutes)
}

/// A decision in a sentence, after what it is.
pub(crate) fn sentence<F: Display, R: Display>(decision: Result<Decision<F>, R>) -> String {
    match decision {
        Ok(Decision::Change(change)) => format!("change: {change}"),
        Ok(Decision::Diagnose(finding)) => format!("finding: {finding}"),
        Err(refusal) => format!("refusal: {refusal}"),
    }
}

/// The change of a decision.
pub(crate) fn change<F: Display, R: Display>(decision: Result<Decision<F>, R>) -> Change {
    match decision {
        Ok(Decision::Change(change)) => *change,
        other => panic!("no change: {}", sentence(other)),
    }
}

/// A request as a command of the AWS CLI: the command, and the JSON of its parameters.
pub(crate) fn parsed(request: &str) -> (String, serde_json::Value) {
    let command = request.strip_prefix("aws ").unwrap();
    let (command, body) = command.split_once(" --cli-input-json '").unwrap();
    let body = body.strip_suffix('\'').unwrap().replace(r"'\''", "'");
    (command.to_owned(), serde_json::from_str(&body).unwrap())
}

/// A command and its parameters.
pub(crate) fn request(command: &str, body: serde_json::Value) -> (String, serde_json::Value) {
    (command.to_owned(), body)
}
