//! An on-demand table whose maximum throttles its writes.

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, OnDemandThroughput,
    ScalarAttributeType, Tag,
};
use jiff::Timestamp;

use super::{ALLOW, put};
use crate::{aws::Clients, demo::drill::Watched, line::Line};

/// Its name.
const NAME: &str = "demo-appointments";
/// The key of its items.
const KEY: &str = "id";
/// Reads and writes a second that someone allowed, to bound the cost.
const CEILING: i64 = 100;

/// The metric of its alarm.
pub(super) const WATCHED: Watched<'static> = Watched {
    namespace: "AWS/DynamoDB",
    metric: "WriteMaxOnDemandThroughputThrottleEvents",
    dimensions: &[("TableName", NAME)],
};

pub(super) async fn create(line: &Line) -> Result<()> {
    let key = KeySchemaElement::builder()
        .attribute_name(KEY)
        .key_type(KeyType::Hash);
    let attribute = AttributeDefinition::builder()
        .attribute_name(KEY)
        .attribute_type(ScalarAttributeType::S);
    let ceiling = OnDemandThroughput::builder()
        .max_read_request_units(CEILING)
        .max_write_request_units(CEILING);
    line.clients
        .dynamodb()
        .create_table()
        .table_name(NAME)
        .key_schema(key.build()?)
        .attribute_definitions(attribute.build()?)
        .billing_mode(BillingMode::PayPerRequest)
        .on_demand_throughput(ceiling.build())
        .tags(Tag::builder().key(ALLOW.0).value(ALLOW.1).build()?)
        .send()
        .await
        .with_context(|| format!("the table {NAME} cannot be created"))?;
    Ok(())
}

/// Puts what `DynamoDB` would report of a table at its maximum, which throttles so many writes.
pub(super) async fn report(clients: &Clients, throttled: f64, at: Timestamp) -> Result<()> {
    put(clients, WATCHED, "ConsumedWriteCapacityUnits", 6_000.0, at).await?;
    put(clients, WATCHED, WATCHED.metric, throttled, at).await
}

/// The maximum of its writes.
pub(super) async fn ceiling(clients: &Clients) -> Result<String> {
    let answer = clients.dynamodb().describe_table().table_name(NAME).send();
    let table = answer.await?.table.context("the table is not described")?;
    let ceiling = table.on_demand_throughput;
    let writes = ceiling.and_then(|ceiling| ceiling.max_write_request_units);
    Ok(writes.map_or_else(|| "no maximum".to_owned(), |writes| writes.to_string()))
}
