//! The values of settings.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// A setting's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// The setting is not set.
    Absent,
    /// Enabled or disabled.
    Flag(bool),
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
    /// Units of throughput.
    Units {
        /// Read units.
        read: u64,
        /// Write units.
        write: u64,
    },
    /// The provisioned capacity of a table and of its indexes, in units.
    Provisioned {
        /// Read units of the table.
        read: u64,
        /// Write units of the table.
        write: u64,
        /// Read and write units of each index.
        indexes: BTreeMap<String, (u64, u64)>,
    },
    /// One more run of what the setting starts.
    NewRun,
}

impl Value {
    /// The number, where it is one.
    pub const fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Absent
            | Self::Flag(_)
            | Self::Text(_)
            | Self::Units { .. }
            | Self::Provisioned { .. }
            | Self::NewRun => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Flag(true) => f.write_str("enabled"),
            Self::Flag(false) => f.write_str("disabled"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Units { read, write } => write!(f, "{read} read and {write} write units"),
            Self::Provisioned {
                read,
                write,
                indexes,
            } => {
                write!(f, "{read} read and {write} write units")?;
                for (index, (read, write)) in indexes {
                    write!(f, ", {read} and {write} of the index {index}")?;
                }
                Ok(())
            }
            Self::NewRun => f.write_str("a new run"),
        }
    }
}
