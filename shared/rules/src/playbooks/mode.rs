//! What may become of a playbook's plans.

use crate::Invalid;

/// What may become of a playbook's plans, from the least to the most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Changes are proposed only: the default.
    #[default]
    Observe,
    /// Changes are made when a person has approved them.
    Approve,
    /// Changes are made.
    Act,
}

impl Mode {
    /// Returns the name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Approve => "approve",
            Self::Act => "act",
        }
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Mode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "observe" => Ok(Self::Observe),
            "approve" => Ok(Self::Approve),
            "act" => Ok(Self::Act),
            _ => Err(Invalid(format!(
                "{text:?} is not a mode: expected `observe`, `approve` or `act`"
            ))),
        }
    }
}
