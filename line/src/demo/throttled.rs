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
pub(super) const RESERVED: u16 = 20;
/// Invocations that are throttled in a minute of the second act.
const THROTTLED: u32 = 122;
/// A zip archive without a file in it (its end-of-central-directory record alone).
const EMPTY_ARCHIVE: [u8; 22] = *b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Creates the function, with its reservation.
pub(super) async fn create(line: &Line) -> Result<()> {
    function(line, NAME).await?;
    reserve(&line.clients, RESERVED).await
}

/// Creates a function that may be repaired. It is never invoked, so any role will do.
pub(super) async fn function(line: &Line, name: &str) -> Result<()> {
    line.clients
        .lambda()
        .create_function()
        .function_name(name)
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
        .with_context(|| format!("the function {name} cannot be created"))?;
    Ok(())
}

/// Sets the reservation, as an operator does.
pub(super) async fn reserve(clients: &Clients, reserved: u16) -> Result<()> {
    clients
        .lambda()
        .put_function_concurrency()
        .function_name(NAME)
        .reserved_concurrent_executions(reserved.into())
        .send()
        .await
        .with_context(|| format!("the reservation of {NAME} cannot be set"))?;
    Ok(())
}

/// The reservation.
pub(super) async fn reserved(clients: &Clients) -> Result<u16> {
    let lambda = clients.lambda();
    let answer = lambda.get_function_concurrency().function_name(NAME).send();
    let reserved = answer.await?.reserved_concurrent_executions;
    let reserved = reserved.with_context(|| format!("{NAME} has no reservation"))?;
    Ok(u16::try_from(reserved)?)
}

/// Puts what Lambda itself would report of the function in this minute.
pub(super) async fn report(clients: &Clients, minute: &Minute) -> Result<()> {
    let throttled = minute.throttles();
    let busy = if throttled > 0 {
        RESERVED
    } else {
        RESERVED / 3
    };
    put(clients, throttled, busy, minute.starts_at).await
}

/// Puts what Lambda would report of the function if it was throttled at its reservation.
pub(super) async fn report_throttled(clients: &Clients, at: Timestamp) -> Result<()> {
    let busy = reserved(clients).await?;
    put(clients, THROTTLED, busy, at).await
}

/// Puts what Lambda would report of the function once its reservation is enough.
pub(super) async fn report_recovered(clients: &Clients, at: Timestamp) -> Result<()> {
    let busy = reserved(clients).await?;
    put(clients, 0, busy.saturating_sub(1), at).await
}

async fn put(clients: &Clients, throttled: u32, busy: u16, at: Timestamp) -> Result<()> {
    let data = [
        datum("Throttles", f64::from(throttled), at),
        datum("ConcurrentExecutions", f64::from(busy), at),
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
