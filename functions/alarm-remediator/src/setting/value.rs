//! The values of settings.

use std::fmt;

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
}

impl Value {
    /// The number, where it is one.
    pub const fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Absent | Self::Flag(_) | Self::Text(_) | Self::Units { .. } => None,
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
        }
    }
}
