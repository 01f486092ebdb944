//! What tells the contributors of an alarm apart.

/// The labels of a contributor and their values.
pub(crate) type Attributes = Vec<(String, String)>;
