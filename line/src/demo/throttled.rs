//! The function that is throttled in the story: with a reservation too small, and tagged so that it may be repaired.

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, MetricDatum, StandardUnit},
};
use aws_sdk_lambda::{
    primitives::Blob,
    types::{FunctionCode, Runtime},
};
use jiff::Timestamp;

use super::story::Minute;
use crate::{aws::Clients, line::Line};

/// Its name.
pub(super) const NAME: &str = "appointment-booking";
/// Its reservation, which it uses to the full.
const RESERVED: u16 = 20;
/// A zip archive without a file in it (its end-of-central-directory record alone).
const EMPTY_ARCHIVE: [u8; 22] = *b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Creates the function. It is never invoked, so any role will do.
pub(super) async fn create(line: &Line) -> Result<()> {
    let lambda = line.clients.lambda();
    lambda
        .create_function()
        .function_name(NAME)
        .runtime(Runtime::Providedal2023)
        .handler("bootstrap")
        .role(line.outputs.get("AlarmRemediatorRole")?)
        .code(
            FunctionCode::builder()
                .zip_file(Blob::new(EMPTY_ARCHIVE))
                .build(),
        )
        .tags("picket:remediate", "true")
        .send()
        .await
        .with_context(|| format!("the function {NAME} cannot be created"))?;
    lambda
        .put_function_concurrency()
        .function_name(NAME)
        .reserved_concurrent_executions(RESERVED.into())
        .send()
        .await?;
    Ok(())
}

/// Puts what Lambda itself would report of the function in this minute.
pub(super) async fn report(clients: &Clients, minute: &Minute) -> Result<()> {
    let throttled = minute.throttles();
    let busy = if throttled > 0 {
        RESERVED
    } else {
        RESERVED / 3
    };
    let data = [
        datum("Throttles", f64::from(throttled), minute.starts_at),
        datum("ConcurrentExecutions", f64::from(busy), minute.starts_at),
    ];
    clients
        .cloudwatch()
        .put_metric_data()
        .namespace("AWS/Lambda")
        .set_metric_data(Some(data.to_vec()))
        .send()
        .await
        .context("Lambda's metrics cannot be put")?;
    Ok(())
}

fn datum(name: &str, value: f64, at: Timestamp) -> MetricDatum {
    MetricDatum::builder()
        .metric_name(name)
        .dimensions(
            Dimension::builder()
                .name("FunctionName")
                .value(NAME)
                .build(),
        )
        .timestamp(DateTime::from_secs(at.as_second()))
        .value(value)
        .unit(StandardUnit::Count)
        .build()
}
