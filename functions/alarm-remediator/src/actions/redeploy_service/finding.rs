//! The findings where new tasks repair nothing.

use std::fmt;

/// The reason why a service's tasks are not replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The tasks are new.
    Recent {
        /// The age of the deployment in minutes.
        minutes: u64,
        /// The playbook's least age in minutes.
        older_than: u64,
    },
    /// ECS does not say when the service was deployed.
    UnknownAge,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recent {
                minutes,
                older_than,
            } => write!(
                f,
                "the service was deployed {minutes} minutes ago, less than {older_than}: its tasks are new, and what was deployed is \
                 the likely cause; look at that change first"
            ),
            Self::UnknownAge => f.write_str("ECS does not say when the service was deployed"),
        }
    }
}
