//! The settings of tables: mode, capacity and on-demand maximum.

use aws_sdk_dynamodb::{
    Client,
    error::ProvideErrorMetadata,
    operation::update_table::{UpdateTableError, builders::UpdateTableFluentBuilder},
    types::{
        BillingMode, GlobalSecondaryIndexUpdate, OnDemandThroughput, ProvisionedThroughput,
        UpdateGlobalSecondaryIndexAction,
    },
};
use picket_aws::Fault;

use crate::{
    actions::raise_table_throughput::{Part, Table, Units, capacity_of},
    adapters::dynamodb::{describe, table_resource},
    setting::{Reading, Value},
};

/// The value of the mode of an on-demand table.
const PAY_PER_REQUEST: &str = "PAY_PER_REQUEST";

/// Reads the mode: on-demand, or the capacity that provisioned mode has.
pub(super) async fn read_mode(client: &Client, table: &str) -> Result<Option<Reading>, Fault> {
    read(client, table, None, |table, _| {
        if table.on_demand {
            Value::Text(PAY_PER_REQUEST.to_owned())
        } else {
            capacity_of(table.parts.iter())
        }
    })
    .await
}

/// Reads the provisioned capacity; absent in on-demand mode.
pub(super) async fn read_capacity(
    client: &Client,
    table: &str,
    index: Option<&str>,
) -> Result<Option<Reading>, Fault> {
    read(client, table, index, |table, part| {
        if table.on_demand {
            Value::Absent
        } else {
            value(part.capacity)
        }
    })
    .await
}

/// Reads the on-demand maximum, in which 0 is none; absent where it bounds neither reads nor writes.
pub(super) async fn read_ceiling(
    client: &Client,
    table: &str,
    index: Option<&str>,
) -> Result<Option<Reading>, Fault> {
    read(client, table, index, |_, part| {
        if part.ceiling == Units::default() {
            Value::Absent
        } else {
            value(part.ceiling)
        }
    })
    .await
}

async fn read(
    client: &Client,
    table: &str,
    index: Option<&str>,
    value: impl Fn(&Table, &Part) -> Value,
) -> Result<Option<Reading>, Fault> {
    let Some(found) = describe(client, table).await? else {
        return Ok(None);
    };
    let mut parts = found.parts.iter();
    let part = parts.find(|part| part.index.as_deref() == index);
    Ok(part.map(|part| Reading {
        value: value(&found, part),
        revision: None,
        settled: found.active,
    }))
}

const fn value(units: Units) -> Value {
    Value::Units {
        read: units.read,
        write: units.write,
    }
}

/// Sets the mode: on-demand, or provisioned with this capacity.
pub(super) async fn write_mode(client: &Client, table: &str, to: &Value) -> Result<(), Fault> {
    let request = client.update_table().table_name(table);
    let request = match to {
        Value::Text(mode) if mode == PAY_PER_REQUEST => {
            request.billing_mode(BillingMode::PayPerRequest)
        }
        Value::Units { read, write } => request
            .billing_mode(BillingMode::Provisioned)
            .provisioned_throughput(provisioned(*read, *write)?),
        Value::Provisioned {
            read,
            write,
            indexes,
        } => {
            let updates: Result<Vec<_>, _> = indexes
                .iter()
                .map(|(index, (read, write))| {
                    of_index(index, Some(provisioned(*read, *write)?), None)
                })
                .collect();
            request
                .billing_mode(BillingMode::Provisioned)
                .provisioned_throughput(provisioned(*read, *write)?)
                .set_global_secondary_index_updates(Some(updates?))
        }
        Value::Absent | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::NewRun => {
            return Err(unfit("the mode", table, to));
        }
    };
    send(request, table).await
}

/// Sets the provisioned capacity.
pub(super) async fn write_capacity(
    client: &Client,
    table: &str,
    index: Option<&str>,
    to: &Value,
) -> Result<(), Fault> {
    let Value::Units { read, write } = to else {
        return Err(unfit("the capacity", table, to));
    };
    let throughput = provisioned(*read, *write)?;
    let request = client.update_table().table_name(table);
    let request = match index {
        None => request.provisioned_throughput(throughput),
        Some(index) => {
            request.global_secondary_index_updates(of_index(index, Some(throughput), None)?)
        }
    };
    send(request, table).await
}

/// Sets the on-demand maximum; absent removes it.
pub(super) async fn write_ceiling(
    client: &Client,
    table: &str,
    index: Option<&str>,
    to: &Value,
) -> Result<(), Fault> {
    let (read, write) = match to {
        Value::Units { read, write } => (*read, *write),
        Value::Absent => (0, 0),
        Value::Flag(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Provisioned { .. }
        | Value::NewRun => {
            return Err(unfit("the on-demand maximum", table, to));
        }
    };
    // -1 removes a maximum
    // (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html>).
    let units = |units: u64| match units {
        0 => Ok(-1),
        units => number(units),
    };
    let throughput = OnDemandThroughput::builder()
        .max_read_request_units(units(read)?)
        .max_write_request_units(units(write)?)
        .build();
    let request = client.update_table().table_name(table);
    let request = match index {
        None => request.on_demand_throughput(throughput),
        Some(index) => {
            request.global_secondary_index_updates(of_index(index, None, Some(throughput))?)
        }
    };
    send(request, table).await
}

async fn send(request: UpdateTableFluentBuilder, table: &str) -> Result<(), Fault> {
    let Err(error) = request.send().await else {
        return Ok(());
    };
    let said = |error: &UpdateTableError| error.message().unwrap_or("no reason").to_owned();
    // The codes of a quota and of a change that is still applied mean something else than at a read: the account's or
    // the day's allowance is spent, which no retry mends.
    Err(match error.as_service_error() {
        Some(refused) if refused.is_limit_exceeded_exception() => Fault::permanent(format!(
            "DynamoDB refuses the change of the table {table}, a quota is reached: {}",
            said(refused)
        ))
        .because(error),
        Some(refused) if refused.is_resource_in_use_exception() => Fault::transient(format!(
            "DynamoDB refuses the change of the table {table}, it is being changed: {}",
            said(refused)
        ))
        .because(error),
        Some(refused) if refused.code() == Some("ValidationException") => {
            Fault::permanent(format!(
                "DynamoDB refuses the change of the table {table}: {}",
                said(refused)
            ))
            .because(error)
        }
        _ => Fault::of(&table_resource(table), "change", error),
    })
}

fn provisioned(read: u64, write: u64) -> Result<ProvisionedThroughput, Fault> {
    ProvisionedThroughput::builder()
        .read_capacity_units(number(read)?)
        .write_capacity_units(number(write)?)
        .build()
        .map_err(|error| Fault::permanent("the capacity is not whole").because(error))
}

fn of_index(
    index: &str,
    provisioned: Option<ProvisionedThroughput>,
    on_demand: Option<OnDemandThroughput>,
) -> Result<GlobalSecondaryIndexUpdate, Fault> {
    let update = UpdateGlobalSecondaryIndexAction::builder()
        .index_name(index)
        .set_provisioned_throughput(provisioned)
        .set_on_demand_throughput(on_demand)
        .build()
        .map_err(|error| Fault::permanent("the index has no name").because(error))?;
    Ok(GlobalSecondaryIndexUpdate::builder().update(update).build())
}

fn number(units: u64) -> Result<i64, Fault> {
    i64::try_from(units)
        .map_err(|error| Fault::permanent(format!("{units} is no number of units")).because(error))
}

fn unfit(what: &str, table: &str, to: &Value) -> Fault {
    Fault::permanent(format!("{to:?} is no value of {what} of the table {table}"))
}
