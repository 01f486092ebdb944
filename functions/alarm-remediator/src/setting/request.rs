//! The request that sets a value, as a command of the AWS CLI.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Setting, Value};

/// The command: `aws lambda put-function-concurrency --cli-input-json '{"FunctionName":…}'`. Its JSON is the API's:
/// <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html>.
pub(super) fn request(setting: &Setting, value: &Value, revision: Option<&str>) -> String {
    let (command, body) = match (setting, value) {
        (Setting::ReservedConcurrency { function }, Value::Absent) => (
            "lambda delete-function-concurrency",
            json!({"FunctionName": function}),
        ),
        (Setting::ReservedConcurrency { function }, value) => (
            "lambda put-function-concurrency",
            json!({"FunctionName": function, "ReservedConcurrentExecutions": plain(value)}),
        ),
        (Setting::MappingEnabled { mapping }, value) => (
            "lambda update-event-source-mapping",
            json!({"UUID": mapping, "Enabled": plain(value)}),
        ),
        (Setting::MappingParallelization { mapping }, value) => (
            "lambda update-event-source-mapping",
            json!({"UUID": mapping, "ParallelizationFactor": plain(value)}),
        ),
        (Setting::AliasVersion { function, alias }, value) => (
            "lambda update-alias",
            alias_body(function, alias, value, revision),
        ),
        (Setting::TableMode { table }, value) => ("dynamodb update-table", mode_body(table, value)),
        (Setting::TableCapacity { table, index }, value) => (
            "dynamodb update-table",
            throughput_body(
                table,
                index.as_deref(),
                "ProvisionedThroughput",
                &capacity(value),
            ),
        ),
        (Setting::TableCeiling { table, index }, value) => (
            "dynamodb update-table",
            throughput_body(
                table,
                index.as_deref(),
                "OnDemandThroughput",
                &ceiling(value),
            ),
        ),
        (Setting::ShardCount { stream }, value) => (
            "kinesis update-shard-count",
            json!({"StreamName": stream, "TargetShardCount": plain(value), "ScalingType": "UNIFORM_SCALING"}),
        ),
        (Setting::StreamMode { stream }, value) => (
            "kinesis update-stream-mode",
            json!({"StreamARN": stream, "StreamModeDetails": {"StreamMode": plain(value)}}),
        ),
        (Setting::Parameter { name }, value) => (
            "ssm put-parameter",
            json!({"Name": name, "Value": plain(value), "Type": "String", "Overwrite": true}),
        ),
        (Setting::LogRetention { group }, Value::Absent) => (
            "logs delete-retention-policy",
            json!({"logGroupName": group}),
        ),
        (Setting::LogRetention { group }, value) => (
            "logs put-retention-policy",
            json!({"logGroupName": group, "retentionInDays": plain(value)}),
        ),
        (
            Setting::Automation {
                document,
                parameters,
            },
            _,
        ) => (
            "ssm start-automation-execution",
            run_body(document, parameters),
        ),
        (Setting::TaskCount { cluster, service }, value) => (
            "ecs update-service",
            json!({"cluster": cluster, "service": service, "desiredCount": plain(value)}),
        ),
        (Setting::ServiceDeployment { cluster, service }, _) => (
            "ecs update-service",
            json!({"cluster": cluster, "service": service, "forceNewDeployment": true}),
        ),
        (Setting::Redrive { queue, per_second }, _) => (
            "sqs start-message-move-task",
            json!({"SourceArn": queue, "MaxNumberOfMessagesPerSecond": per_second}),
        ),
    };
    // A quotation mark ends the shell's string, and is put in by itself.
    let body = body.to_string().replace('\'', r"'\''");
    format!("aws {command} --cli-input-json '{body}'")
}

/// A value as JSON. Units have a form of their own for each setting.
fn plain(value: &Value) -> serde_json::Value {
    match value {
        // No request names a run: it starts one.
        Value::Absent | Value::NewRun => serde_json::Value::Null,
        Value::Flag(flag) => json!(flag),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Units { read, write } | Value::Provisioned { read, write, .. } => {
            json!([read, write])
        }
    }
}

fn run_body(document: &str, parameters: &BTreeMap<String, String>) -> serde_json::Value {
    let parameters: BTreeMap<_, _> = parameters
        .iter()
        .map(|(name, value)| (name, [value]))
        .collect();
    json!({"DocumentName": document, "Parameters": parameters})
}

fn alias_body(
    function: &str,
    alias: &str,
    version: &Value,
    revision: Option<&str>,
) -> serde_json::Value {
    let mut body = json!({
        "FunctionName": function,
        "Name": alias,
        "FunctionVersion": plain(version),
        "RoutingConfig": {"AdditionalVersionWeights": {}},
    });
    if let Some(revision) = revision {
        body["RevisionId"] = json!(revision);
    }
    body
}

fn mode_body(table: &str, value: &Value) -> serde_json::Value {
    match value {
        Value::Units { .. } => json!({
            "TableName": table,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": capacity(value),
        }),
        Value::Provisioned {
            read,
            write,
            indexes,
        } => {
            let units = |read: &u64, write: &u64| json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write});
            let updates: Vec<_> = indexes
                .iter()
                .map(|(index, (read, write))| {
                    json!({"Update": {"IndexName": index, "ProvisionedThroughput": units(read, write)}})
                })
                .collect();
            json!({
                "TableName": table,
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": units(read, write),
                "GlobalSecondaryIndexUpdates": updates,
            })
        }
        other => json!({"TableName": table, "BillingMode": plain(other)}),
    }
}

fn capacity(value: &Value) -> serde_json::Value {
    match value {
        Value::Units { read, write } => {
            json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write})
        }
        other => plain(other),
    }
}

/// A ceiling; −1 removes it (`OnDemandThroughput` in the API reference of DynamoDB), and 0 stands for none.
fn ceiling(value: &Value) -> serde_json::Value {
    match value {
        Value::Units { read, write } => {
            let units = |units: u64| match units {
                0 => json!(-1),
                units => json!(units),
            };
            json!({"MaxReadRequestUnits": units(*read), "MaxWriteRequestUnits": units(*write)})
        }
        _ => json!({"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}),
    }
}

fn throughput_body(
    table: &str,
    index: Option<&str>,
    name: &str,
    throughput: &serde_json::Value,
) -> serde_json::Value {
    match index {
        None => json!({"TableName": table, name: throughput}),
        Some(index) => json!({
            "TableName": table,
            "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": index, name: throughput}}],
        }),
    }
}
