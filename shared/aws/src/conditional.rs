//! Conditional writes: a condition that does not hold is an answer, and not a fault.

use std::error::Error;

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::{PutItemError, PutItemOutput},
};

use crate::fault::{Fault, Resource};

/// Whether the condition of a request held. `verb` is the attempted action, as in [`Fault::of`].
pub fn condition_held<T, E>(
    table: &Resource,
    verb: &str,
    answer: Result<T, SdkError<E>>,
) -> Result<bool, Fault>
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    match answer {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
        Err(error) => Err(Fault::of(table, verb, error)),
    }
}

/// Whether a conditional put took place. `false`: its condition did not hold, because of another writer or of
/// this very one, whose answer was lost and which the SDK sent again.
pub fn was_put(
    table: &Resource,
    answer: Result<PutItemOutput, SdkError<PutItemError>>,
) -> Result<bool, Fault> {
    condition_held(table, "write to", answer)
}
