//! The adapters of the ports to AWS. Nothing else in this function imports an SDK.

use std::time::Duration;

use aws_config::{Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_costexplorer::{
    Client,
    operation::get_cost_and_usage::GetCostAndUsageOutput,
    types::{self, DateInterval, Granularity, GroupDefinitionType},
};
use jiff::civil::Date;
use picket_aws::{
    Fault,
    fault::Resource,
    fleet::Topic,
    ledger::{LedgerRows, LedgerTable},
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
};
use picket_shared::fleet::FleetMessage;

use crate::{
    answer::{Answer, Group, GroupDefinition, MetricValue, ResultByTime, TimePeriod},
    config::Config,
    day::METRIC,
    ports::{Publish, ReadCosts, ReadLedger, ReadOverrides},
};

/// Cost Explorer computes each answer, which takes seconds for a large account.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// The ports on AWS.
#[derive(Debug, Clone)]
pub struct Adapters {
    costs: Client,
    explorer: Resource,
    ledger: LedgerTable,
    topic: Topic,
    overrides: OverrideBucket,
}

impl Adapters {
    /// Creates clients of the resources that the configuration names.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let timeouts = sdk
            .timeout_config()
            .map_or_else(TimeoutConfig::builder, TimeoutConfig::to_builder)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let costs = aws_sdk_costexplorer::config::Builder::from(sdk)
            .region(home_of_costs(sdk.region()))
            .timeout_config(timeouts)
            .build();
        Self {
            costs: Client::from_conf(costs),
            explorer: Resource::new(
                "costs of this account",
                "in Cost Explorer",
                "enable Cost Explorer in the billing console",
            ),
            ledger: LedgerTable::new(
                aws_sdk_dynamodb::Client::new(sdk),
                config.ledger_table.as_str(),
            ),
            topic: Topic::new(
                aws_sdk_sns::Client::new(sdk),
                config.info_topic_arn.as_str(),
            ),
            overrides: OverrideBucket::new(sdk, config.override_bucket.as_deref(), &config.stack),
        }
    }
}

/// Cost Explorer has one endpoint a partition, in one region (AWS General Reference, "Cost Explorer endpoints").
fn home_of_costs(region: Option<&Region>) -> Region {
    let china = region.is_some_and(|region| region.as_ref().starts_with("cn-"));
    Region::from_static(if china { "cn-northwest-1" } else { "us-east-1" })
}

impl ReadCosts for Adapters {
    async fn costs(&self, start: Date, end: Date, page: Option<&str>) -> Result<Answer, Fault> {
        let unbuildable = |error: aws_sdk_costexplorer::error::BuildError| {
            Fault::permanent("the request to Cost Explorer could not be made").because(error)
        };
        let period = DateInterval::builder()
            .start(start.to_string())
            .end(end.to_string())
            .build()
            .map_err(unbuildable)?;
        let by = |dimension: &str| {
            types::GroupDefinition::builder()
                .r#type(GroupDefinitionType::Dimension)
                .key(dimension)
                .build()
        };
        self.costs
            .get_cost_and_usage()
            .time_period(period)
            .granularity(Granularity::Daily)
            .metrics(METRIC)
            .group_by(by("SERVICE"))
            // Without it, credits are inside the services' amounts and hide what they used.
            .group_by(by("RECORD_TYPE"))
            .set_next_page_token(page.map(str::to_owned))
            .send()
            .await
            .map(answer)
            .map_err(|error| Fault::of(&self.explorer, "read", error))
    }
}

impl ReadLedger for Adapters {
    async fn rows(&self, date: Date) -> Result<LedgerRows, Fault> {
        self.ledger.rows(date, date).await
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl Publish for Adapters {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        self.topic.publish(message, subject).await
    }
}

/// The SDK's answer in the form of a recorded one.
fn answer(output: GetCostAndUsageOutput) -> Answer {
    let definition = |group: types::GroupDefinition| Some(GroupDefinition { key: group.key? });
    Answer {
        next_page_token: output.next_page_token,
        group_definitions: all(output.group_definitions)
            .filter_map(definition)
            .collect(),
        results_by_time: all(output.results_by_time).filter_map(result).collect(),
    }
}

fn result(result: types::ResultByTime) -> Option<ResultByTime> {
    let period = result.time_period?;
    Some(ResultByTime {
        time_period: TimePeriod {
            start: period.start,
            end: period.end,
        },
        total: metrics(result.total),
        groups: all(result.groups).map(group).collect(),
        estimated: result.estimated,
    })
}

fn group(group: types::Group) -> Group {
    Group {
        keys: group.keys.unwrap_or_default(),
        metrics: metrics(group.metrics),
    }
}

fn metrics<M>(metrics: Option<std::collections::HashMap<String, types::MetricValue>>) -> M
where
    M: FromIterator<(String, MetricValue)>,
{
    let value = |value: types::MetricValue| MetricValue {
        // An absent amount is not zero: the core reports that it is not a number.
        amount: value.amount.unwrap_or_default(),
        unit: value.unit.unwrap_or_default(),
    };
    metrics
        .unwrap_or_default()
        .into_iter()
        .map(|(name, metric)| (name, value(metric)))
        .collect()
}

fn all<T>(items: Option<Vec<T>>) -> impl Iterator<Item = T> {
    items.into_iter().flatten()
}

#[cfg(test)]
mod tests;
