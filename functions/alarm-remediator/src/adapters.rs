//! The ports on AWS.

mod table;

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource, fleet::Topic};
use picket_shared::fleet::FleetMessage;

use crate::{
    change::Change,
    config::Config,
    facts::{AccountLimits, Measured},
    ports::{
        Publish, PutReservation, ReadAccount, ReadMeasurements, ReadReservation, ReadSwitch,
        ReadTags, Reservation,
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
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
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

/// The queries of [`Measured`]: id, metric, statistic, and whether it is the function's or the account's.
const QUERIES: [(&str, &str, &str, bool); 3] = [
    ("function_peak", "ConcurrentExecutions", "Maximum", true),
    ("account_peak", "ConcurrentExecutions", "Maximum", false),
    ("throttles", "Throttles", "Sum", true),
];

/// Lambda's metrics come a minute at a time.
const PERIOD_SECONDS: i32 = 60;

impl ReadMeasurements for Aws {
    async fn measured(
        &self,
        function: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Measured, Fault> {
        let metrics = Resource::new("metrics of", function, "");
        // Three metrics of a quarter of an hour are one page, whose limit is 100,800 values.
        let answer = self
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(
                QUERIES.map(|query| to_query(query, function)).to_vec(),
            ))
            .start_time(DateTime::from_secs(from.as_second()))
            .end_time(DateTime::from_secs(to.as_second()))
            .send()
            .await
            .map_err(|error| Fault::of(&metrics, "read", error))?;
        let values = |id: &str| {
            let results = answer.metric_data_results();
            let result = results.iter().find(|result| result.id() == Some(id));
            result
                .map(|result| result.values().to_vec())
                .unwrap_or_default()
        };
        Ok(Measured {
            function_peak: values("function_peak").into_iter().map(whole).max(),
            account_peak: values("account_peak").into_iter().map(whole).max(),
            throttles: values("throttles")
                .into_iter()
                .map(whole)
                .reduce(u32::saturating_add),
        })
    }
}

fn to_query(
    (id, name, statistic, of_function): (&str, &str, &str, bool),
    function: &str,
) -> MetricDataQuery {
    let dimension = Dimension::builder()
        .name("FunctionName")
        .value(function)
        .build();
    let metric = Metric::builder()
        .namespace("AWS/Lambda")
        .metric_name(name)
        .set_dimensions(of_function.then(|| vec![dimension]))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(PERIOD_SECONDS)
        .stat(statistic)
        .build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

/// A count that CloudWatch gives as a float; what no count can be is the nearest one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and takes what is not a number for 0"
)]
fn whole(value: f64) -> u32 {
    value.round() as u32
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
