//! The ports of the reservation, on Lambda and CloudWatch.

mod measurements;

use std::collections::BTreeMap;

use aws_sdk_lambda::operation::get_function_concurrency::GetFunctionConcurrencyError;
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::actions::reserved_concurrency::ports::{
    AccountLimits, PutReservation, ReadAccount, ReadReservation, ReadTags, Reservation,
};

fn function_resource(function: &str) -> Resource {
    Resource::new(
        "function",
        function,
        "correct the alarm or deploy the function",
    )
}

impl ReadReservation for Adapters {
    async fn reservation(&self, function: &str) -> Result<Reservation, Fault> {
        let answer = self
            .lambda
            .get_function_concurrency()
            .function_name(function)
            .send()
            .await;
        match answer {
            Ok(answer) => match answer.reserved_concurrent_executions {
                None => Ok(Reservation::None),
                Some(reserved) => count(reserved).map(Reservation::Reserved),
            },
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetFunctionConcurrencyError::is_resource_not_found_exception) =>
            {
                Ok(Reservation::NoFunction)
            }
            Err(error) => Err(Fault::of(
                &function_resource(function),
                "read the reservation of",
                error,
            )),
        }
    }
}

impl ReadTags for Adapters {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        let answer = self.lambda.list_tags().resource(arn).send().await;
        let answer = answer
            .map_err(|error| Fault::of(&function_resource(arn), "read the tags of", error))?;
        Ok(answer.tags.unwrap_or_default().into_iter().collect())
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

impl PutReservation for Adapters {
    async fn put(&self, function: &str, reserved: u32) -> Result<(), Fault> {
        let reserved = i32::try_from(reserved).map_err(|error| {
            Fault::permanent(format!("{reserved} is more than Lambda can reserve")).because(error)
        })?;
        self.lambda
            .put_function_concurrency()
            .function_name(function)
            .reserved_concurrent_executions(reserved)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| {
                Fault::of(
                    &function_resource(function),
                    "set the reservation of",
                    error,
                )
            })
    }
}
