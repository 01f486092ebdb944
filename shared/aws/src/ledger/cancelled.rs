//! Why a transaction did not happen, as far as it matters here.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

/// A cancelled transaction, by the caller's next step.
pub(super) enum Cancelled {
    /// The cursor was elsewhere.
    Condition,
    /// Another transaction, or too many requests.
    Transient,
    /// Something else.
    Otherwise,
}

impl Cancelled {
    /// A failed condition counts before a conflict: the caller reads the cursor again.
    pub(super) fn of(error: &TransactWriteItemsError) -> Self {
        let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
            return Self::Otherwise;
        };
        let codes: Vec<&str> = cancelled
            .cancellation_reasons()
            .iter()
            .filter_map(|reason| reason.code())
            .filter(|code| *code != "None")
            .collect();
        let transient = [
            "TransactionConflict",
            "ThrottlingError",
            "ProvisionedThroughputExceeded",
        ];
        if codes.contains(&"ConditionalCheckFailed") {
            Self::Condition
        } else if !codes.is_empty() && codes.iter().all(|code| transient.contains(code)) {
            Self::Transient
        } else {
            Self::Otherwise
        }
    }
}
