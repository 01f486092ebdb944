//! A policy of `deploy/policies`.

use serde_json::Value;

use crate::load::{text, words};

/// What the service role of `template.yaml` has by default.
pub(super) const STACK: [&str; 2] = ["resources-data.json", "resources-functions.json"];

/// The policies of identities.
pub(super) const FILES: [&str; 7] = [
    "bootstrap.json",
    "deploy.json",
    "producer.json",
    "resources-account.json",
    "resources-data.json",
    "resources-functions.json",
    "resources-optional.json",
];

/// Who may assume the roles.
pub(super) const TRUSTS: [&str; 2] = ["ci-trust.json", "cloudformation-trust.json"];

pub(super) struct Policy {
    pub(super) statements: Vec<Statement>,
}

pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) actions: Vec<String>,
    pub(super) resources: Vec<String>,
    /// The services of the condition `iam:PassedToService`.
    pub(super) passed_to: Vec<String>,
}

pub(super) fn policy(file: &str) -> Policy {
    let path = format!("deploy/policies/{file}");
    let json: Value =
        serde_json::from_str(&text(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let statements = json["Statement"].as_array().expect("statements").iter();
    let statements = statements.map(|statement| Statement {
        sid: statement["Sid"].as_str().expect("a Sid").to_owned(),
        actions: words(&statement["Action"]),
        resources: words(&statement["Resource"]),
        passed_to: words(&statement["Condition"]["StringEquals"]["iam:PassedToService"]),
    });
    Policy {
        statements: statements.collect(),
    }
}

impl Policy {
    pub(super) fn allows(&self, action: &str) -> bool {
        let mut actions = self
            .statements
            .iter()
            .flat_map(|statement| &statement.actions);
        actions.any(|allowed| matches(allowed, action))
    }
}

/// Whether a pattern that may end with `*` matches.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == text, |start| text.starts_with(start))
}
