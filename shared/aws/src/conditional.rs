//! Conditional puts: a condition that does not hold is an answer, and not a fault.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::put_item::{PutItemError, PutItemOutput},
};

use crate::fault::{Fault, Resource};

/// Whether a conditional put took place. `false`: its condition did not hold, because of another writer or of
/// this very one, whose answer was lost and which the SDK sent again.
pub fn was_put(
    table: &Resource,
    answer: Result<PutItemOutput, SdkError<PutItemError>>,
) -> Result<bool, Fault> {
    match answer {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
        {
            Ok(false)
        }
        Err(error) => Err(Fault::of(table, "write to", error)),
    }
}
