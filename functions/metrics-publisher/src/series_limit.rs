//! The limits on the number of CloudWatch series: which series are admitted, and the warning that a limit was reached.

pub mod admission;
pub mod notifications;
pub(crate) mod notify;
pub(crate) mod store;

/// A metric: namespace and name.
pub type Metric = (String, String);
