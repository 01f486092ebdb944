//! How loud an alert is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Severity, from the topic an alert came by; a route may raise or lower it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// P3: logged, and in the daily digest.
    Info,
    /// P2: Slack and e-mail.
    Warning,
    /// P1: somebody is woken.
    Critical,
}

impl Severity {
    /// The word used in topics, routes, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Severity {
    type Err = crate::Invalid;

    fn from_str(text: &str) -> Result<Self, crate::Invalid> {
        [Self::Info, Self::Warning, Self::Critical]
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or_else(|| {
                crate::Invalid(format!(
                    "{text:?} is not a severity: critical, warning, info"
                ))
            })
    }
}
