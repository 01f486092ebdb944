//! Tables, from `DynamoDB`, and who manages their capacity, from CloudWatch.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    Client,
    operation::describe_table::DescribeTableError,
    types::{
        BillingMode, IndexStatus, OnDemandThroughput, ProvisionedThroughputDescription,
        TableDescription, TableStatus,
    },
};
use picket_aws::{Fault, fault::Resource};

use super::{Adapters, auto_scaling};
use crate::actions::raise_table_throughput::{Part, ReadAutoScaling, ReadTable, Table, Units};

pub(super) fn table_resource(table: &str) -> Resource {
    Resource::new("table", table, "correct the alarm or create the table")
}

impl ReadTable for Adapters {
    async fn table(&self, table: &str) -> Result<Option<Table>, Fault> {
        describe(&self.dynamodb, table).await
    }
}

impl ReadAutoScaling for Adapters {
    async fn auto_scaled(&self, table: &str, index: Option<&str>) -> Result<bool, Fault> {
        let part = index.map_or_else(
            || table.to_owned(),
            |index| format!("{table}/index/{index}"),
        );
        auto_scaling::is_scaled(&self.cloudwatch, &format!("table/{part}")).await
    }
}

/// The table's tags.
pub(super) async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
    let resource = table_resource(arn);
    let mut tags = BTreeMap::new();
    let mut next = None;
    loop {
        let answer = client
            .list_tags_of_resource()
            .resource_arn(arn)
            .set_next_token(next)
            .send()
            .await
            .map_err(|error| Fault::of(&resource, "read the tags of", error))?;
        for tag in answer.tags() {
            tags.insert(tag.key().to_owned(), tag.value().to_owned());
        }
        next = answer.next_token;
        if next.is_none() {
            return Ok(tags);
        }
    }
}

/// The table; `None` where it does not exist.
pub(super) async fn describe(client: &Client, table: &str) -> Result<Option<Table>, Fault> {
    match client.describe_table().table_name(table).send().await {
        Ok(answer) => answer.table().map(read).map(Some).ok_or_else(|| {
            Fault::permanent(format!(
                "DynamoDB's answer about the table {table} is empty"
            ))
        }),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Fault::of(&table_resource(table), "read", error)),
    }
}

fn read(table: &TableDescription) -> Table {
    let indexes = table.global_secondary_indexes();
    let is_active = table.table_status() == Some(&TableStatus::Active)
        && indexes
            .iter()
            .all(|index| index.index_status() == Some(&IndexStatus::Active));
    let whole = Part {
        index: None,
        ..part(table.provisioned_throughput(), table.on_demand_throughput())
    };
    let of_indexes = indexes.iter().map(|index| Part {
        index: index.index_name().map(str::to_owned),
        ..part(index.provisioned_throughput(), index.on_demand_throughput())
    });
    Table {
        // A table that was never on-demand has no summary.
        on_demand: table
            .billing_mode_summary()
            .and_then(|summary| summary.billing_mode())
            == Some(&BillingMode::PayPerRequest),
        active: is_active,
        replicas: table.replicas().len(),
        parts: std::iter::once(whole).chain(of_indexes).collect(),
    }
}

fn part(
    provisioned: Option<&ProvisionedThroughputDescription>,
    on_demand: Option<&OnDemandThroughput>,
) -> Part {
    Part {
        index: None,
        capacity: Units {
            read: units(
                provisioned.and_then(ProvisionedThroughputDescription::read_capacity_units),
            ),
            write: units(
                provisioned.and_then(ProvisionedThroughputDescription::write_capacity_units),
            ),
        },
        ceiling: Units {
            read: units(on_demand.and_then(OnDemandThroughput::max_read_request_units)),
            write: units(on_demand.and_then(OnDemandThroughput::max_write_request_units)),
        },
        decreases_today: units(
            provisioned.and_then(ProvisionedThroughputDescription::number_of_decreases_today),
        ),
    }
}

/// A number of `DynamoDB`, whose -1 stands for "no maximum".
fn units(number: Option<i64>) -> u64 {
    number
        .and_then(|number| u64::try_from(number).ok())
        .unwrap_or(0)
}
