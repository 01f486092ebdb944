//! The targets of probes, as the stack's parameters define them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use picket_rules::probes::{Address, Check, Name, Probe, WebAddress};
use reqwest::Url;

/// The default port of PostgreSQL.
const DEFAULT_PORT: u16 = 5432;

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

/// An alias of an agent of Bedrock, by its ARN: `arn:aws:bedrock:<region>:<account>:agent-alias/<agent>/<alias>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentAddress {
    /// The Region.
    pub region: String,
    /// The agent's id.
    pub agent: ResourceId,
    /// The alias's id.
    pub alias: ResourceId,
}

/// An id of Bedrock: ten letters and digits, and `TSTALIASID` for an agent's draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceId(String);

impl ResourceId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_id = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("{text:?} is not an id of ten letters and digits"))
    }
}

impl FromStr for AgentAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "{text:?} is not the ARN of an alias of an agent, arn:aws:bedrock:<region>:<account>:agent-alias/<agent>/<alias>"
            )
        };
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _, "bedrock", region, _, resource] = parts[..] else {
            return Err(refused());
        };
        let ids = resource
            .strip_prefix("agent-alias/")
            .and_then(|ids| ids.split_once('/'));
        let (agent, alias) = ids.ok_or_else(refused)?;
        let is_region = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if region.is_empty() || !region.bytes().all(is_region) {
            return Err(refused());
        }
        Ok(Self {
            region: region.to_owned(),
            agent: agent.parse()?,
            alias: alias.parse()?,
        })
    }
}

/// The address of a database with a user and without a secret: `postgresql://picket@db.example.com:5432/agent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseAddress {
    /// A host name or IP address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// The database.
    pub database: String,
    /// Whether the connection is encrypted and the certificate verified; only a loopback address may say
    /// `?sslmode=disable`.
    pub encrypted: bool,
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

/// Why a text is not a database's address. The message does not repeat the text, which may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It is no URL of PostgreSQL.
    #[error("it is not of the form postgresql://user@host:port/database")]
    Form,
    /// It contains a password.
    #[error(
        "it holds a password: take it out, and put it into Parameter Store as <ProbeParameterPrefix>/<target>"
    )]
    Password,
    /// It switches TLS off.
    #[error(
        "only a loopback address may say sslmode=disable: the password would travel in the open"
    )]
    Plain,
    /// It has an unknown parameter.
    #[error("after the database's name only sslmode=verify-full or sslmode=disable is allowed")]
    Parameter,
}

impl FromStr for DatabaseAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let url = Url::parse(text).map_err(|_| InvalidAddress::Form)?;
        if url.password().is_some() {
            return Err(InvalidAddress::Password);
        }
        let host = url.host_str().unwrap_or_default();
        let database = url.path().trim_start_matches('/');
        let legal = matches!(url.scheme(), "postgres" | "postgresql")
            && [host, url.username(), database]
                .iter()
                .all(|part| !part.is_empty())
            && [url.username(), database]
                .iter()
                .all(|part| !part.contains(['%', '/']));
        if !legal {
            return Err(InvalidAddress::Form);
        }
        let encrypted = match url.query() {
            None | Some("sslmode=verify-full") => true,
            Some("sslmode=disable") if is_loopback(host) => false,
            Some("sslmode=disable") => return Err(InvalidAddress::Plain),
            Some(_) => return Err(InvalidAddress::Parameter),
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(DEFAULT_PORT),
            user: url.username().to_owned(),
            database: database.to_owned(),
            encrypted,
        })
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host,
            port,
            user,
            database,
            ..
        } = self;
        write!(f, "{database} on {host}:{port} as {user}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_databases_address_holds_no_secret_and_is_encrypted() {
        let address: DatabaseAddress = "postgresql://picket@db.example.com/agent".parse().unwrap();
        assert_eq!(
            address.to_string(),
            "agent on db.example.com:5432 as picket"
        );
        assert!(address.encrypted);
        let local: DatabaseAddress = "postgres://picket@127.0.0.1:5433/agent?sslmode=disable"
            .parse()
            .unwrap();
        assert_eq!((local.port, local.encrypted), (5433, false));
        for (text, expected) in [
            (
                "postgresql://picket:hunter2@db/agent",
                InvalidAddress::Password,
            ),
            ("postgresql://db/agent", InvalidAddress::Form),
            ("postgresql://picket@db", InvalidAddress::Form),
            ("postgresql://picket@db/", InvalidAddress::Form),
            ("postgresql://picket@db/a/b", InvalidAddress::Form),
            ("mysql://picket@db/agent", InvalidAddress::Form),
            ("db.example.com", InvalidAddress::Form),
            (
                "postgresql://picket@db/agent?sslmode=disable",
                InvalidAddress::Plain,
            ),
            (
                "postgresql://picket@db/agent?options=-c",
                InvalidAddress::Parameter,
            ),
        ] {
            let error = text.parse::<DatabaseAddress>().unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn an_alias_is_an_arn_and_its_ids_cannot_change_a_path() {
        let arn = "arn:aws:bedrock:eu-central-1:111122223333:agent-alias/AGENT12345/TSTALIASID";
        let address: AgentAddress = arn.parse().unwrap();
        assert_eq!(address.region, "eu-central-1");
        assert_eq!(address.agent.as_str(), "AGENT12345");
        assert_eq!(address.alias.as_str(), "TSTALIASID");
        for text in [
            "AGENT12345/TSTALIASID",
            "arn:aws:bedrock:eu-central-1:111122223333:agent/AGENT12345",
            "arn:aws:bedrock::111122223333:agent-alias/AGENT12345/TSTALIASID",
            "arn:aws:bedrock:evil.example/#:1:agent-alias/AGENT12345/TSTALIASID",
            "arn:aws:bedrock:eu-central-1:1:agent-alias/AGENT12345/../x",
            "arn:aws:lambda:eu-central-1:1:agent-alias/AGENT12345/TSTALIASID",
        ] {
            assert!(text.parse::<AgentAddress>().is_err(), "{text}");
        }
        for text in ["", "KB1234567", "KB12345678/", "KB1234567%"] {
            assert!(text.parse::<ResourceId>().is_err(), "{text}");
        }
    }

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
