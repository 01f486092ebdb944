//! What the actions on Lambda functions share: the function that an alarm is about, and how it runs.

mod health;
mod refusal;
mod target;

pub use health::Health;
pub(crate) use health::{read_health, total, window_start};
pub use refusal::Refusal;
pub(crate) use target::{RESOURCE, qualifier, target};

/// The window of the metrics: three of the five-minute periods in which most alarms are evaluated.
pub const WINDOW_MINUTES: u32 = 15;
