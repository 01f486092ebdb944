//! The ports on AWS.

mod measurements;
mod table;

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_lambda::operation::get_function_concurrency::GetFunctionConcurrencyError;
use picket_aws::{
    Fault,
    fault::Resource,
    fleet::Topic,
    overrides::{Answers, OverrideBucket, Question},
};
use picket_shared::fleet::FleetMessage;

use crate::{
    change::Change,
    config::Config,
    facts::AccountLimits,
    ports::{
        Publish, PutReservation, ReadAccount, ReadOverrides, ReadReservation, ReadSwitch, ReadTags,
        Reservation,
    },
};
use table::RemediationTable;

/// The ports of this function.
#[derive(Debug, Clone)]
pub struct Aws {
    lambda: aws_sdk_lambda::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    ssm: aws_sdk_ssm::Client,
    kill_switch: Resource,
    table: RemediationTable,
    topic: Topic,
    overrides: OverrideBucket,
}

impl Aws {
    /// The ports, on clients of one connector.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        Self {
            lambda: aws_sdk_lambda::Client::new(sdk),
            cloudwatch: aws_sdk_cloudwatch::Client::new(sdk),
            ssm: aws_sdk_ssm::Client::new(sdk),
            kill_switch: Resource::new(
                "kill switch",
                config.kill_switch_parameter.as_str(),
                "create it as a String parameter that reads on or off",
            ),
            table: RemediationTable::new(
                aws_sdk_dynamodb::Client::new(sdk),
                &config.remediation_table,
            ),
            topic: Topic::new(
                aws_sdk_sns::Client::new(sdk),
                config.info_topic_arn.as_str(),
            ),
            overrides: OverrideBucket::new(sdk, config.override_bucket.as_deref(), &config.stack),
        }
    }
}

fn function_resource(function: &str) -> Resource {
    Resource::new(
        "function",
        function,
        "correct the alarm or deploy the function",
    )
}

impl ReadReservation for Aws {
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

impl ReadTags for Aws {
    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
        let answer = self.lambda.list_tags().resource(arn).send().await;
        let answer = answer
            .map_err(|error| Fault::of(&function_resource(arn), "read the tags of", error))?;
        Ok(answer.tags.unwrap_or_default().into_iter().collect())
    }
}

impl ReadAccount for Aws {
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

impl ReadOverrides for Aws {
    async fn read_overrides(&self, questions: &[Question]) -> Answers {
        self.overrides.read_overrides(questions).await
    }
}

impl ReadSwitch for Aws {
    async fn switch(&self) -> Result<String, Fault> {
        let answer = self
            .ssm
            .get_parameter()
            .name(self.kill_switch.name())
            .send()
            .await;
        let answer = answer.map_err(|error| Fault::of(&self.kill_switch, "read", error))?;
        Ok(answer
            .parameter
            .and_then(|parameter| parameter.value)
            .unwrap_or_default())
    }
}

impl PutReservation for Aws {
    async fn put(&self, change: &Change) -> Result<(), Fault> {
        let reserved = i32::try_from(change.to).map_err(|error| {
            Fault::permanent(format!("{} is more than Lambda can reserve", change.to))
                .because(error)
        })?;
        self.lambda
            .put_function_concurrency()
            .function_name(&change.function)
            .reserved_concurrent_executions(reserved)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| {
                Fault::of(
                    &function_resource(&change.function),
                    "set the reservation of",
                    error,
                )
            })
    }
}

impl Publish for Aws {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        self.topic.publish(message, subject).await
    }
}

#[cfg(test)]
mod tests;
