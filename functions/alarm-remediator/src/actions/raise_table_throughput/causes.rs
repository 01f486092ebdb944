//! The causes of throttled requests, by CloudWatch's metrics of each.
//!
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TroubleshootingThrottling-cloudwatch.html>.

use std::fmt;

/// What throttles a table or an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The keys of one partition (`KeyRangeThroughput`).
    KeyRange,
    /// The table's quota in the account (`AccountLimit`).
    Account,
    /// The provisioned capacity (`ProvisionedThroughput`).
    Provisioned,
    /// The configured maximum of an on-demand table (`MaxOnDemandThroughput`).
    Ceiling,
}

/// Reads and writes of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Events {
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
}

/// Throttled events by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Throttled {
    /// By the provisioned capacity.
    pub provisioned: Events,
    /// By the configured maximum of an on-demand table.
    pub ceiling: Events,
    /// By the limit of one partition.
    pub key_range: Events,
    /// By the account's quota.
    pub account: Events,
}

impl Events {
    /// Reads and writes.
    pub const fn total(self) -> u64 {
        self.reads.saturating_add(self.writes)
    }
}

impl Throttled {
    /// The events of a cause.
    pub const fn of(&self, cause: Cause) -> Events {
        match cause {
            Cause::Provisioned => self.provisioned,
            Cause::Ceiling => self.ceiling,
            Cause::KeyRange => self.key_range,
            Cause::Account => self.account,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyRange => "the limit of one partition",
            Self::Account => "the account's quota for a table",
            Self::Provisioned => "provisioned capacity",
            Self::Ceiling => "the on-demand maximum",
        })
    }
}

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} reads and {} writes", self.reads, self.writes)
    }
}
