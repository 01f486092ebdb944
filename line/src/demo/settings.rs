//! The settings that the second act's repairs change, and their resources.

mod alias;
mod table;

use anyhow::{Context, Result, bail};
use aws_sdk_cloudwatch::{primitives::DateTime, types::MetricDatum};
use aws_sdk_ssm::types::{ParameterType, Tag};
use jiff::{SignedDuration, Timestamp};

use super::{
    drill::Watched,
    throttled::{self, function},
};
use crate::{aws::Clients, line::Line};

pub(super) use alias::Healthy;

/// The tag without which nothing is changed.
pub(super) const ALLOW: (&str, &str) = ("picket:remediate", "true");
/// The function that fails on every record.
const CONSUMER: &str = "orders-consumer";
/// The parameter in which the application reads which model it uses.
const MODEL: &str = "/demo/assistant/model";

/// A setting of a resource.
#[derive(Debug, Clone)]
pub(super) enum Setting {
    /// The reserved concurrency of the throttled function.
    Reservation,
    /// Whether the consumer's event source mapping is enabled.
    Mapping { uuid: String },
    /// The model of the application.
    Model,
    /// The maximum of an on-demand table.
    Ceiling,
    /// The version of an alias.
    Alias,
}

impl Setting {
    /// The mapping of a consumer that fails, with its queue.
    pub(super) async fn mapping(line: &Line) -> Result<Self> {
        let clients = &line.clients;
        function(line, CONSUMER).await?;
        let queue = clients
            .sqs()
            .create_queue()
            .queue_name("orders")
            .send()
            .await?;
        let arn = queue_arn(clients, queue.queue_url().unwrap_or_default()).await?;
        let mapping = clients
            .lambda()
            .create_event_source_mapping()
            .function_name(CONSUMER)
            .event_source_arn(arn)
            .tags(ALLOW.0, ALLOW.1)
            .send()
            .await
            .with_context(|| format!("the mapping of {CONSUMER} cannot be created"))?;
        let uuid = mapping.uuid.context("the mapping has no UUID")?;
        Ok(Self::Mapping { uuid })
    }

    /// The parameter of an application.
    pub(super) async fn model(line: &Line) -> Result<Self> {
        let tag = Tag::builder().key(ALLOW.0).value(ALLOW.1).build()?;
        line.clients
            .ssm()
            .put_parameter()
            .name(MODEL)
            .value("primary")
            .r#type(ParameterType::String)
            .tags(tag)
            .send()
            .await
            .with_context(|| format!("the parameter {MODEL} cannot be created"))?;
        Ok(Self::Model)
    }

    /// An on-demand table, with its maximum.
    pub(super) async fn ceiling(line: &Line) -> Result<Self> {
        table::create(line).await?;
        Ok(Self::Ceiling)
    }

    /// The alias of a function, deployed to a version that fails.
    pub(super) async fn alias(line: &Line, healthy: Healthy) -> Result<Self> {
        healthy.deploy(line).await?;
        Ok(Self::Alias)
    }

    /// The metric of its alarm.
    pub(super) const fn watched(&self) -> Watched<'static> {
        match self {
            Self::Reservation => Watched {
                namespace: "AWS/Lambda",
                metric: "Throttles",
                dimensions: &[("FunctionName", throttled::NAME)],
            },
            Self::Mapping { .. } => Watched {
                namespace: "AWS/Lambda",
                metric: "Errors",
                dimensions: &[("FunctionName", CONSUMER)],
            },
            Self::Model => Watched {
                namespace: "Demo/Assistant",
                metric: "ModelErrors",
                dimensions: &[("Environment", "dev")],
            },
            Self::Ceiling => table::WATCHED,
            Self::Alias => alias::WATCHED,
        }
    }

    /// The value before the repair, and after it.
    pub(super) const fn values(&self) -> (&'static str, &'static str) {
        match self {
            Self::Reservation => ("20", "30"),
            Self::Mapping { .. } => ("Enabled", "Disabled"),
            Self::Model => ("primary", "fallback"),
            Self::Ceiling => ("100", "150"),
            Self::Alias => ("2", "1"),
        }
    }

    /// Puts the metrics of its cause, of the minute before the last one; those of the alias up to now.
    pub(super) async fn report(&self, clients: &Clients, now: Timestamp) -> Result<()> {
        let at = now - SignedDuration::from_mins(2);
        match self {
            Self::Reservation => throttled::report_throttled(clients, at).await,
            Self::Mapping { .. } => self.report_consumer(clients, 9.0, at).await,
            Self::Model => put(clients, self.watched(), "ModelErrors", 4.0, at).await,
            Self::Ceiling => table::report(clients, 240.0, at).await,
            Self::Alias => alias::report(clients, now).await,
        }
    }

    /// Puts the metrics of the last minute, without the cause.
    pub(super) async fn report_recovered(&self, clients: &Clients, now: Timestamp) -> Result<()> {
        let at = now - SignedDuration::from_mins(1);
        match self {
            Self::Reservation => throttled::report_recovered(clients, at).await,
            // The function has other callers, whose invocations succeed.
            Self::Mapping { .. } => self.report_consumer(clients, 0.0, at).await,
            Self::Model => put(clients, self.watched(), "ModelErrors", 0.0, at).await,
            Self::Ceiling => table::report(clients, 0.0, at).await,
            Self::Alias => bail!("the alias's metrics are those of its versions"),
        }
    }

    async fn report_consumer(&self, clients: &Clients, errors: f64, at: Timestamp) -> Result<()> {
        put(clients, self.watched(), "Invocations", 10.0, at).await?;
        put(clients, self.watched(), "Errors", errors, at).await
    }

    /// The value, as AWS has it.
    pub(super) async fn value(&self, clients: &Clients) -> Result<String> {
        match self {
            Self::Reservation => Ok(throttled::reserved(clients).await?.to_string()),
            Self::Mapping { uuid } => {
                let lambda = clients.lambda();
                let answer = lambda.get_event_source_mapping().uuid(uuid).send().await?;
                answer.state.context("the mapping has no state")
            }
            Self::Model => {
                let answer = clients.ssm().get_parameter().name(MODEL).send().await?;
                let value = answer.parameter.and_then(|parameter| parameter.value);
                value.with_context(|| format!("{MODEL} has no value"))
            }
            Self::Ceiling => table::ceiling(clients).await,
            Self::Alias => alias::version(clients).await,
        }
    }
}

async fn queue_arn(clients: &Clients, url: &str) -> Result<String> {
    let name = aws_sdk_sqs::types::QueueAttributeName::QueueArn;
    let answer = clients
        .sqs()
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(name.clone())
        .send()
        .await?;
    let arn = answer.attributes.and_then(|mut all| all.remove(&name));
    arn.context("the queue has no ARN")
}

async fn put(
    clients: &Clients,
    watched: Watched<'_>,
    metric: &str,
    value: f64,
    at: Timestamp,
) -> Result<()> {
    let datum = MetricDatum::builder()
        .metric_name(metric)
        .set_dimensions(Some(watched.dimensions()))
        .timestamp(DateTime::from_secs(at.as_second()))
        .value(value)
        .build();
    clients
        .cloudwatch()
        .put_metric_data()
        .namespace(watched.namespace)
        .metric_data(datum)
        .send()
        .await
        .with_context(|| format!("{metric} cannot be put"))?;
    Ok(())
}
