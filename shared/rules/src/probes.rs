//! Probes: `workloads/*/probes.yaml`, which define the checks of systems that send no events, their intervals, and the
//! metrics that come of it.
//!
//! A probe checks one target: an address over HTTP, a DynamoDB table, a PostgreSQL database, or an agent or a knowledge
//! base of Bedrock. What differs from stack
//! to stack, the address or the table, is a target: the file names it and the stack's parameters define it. A probe
//! whose target a stack leaves empty is off there.
//!
//! ```yaml
//! Workload: web-api
//! Probes:
//!   - Name: health
//!     Every: 1m
//!     Timeout: 10s
//!     Http:
//!       Target: web-api
//!       Status: [200-299]
//!       Body: '"status":"ok"'
//!     Metrics:
//!       - { Value: availability, MetricNamespace: Picket/WebApi, MetricName: Availability }
//!       - { Value: latency, MetricNamespace: Picket/WebApi, MetricName: ProbeLatencyMs }
//! ```

mod names;
mod read;
mod sources;
mod values;

use std::{sync::LazyLock, time::Duration};

use crate::{
    Problems,
    metrics::{MetricName, Namespace, Unit},
};

pub use names::{Every, Host, Name, Statement, StatusRange, Timeout, WebAddress};
pub use sources::one_source;
pub use values::{AttributeValue, ProbeValue};

/// Probes a file: each may run every minute, and all of them share one invocation.
pub const MOST_PROBES: usize = 50;
/// Metrics a probe: each is a series, $0.30 a month an environment.
pub const MOST_METRICS: usize = 20;
/// Pages of a DynamoDB answer that are read by default: 10 MB, some 1,280 read units eventually
/// consistent.
pub const DEFAULT_MOST_PAGES: u32 = 10;
/// More pages than this are a report rather than a probe.
pub const MOST_PAGES: u32 = 100;

/// One file: a workload's probes.
#[derive(Debug, Clone, PartialEq)]
pub struct Probes {
    /// The path as it was given, for messages.
    pub file: String,
    /// The workload: the folder's name.
    pub workload: Name,
    /// In the order of the file.
    pub probes: Vec<Probe>,
}

/// One probe.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Its name, unique in the file.
    pub name: Name,
    /// The interval.
    pub every: Every,
    /// The timeout, from the first look-up of a name to the last byte.
    pub timeout: Timeout,
    /// The check.
    pub check: Check,
    /// The metrics, one series each.
    pub metrics: Vec<ProbeMetric>,
}

/// The check of a probe.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// An address.
    Http(HttpCheck),
    /// A table.
    DynamoDb(TableCheck),
    /// A database.
    PostgreSql(DatabaseCheck),
    /// An alias of an agent of Amazon Bedrock, and its agent.
    BedrockAgent(AgentCheck),
    /// A knowledge base of Amazon Bedrock.
    BedrockKnowledgeBase(KnowledgeBaseCheck),
}

/// The state of an agent, of the alias that invokes it, and of the action groups of the alias's version. Nothing is
/// invoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCheck {
    /// `Target`: the alias's ARN, as defined by the stack's parameters.
    pub target: Name,
}

/// The state of a knowledge base, and whether it can be queried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeBaseCheck {
    /// `Target`: the knowledge base's id, as defined by the stack's parameters.
    pub target: Name,
    /// `Retrieve`: a text to query it with, which costs the tokens of the model that embeds it; without it, the
    /// knowledge base is not queried.
    pub retrieve: Option<String>,
}

/// A `GET` request, and its expected response.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpCheck {
    /// The address.
    pub address: Address,
    /// `Status`: the expected range; 200 to 299 by default.
    pub status: Vec<StatusRange>,
    /// `Body`: text that the answer's first 64 KiB must contain.
    pub body: Option<String>,
    /// `RedirectHosts`: where a redirect may lead besides the host of the address.
    pub redirect_hosts: Vec<Host>,
}

/// The address of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `Url`: the same in every stack.
    Url(WebAddress),
    /// `Target`: as defined by the stack's parameters.
    Target(Name),
}

/// Items of a table, counted or added up.
#[derive(Debug, Clone, PartialEq)]
pub struct TableCheck {
    /// `Target`: the table, as defined by the stack's parameters.
    pub target: Name,
    /// `IndexName`: queried instead of the table.
    pub index: Option<String>,
    /// `KeyConditionExpression`, or `Scan: true`.
    pub selection: Selection,
    /// `FilterExpression`: over what the key condition found.
    pub filter: Option<String>,
    /// `ExpressionAttributeNames`: what `#…` stands for in the expressions.
    pub names: Vec<(String, String)>,
    /// `ExpressionAttributeValues`: what `:…` stands for in the expressions.
    pub values: Vec<(String, AttributeValue)>,
    /// `Sum`: the attribute that is added up.
    pub sum: Option<String>,
    /// `MostPages`: more pages than this and the probe fails: half a count is no count.
    pub most_pages: u32,
}

/// Which items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those of one key, by a key condition expression.
    Key(String),
    /// All of them: every item is read and paid.
    Scan,
}

/// One read-only statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseCheck {
    /// `Target`: the database, as defined by the stack's parameters.
    pub target: Name,
    /// `Statement`: returns one row of numbers.
    pub statement: Statement,
}

/// A metric that a probe feeds.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeMetric {
    /// `Value` or `Column`: which number of the answer.
    pub value: ProbeValue,
    /// `MetricNamespace`.
    pub namespace: Namespace,
    /// `MetricName`.
    pub name: MetricName,
    /// `Unit`; the value's own by default.
    pub unit: Unit,
    at: (u64, u64),
}

impl Probes {
    /// The namespaces of its metrics, and the line and column of each.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, (u64, u64))> {
        let metrics = self.probes.iter().flat_map(|probe| &probe.metrics);
        metrics.map(|metric| (metric.namespace.as_str(), metric.at))
    }
}

impl Probe {
    /// The target it needs, where it needs one.
    pub fn target(&self) -> Option<&Name> {
        match &self.check {
            Check::Http(check) => match &check.address {
                Address::Target(target) => Some(target),
                Address::Url(_) => None,
            },
            Check::DynamoDb(check) => Some(&check.target),
            Check::PostgreSql(check) => Some(&check.target),
            Check::BedrockAgent(check) => Some(&check.target),
            Check::BedrockKnowledgeBase(check) => Some(&check.target),
        }
    }

    /// Whether it runs in a minute, counted since 1970: every probe of an interval in the same minute, so that what
    /// one shows can be held against another.
    pub fn is_due(&self, minute: i64) -> bool {
        minute.rem_euclid(self.every.minutes()) == 0
    }
}

impl Check {
    /// Returns the name in logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "Http",
            Self::DynamoDb(_) => "DynamoDB",
            Self::PostgreSql(_) => "PostgreSQL",
            Self::BedrockAgent(_) => "BedrockAgent",
            Self::BedrockKnowledgeBase(_) => "BedrockKnowledgeBase",
        }
    }
}

/// The timeout by default.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a file: the checked probes, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<Probes, Problems> {
    read::file(file, text)
}

/// The workloads' probes that are compiled in: every `workloads/*/probes.yaml` by its path from the root, and its text.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/probes.rs"));

/// The built-in probes, parsed. The functions' build scripts check the very same texts.
pub fn built_in() -> &'static [Probes] {
    static PROBES: LazyLock<Vec<Probes>> = LazyLock::new(|| {
        let parse = |(file, text): &(&str, &str)| {
            parse(file, text).expect("the functions' build scripts check the very same text")
        };
        BUILT_IN.iter().map(parse).collect()
    });
    &PROBES
}
