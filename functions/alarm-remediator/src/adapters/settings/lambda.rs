//! The settings of Lambda.

pub(super) mod alias;
pub(super) mod mapping;

use std::error::Error;

use aws_sdk_lambda::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_function_concurrency::GetFunctionConcurrencyError,
};
use picket_aws::{Fault, fault::Resource};

use super::not_of_its_kind;
use crate::{
    actions::reserved_concurrency::{AccountLimits, ReadAccount},
    adapters::Adapters,
    setting::{Reading, Value},
};

fn function_resource(function: &str) -> Resource {
    Resource::new(
        "function",
        function,
        "correct the alarm or deploy the function",
    )
}

/// The fault of a write, of which Lambda refuses two for what happened since the reading: AWS still applies a change
/// (`ResourceInUseException`, `ResourceConflictException`), or the revision is another (`PreconditionFailedException`):
/// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html>.
fn write_fault<E>(resource: &Resource, verb: &str, error: SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let fault = match error.code() {
        Some("ResourceInUseException" | "ResourceConflictException") => Fault::transient(format!(
            "could not {verb} the {resource} now: AWS still applies its last change"
        )),
        Some("PreconditionFailedException") => Fault::permanent(format!(
            "the {resource} was changed since it was read, and is left as it is"
        )),
        _ => return Fault::of(resource, verb, error),
    };
    fault.because(error)
}

/// The reservation of a function (`lambda:GetFunctionConcurrency`).
pub(super) async fn read_reservation(
    lambda: &Client,
    function: &str,
) -> Result<Option<Reading>, Fault> {
    let answer = lambda
        .get_function_concurrency()
        .function_name(function)
        .send()
        .await;
    match answer {
        Ok(answer) => {
            let value = match answer.reserved_concurrent_executions {
                None => Value::Absent,
                Some(reserved) => Value::Number(count(reserved)?.into()),
            };
            Ok(Some(Reading::settled(value)))
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetFunctionConcurrencyError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Fault::of(
            &function_resource(function),
            "read the reservation of",
            error,
        )),
    }
}

/// Sets or deletes the reservation of a function (`lambda:PutFunctionConcurrency`,
/// `lambda:DeleteFunctionConcurrency`).
pub(super) async fn write_reservation(
    lambda: &Client,
    function: &str,
    value: &Value,
) -> Result<(), Fault> {
    let resource = function_resource(function);
    match value {
        Value::Absent => lambda
            .delete_function_concurrency()
            .function_name(function)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| write_fault(&resource, "delete the reservation of", error)),
        Value::Number(reserved) => {
            let reserved = i32::try_from(*reserved).map_err(|error| {
                Fault::permanent(format!("{reserved} is more than Lambda can reserve"))
                    .because(error)
            })?;
            lambda
                .put_function_concurrency()
                .function_name(function)
                .reserved_concurrent_executions(reserved)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| write_fault(&resource, "set the reservation of", error))
        }
        Value::Flag(_)
        | Value::Text(_)
        | Value::Units { .. }
        | Value::Provisioned { .. }
        | Value::NewRun => Err(not_of_its_kind(&value.to_string())),
    }
}

impl ReadAccount for Adapters {
    async fn account(&self) -> Result<AccountLimits, Fault> {
        let account = Resource::new("account's", "Lambda settings", "");
        let answer = self.lambda.get_account_settings().send().await;
        let answer = answer.map_err(|error| Fault::of(&account, "read", error))?;
        let limits = answer
            .account_limit
            .ok_or_else(|| Fault::permanent("Lambda gave no limits of the account"))?;
        let unreserved = limits.unreserved_concurrent_executions.ok_or_else(|| {
            Fault::permanent("Lambda did not say how many executions are unreserved")
        })?;
        Ok(AccountLimits {
            concurrent: count(limits.concurrent_executions)?,
            unreserved: count(unreserved)?,
        })
    }
}

/// A count that Lambda gives as a signed number.
fn count(number: i32) -> Result<u32, Fault> {
    u32::try_from(number).map_err(|error| {
        Fault::permanent(format!("Lambda gave {number} executions")).because(error)
    })
}
