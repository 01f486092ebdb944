//! The setting of log groups: the retention.

use aws_sdk_cloudwatchlogs::Client;
use picket_aws::Fault;

use crate::{
    adapters::logs::{describe, group_resource},
    setting::{Reading, Value},
};

/// Reads the retention in days; absent where events are never deleted.
pub(super) async fn read_retention(client: &Client, group: &str) -> Result<Option<Reading>, Fault> {
    let found = describe(client, group).await?;
    Ok(found.map(|found| Reading {
        value: found.retention_days.map_or(Value::Absent, Value::Number),
        revision: None,
        settled: true,
    }))
}

/// Sets the retention in days; absent removes it.
pub(super) async fn write_retention(client: &Client, group: &str, to: &Value) -> Result<(), Fault> {
    let resource = group_resource(group);
    let days = match to {
        Value::Absent => None,
        Value::Number(days) => Some(i32::try_from(*days).map_err(|error| {
            Fault::permanent(format!("{days} is no number of days")).because(error)
        })?),
        Value::Flag(_)
        | Value::Text(_)
        | Value::Units { .. }
        | Value::Provisioned { .. }
        | Value::NewRun => {
            return Err(Fault::permanent(format!(
                "{to:?} is no retention of the {resource}"
            )));
        }
    };
    match days {
        None => client
            .delete_retention_policy()
            .log_group_name(group)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(&resource, "remove the retention of", error)),
        Some(days) => client
            .put_retention_policy()
            .log_group_name(group)
            .retention_in_days(days)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of(&resource, "set the retention of", error)),
    }
}
