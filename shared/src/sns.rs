//! Limits of Amazon SNS.

/// The longest subject, in characters: "less than 100 characters long" (SNS API reference, `Publish`, parameter
/// `Subject`).
pub const LONGEST_SUBJECT: usize = 99;
