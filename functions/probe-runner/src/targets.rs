//! The targets of probes, as the stack's parameters define them.

mod bedrock;
mod database;

use std::{collections::BTreeMap, str::FromStr};

use picket_rules::probes::{Address, Check, Name, Probe, WebAddress};
use reqwest::Url;

pub use bedrock::{AgentAddress, ResourceId};
pub use database::{DatabaseAddress, InvalidAddress};

/// The targets by name, from `PROBE_TARGETS`: `name=value`, separated by white space. A target without a value is off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Targets(BTreeMap<Name, String>);

/// The endpoint that a probe queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A URL.
    Web(Url),
    /// A table's name or ARN.
    Table(String),
    /// A database.
    Database(DatabaseAddress),
    /// An alias of an agent.
    Agent(AgentAddress),
    /// A knowledge base's id.
    KnowledgeBase(ResourceId),
}

impl Targets {
    /// The names of all targets, for messages.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.keys()
    }

    /// The endpoint of a probe; `Ok(None)` where it is off.
    pub fn endpoint(&self, probe: &Probe) -> Result<Option<Endpoint>, String> {
        let Some(name) = probe.target() else {
            return match &probe.check {
                Check::Http(check) => match &check.address {
                    Address::Url(address) => Ok(Some(Endpoint::Web(address.url().clone()))),
                    Address::Target(_) => Ok(None),
                },
                Check::DynamoDb(_)
                | Check::PostgreSql(_)
                | Check::BedrockAgent(_)
                | Check::BedrockKnowledgeBase(_) => Ok(None),
            };
        };
        let Some(value) = self.0.get(name) else {
            return Err(format!("there is no target {name}"));
        };
        if value.is_empty() {
            return Ok(None);
        }
        let endpoint = match &probe.check {
            Check::Http(_) => value
                .parse::<WebAddress>()
                .map(|address| Endpoint::Web(address.url().clone()))
                .map_err(|error| error.to_string()),
            Check::DynamoDb(_) => Ok(Endpoint::Table(value.clone())),
            Check::PostgreSql(_) => value
                .parse()
                .map(Endpoint::Database)
                .map_err(|error: InvalidAddress| error.to_string()),
            Check::BedrockAgent(_) => value.parse().map(Endpoint::Agent),
            Check::BedrockKnowledgeBase(_) => value.parse().map(Endpoint::KnowledgeBase),
        };
        endpoint
            .map(Some)
            .map_err(|error| format!("target {name}: {error}"))
    }
}

impl FromStr for Targets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut targets = BTreeMap::new();
        for word in text.split_whitespace() {
            let (name, value) = word
                .split_once('=')
                .ok_or("a target is name=value, and white space parts one from the next")?;
            let name: Name = name
                .parse()
                .map_err(|error| format!("the target's name {name:?}: {error}"))?;
            if targets.insert(name.clone(), value.to_owned()).is_some() {
                return Err(format!("the target {name} appears twice"));
            }
        }
        Ok(Self(targets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_names_with_values_some_of_them_empty() {
        let targets: Targets = "web-api=https://a/?b=c  orders= \n baskets=arn:aws:x"
            .parse()
            .unwrap();
        let values: Vec<_> = targets
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            values,
            [
                ("baskets", "arn:aws:x"),
                ("orders", ""),
                ("web-api", "https://a/?b=c")
            ]
        );
        for (text, expected) in [
            ("web-api", "a target is name=value"),
            ("Web=x", "'W' is not a lower-case letter"),
            ("a=x a=y", "appears twice"),
        ] {
            assert!(
                text.parse::<Targets>().unwrap_err().contains(expected),
                "{text}"
            );
        }
    }
}
