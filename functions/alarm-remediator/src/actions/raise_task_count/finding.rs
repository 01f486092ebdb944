//! The findings where more tasks repair nothing.

use std::fmt;

use super::facts::Utilization;
use crate::actions::window::WINDOW_MINUTES;

/// The reason why a service gets no more tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Its tasks are not busy together.
    NotBusy {
        /// The busiest minute.
        utilization: Utilization,
        /// Its tasks.
        running: u32,
    },
    /// Tasks that it shall run do not.
    NotRunning {
        /// The tasks that run.
        running: u32,
        /// The tasks that it shall run.
        desired: u32,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBusy {
                utilization: Utilization { cpu, memory },
                running,
            } => write!(
                f,
                "the {running} tasks used {cpu} % of their CPU and {memory} % of their memory together in the busiest of the last \
                 {WINDOW_MINUTES} minutes: more tasks do not help; one task may have more than its share"
            ),
            Self::NotRunning { running, desired } => write!(
                f,
                "{running} of {desired} tasks run: those that do not are not started or fail, which more tasks do not change; look \
                 at the events of the service"
            ),
        }
    }
}
