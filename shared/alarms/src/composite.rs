//! Composite alarms: a rule over other alarms' states, and a suppressor of their actions (CloudWatch User Guide,
//! "Composite alarms" and "Suppressing composite alarm actions").

mod cycle;
mod definition;
mod suppression;

pub use cycle::cycle;
pub use definition::{Composite, InvalidComposite, Suppressor};
pub use picket_shared::alarm::{InvalidRule, Quorum, Rule};
pub use suppression::{CompositeAlarm, CompositeOutcome, SuppressedBy};

#[cfg(test)]
mod tests;
