//! The numbers that answers hold.

use std::fmt;

use rust_decimal::Decimal;

use super::Check;
use crate::metrics::Unit;

/// Which number of an answer a metric takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeValue {
    /// 100 where the answer was good, 0 where there was none or a bad one.
    Availability,
    /// Milliseconds from the first look-up of a name to the last byte.
    Latency,
    /// The HTTP status.
    Status,
    /// Days until the certificate that the server showed runs out.
    CertificateDays,
    /// Items found.
    Count,
    /// The sum of an attribute.
    Sum,
    /// A column of the row.
    Column(String),
    /// 1 where the agent is prepared, 0 where it is not.
    Prepared,
    /// 1 where the alias is prepared and accepts invocations, 0 where not.
    AliasPrepared,
    /// 1 where there are action groups and all of them are enabled, 0 where not.
    ActionGroupsEnabled,
    /// 1 where the knowledge base is active, 0 where it is not.
    Active,
    /// 1 where the knowledge base answered a query, 0 where it did not.
    Retrieved,
}

impl ProbeValue {
    /// Reads the name in `Value`.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        [
            Self::Availability,
            Self::Latency,
            Self::Status,
            Self::CertificateDays,
            Self::Count,
            Self::Sum,
            Self::Prepared,
            Self::AliasPrepared,
            Self::ActionGroupsEnabled,
            Self::Active,
            Self::Retrieved,
        ]
        .into_iter()
        .find(|value| value.word() == word)
    }

    /// Returns the name in the file.
    pub fn word(&self) -> &str {
        match self {
            Self::Availability => "availability",
            Self::Latency => "latency",
            Self::Status => "status",
            Self::CertificateDays => "certificate-days",
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Column(name) => name,
            Self::Prepared => "prepared",
            Self::AliasPrepared => "alias-prepared",
            Self::ActionGroupsEnabled => "action-groups-enabled",
            Self::Active => "active",
            Self::Retrieved => "retrieved",
        }
    }

    /// Its unit, where it has one of its own.
    pub(super) fn own_unit(&self) -> Option<&'static str> {
        match self {
            Self::Availability => Some("Percent"),
            Self::Latency => Some("Milliseconds"),
            Self::Status
            | Self::CertificateDays
            | Self::Prepared
            | Self::AliasPrepared
            | Self::ActionGroupsEnabled
            | Self::Active
            | Self::Retrieved => Some("None"),
            Self::Count => Some("Count"),
            Self::Sum | Self::Column(_) => None,
        }
    }

    /// Returns the default unit.
    pub(super) fn default_unit(&self) -> Unit {
        self.own_unit()
            .and_then(|unit| unit.parse().ok())
            .unwrap_or(Unit::NONE)
    }

    /// Whether an answer to this question holds it.
    pub(super) fn is_answered_by(&self, check: &Check) -> bool {
        match self {
            Self::Availability | Self::Latency => true,
            Self::Status | Self::CertificateDays => matches!(check, Check::Http(_)),
            Self::Count => matches!(check, Check::DynamoDb(_)),
            Self::Sum => matches!(check, Check::DynamoDb(table) if table.sum.is_some()),
            Self::Column(_) => matches!(check, Check::PostgreSql(_)),
            Self::Prepared | Self::AliasPrepared | Self::ActionGroupsEnabled => {
                matches!(check, Check::BedrockAgent(_))
            }
            Self::Active => matches!(check, Check::BedrockKnowledgeBase(_)),
            Self::Retrieved => {
                matches!(check, Check::BedrockKnowledgeBase(base) if base.retrieve.is_some())
            }
        }
    }
}

impl fmt::Display for ProbeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A value in an expression of DynamoDB's.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// `{ S: … }`.
    Text(String),
    /// `{ N: … }`.
    Number(Decimal),
}
