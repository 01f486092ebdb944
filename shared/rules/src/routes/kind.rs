//! What a message is, as routes name it.

use std::{fmt, str::FromStr};

use crate::Invalid;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A CloudWatch alarm's change of state.
    Alarm,
    /// Picket's daily report.
    CostReport,
    /// What Picket's remediator made of an alarm.
    Remediation,
    /// The synthetic record of the heartbeat.
    Heartbeat,
    /// Any other JSON or text.
    Other,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Alarm,
        Self::CostReport,
        Self::Remediation,
        Self::Heartbeat,
        Self::Other,
    ];

    /// Returns the name in routes; a fleet message's is that of its header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::CostReport => "cost-report",
            Self::Remediation => "remediation",
            Self::Heartbeat => "heartbeat",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::as_str).join(", ");
                Invalid(format!("{text:?} is not a kind of message: {known}"))
            })
    }
}
