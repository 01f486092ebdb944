//! A part of a report.

use picket_aws::Fault;

use crate::error::logged;

/// A part, or the sentence that says why it could not be read.
pub type Known<T> = Result<T, String>;

/// A part, or the sentence about its fault.
pub(super) fn known<T>(read: Result<T, Fault>) -> Known<T> {
    read.map_err(|fault| format!("Not known: {}.", logged(&fault)))
}
