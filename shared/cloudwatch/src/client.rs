//! The adapter of `PutMetricData`.

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_cloudwatch::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata, SdkError},
    operation::put_metric_data::PutMetricDataError,
    primitives::DateTime,
    types::{Dimension, MetricDatum, StandardUnit, StatisticSet},
};
use picket_aws::{
    Fault,
    fault::{Resource, never_left},
};
use picket_shared::{env::Process, fault_points::FaultPoints};

use crate::{
    datum::{Datum, DatumValues},
    pack::Request,
    ports::PutError,
};

/// The error codes of requests that CloudWatch will never accept.
const ILLEGAL: &[&str] = &[
    "InvalidParameterValue",
    "InvalidParameterValueException",
    "InvalidParameterCombination",
    "InvalidParameterCombinationException",
    "MissingParameter",
    "MissingRequiredParameterException",
    "ValidationError",
    "ValidationException",
    "InvalidFormat",
    "InvalidFormatFault",
    "RequestEntityTooLargeException",
];
/// The HTTP status of a request that is too large.
const TOO_LARGE: u16 = 413;

/// A client for `PutMetricData`. It does not retry by itself: CloudWatch counts what it receives twice, and the caller
/// counts lost answers as ambiguous.
#[derive(Debug, Clone)]
pub struct MetricsClient {
    client: Client,
    fault_points: FaultPoints,
}

impl MetricsClient {
    /// Creates a client from the shared configuration.
    pub fn new(sdk: &SdkConfig) -> Self {
        let once = Builder::from(sdk).retry_config(RetryConfig::disabled());
        Self {
            client: Client::from_conf(once.build()),
            fault_points: FaultPoints::read(&Process),
        }
    }

    /// Sends one request once. A debug build may be made to stop before or after it (`PICKET_FAULT=before-put:0.1`).
    pub async fn put(&self, request: &Request) -> Result<(), PutError> {
        self.fault_points.reach("before-put");
        let answer = self.send(request).await;
        self.fault_points.reach("after-put");
        answer
    }

    async fn send(&self, request: &Request) -> Result<(), PutError> {
        self.client
            .put_metric_data()
            .namespace(&request.namespace)
            .set_metric_data(Some(request.data.iter().map(to_sdk).collect()))
            .send()
            .await
            .map_err(|error| fault(&request.namespace, error))?;
        Ok(())
    }
}

/// Classifies a failed request by what CloudWatch counted of it: nothing where it refused or was not reached, unknown
/// where it failed or did not answer.
fn fault(namespace: &str, error: SdkError<PutMetricDataError>) -> PutError {
    let remedy = "check the namespace";
    let resource = Resource::new("CloudWatch namespace", namespace, remedy);
    let status = error
        .raw_response()
        .map_or(0, |response| response.status().as_u16());
    let illegal = status == TOO_LARGE || error.code().is_some_and(|code| ILLEGAL.contains(&code));
    let refused = (400..500).contains(&status) || never_left(&error);
    let fault = Fault::of(&resource, "put metrics into", error);
    if illegal {
        PutError::Illegal(fault)
    } else if refused {
        PutError::Refused(fault)
    } else {
        PutError::Lost(fault)
    }
}

fn to_sdk(datum: &Datum) -> MetricDatum {
    let dimension =
        |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
    let builder = MetricDatum::builder()
        .metric_name(&datum.name)
        .unit(StandardUnit::from(datum.unit.as_str()))
        .timestamp(DateTime::from_secs(datum.at.as_second()))
        .set_dimensions(Some(datum.dimensions.iter().map(dimension).collect()));
    match &datum.values {
        DatumValues::Statistics(statistics) => builder.statistic_values(
            StatisticSet::builder()
                .sample_count(float(statistics.count))
                .sum(statistics.sum)
                .minimum(statistics.min)
                .maximum(statistics.max)
                .build(),
        ),
        DatumValues::Distribution(values) => builder
            .set_values(Some(values.iter().map(|(value, _)| *value).collect()))
            .set_counts(Some(
                values.iter().map(|(_, count)| float(*count)).collect(),
            )),
    }
    .build()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a minute's count is far below 2^52"
)]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
