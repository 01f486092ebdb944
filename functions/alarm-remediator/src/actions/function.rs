//! What the actions on Lambda functions share: the function that an alarm is about, and how it runs.

mod health;
mod refusal;
mod target;

pub use health::Health;
pub(crate) use health::{read_health, total, window_start};
pub use refusal::Refusal;
pub(crate) use target::{RESOURCE, qualifier, target};
