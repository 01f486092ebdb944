//! Cost Explorer.

use std::time::Duration;

use aws_config::{Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_costexplorer::{
    Client,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    types::{
        AnomalyDateInterval, DateInterval, Dimension, DimensionValues, Expression, Granularity,
        GroupDefinition, GroupDefinitionType, Metric,
    },
};
use jiff::civil::Date;
use picket_aws::{Fault, fault::Resource};

use super::convert;
use crate::{
    answer::{AnomalyPage, Answer, ForecastAnswer},
    day::{METRIC, record},
    reads::{
        query::{CostQuery, Grouping},
        unread::{Unread, unread},
    },
};

/// Cost Explorer computes each answer, which takes seconds for a large account.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// A call with its retries. A report has several, and a function's time ends.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The confidence of the forecast's interval, in percent; the console shows the same.
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/ce-forecast.html>
const PREDICTION_INTERVAL: i32 = 80;
/// The record types that a forecast leaves out, as the budget of account.yaml does.
const PAID_BACK: [&str; 2] = ["Credit", "Refund"];

/// A client of Cost Explorer.
#[derive(Debug, Clone)]
pub(super) struct CostExplorer {
    client: Client,
    costs: Resource,
}

impl CostExplorer {
    /// Creates a client for the partition's one endpoint.
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        let timeouts = sdk
            .timeout_config()
            .map_or_else(TimeoutConfig::builder, TimeoutConfig::to_builder)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        let config = aws_sdk_costexplorer::config::Builder::from(sdk)
            .region(home_of_costs(sdk.region()))
            .timeout_config(timeouts)
            .build();
        Self {
            client: Client::from_conf(config),
            costs: Resource::new(
                "costs of this account",
                "in Cost Explorer",
                "enable Cost Explorer in the billing console",
            ),
        }
    }

    /// `GetCostAndUsage`.
    pub(super) async fn costs(
        &self,
        query: &CostQuery,
        page: Option<&str>,
    ) -> Result<Answer, Unread> {
        let groups = query.group_by.iter().map(group).collect();
        self.client
            .get_cost_and_usage()
            .time_period(period(query.start, query.end)?)
            .granularity(Granularity::Daily)
            .metrics(METRIC)
            .set_group_by(Some(groups))
            .set_filter(filter(query))
            .set_next_page_token(page.map(str::to_owned))
            .send()
            .await
            .map(convert::costs)
            .map_err(|error| self.refused(error))
    }

    /// `GetCostForecast`: one month, and its interval.
    pub(super) async fn forecast(&self, start: Date, end: Date) -> Result<ForecastAnswer, Unread> {
        self.client
            .get_cost_forecast()
            .time_period(period(start, end)?)
            .metric(Metric::UnblendedCost)
            .granularity(Granularity::Monthly)
            .prediction_interval_level(PREDICTION_INTERVAL)
            .filter(without(PAID_BACK.into_iter()))
            .send()
            .await
            .map(convert::forecast)
            .map_err(|error| self.refused(error))
    }

    /// `GetAnomalies`.
    pub(super) async fn anomalies(
        &self,
        start: Date,
        end: Date,
        page: Option<&str>,
    ) -> Result<AnomalyPage, Unread> {
        let interval = AnomalyDateInterval::builder()
            .start_date(start.to_string())
            .end_date(end.to_string())
            .build()
            .map_err(unbuildable)?;
        self.client
            .get_anomalies()
            .date_interval(interval)
            .set_next_page_token(page.map(str::to_owned))
            .send()
            .await
            .map(convert::anomalies)
            .map_err(|error| self.refused(error))
    }

    fn refused<E>(&self, error: SdkError<E>) -> Unread
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        unread(code.as_deref(), Fault::of(&self.costs, "read", error))
    }
}

/// Cost Explorer has one endpoint a partition, in one region (AWS General Reference, "Cost Explorer endpoints").
pub(super) fn home_of_costs(region: Option<&Region>) -> Region {
    let china = region.is_some_and(|region| region.as_ref().starts_with("cn-"));
    Region::from_static(if china { "cn-northwest-1" } else { "us-east-1" })
}

/// A period: the end is exclusive.
fn period(start: Date, end: Date) -> Result<DateInterval, Unread> {
    DateInterval::builder()
        .start(start.to_string())
        .end(end.to_string())
        .build()
        .map_err(unbuildable)
}

fn unbuildable(error: BuildError) -> Unread {
    let fault = Fault::permanent("the request to Cost Explorer could not be made");
    Unread::Fault(fault.because(error))
}

fn group(grouping: &Grouping) -> GroupDefinition {
    let kind = match grouping {
        Grouping::Dimension(_) => GroupDefinitionType::Dimension,
        Grouping::Tag(_) => GroupDefinitionType::Tag,
    };
    GroupDefinition::builder()
        .r#type(kind)
        .key(grouping.key())
        .build()
}

/// The services of a query, and usage alone. An expression has one root.
fn filter(query: &CostQuery) -> Option<Expression> {
    let services = (!query.services.is_empty())
        .then(|| values(Dimension::Service, query.services.iter().cloned()));
    let usage = query.usage_only.then(|| without(record::not_usage()));
    match (services, usage) {
        (Some(services), Some(usage)) => {
            Some(Expression::builder().and(services).and(usage).build())
        }
        (services, usage) => services.or(usage),
    }
}

/// Everything but some record types.
fn without(types: impl Iterator<Item = &'static str>) -> Expression {
    let types = values(Dimension::RecordType, types.map(str::to_owned));
    Expression::builder().not(types).build()
}

fn values(dimension: Dimension, values: impl Iterator<Item = String>) -> Expression {
    let values = DimensionValues::builder()
        .key(dimension)
        .set_values(Some(values.collect()))
        .build();
    Expression::builder().dimensions(values).build()
}
