//! What distinguishes the contributors of an alarm.

/// The labels of a contributor and their values.
pub(crate) type Attributes = Vec<(String, String)>;
