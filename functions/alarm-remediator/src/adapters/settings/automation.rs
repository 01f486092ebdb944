//! The runs of Automation documents.

use std::collections::BTreeMap;

use aws_sdk_ssm::{
    Client,
    error::ProvideErrorMetadata,
    operation::start_automation_execution::StartAutomationExecutionError,
    types::{
        AutomationExecutionFilter, AutomationExecutionFilterKey, AutomationExecutionMetadata,
        AutomationExecutionStatus as Status,
    },
};
use picket_aws::{Fault, fault::Resource};
use sha2::{Digest, Sha256};

use super::not_of_its_kind;
use crate::setting::{Reading, Value, Write};

pub(in crate::adapters) fn document_resource(document: &str) -> Resource {
    Resource::new("document", document, "create it or correct the playbook")
}

/// The id of a document's newest execution (`ssm:DescribeAutomationExecutions`), which Systems Manager keeps for 30
/// days. Settled while none is under way.
pub(super) async fn read(client: &Client, document: &str) -> Result<Option<Reading>, Fault> {
    let filter = AutomationExecutionFilter::builder()
        .key(AutomationExecutionFilterKey::DocumentNamePrefix)
        .values(document)
        .build()
        .map_err(|error| Fault::permanent("the filter has no key").because(error))?;
    let mut executions = client
        .describe_automation_executions()
        .filters(filter)
        .into_paginator()
        .items()
        .send();
    let (mut newest, mut settled) = (None, true);
    while let Some(execution) = executions.next().await {
        let execution = execution
            .map_err(|error| Fault::of(&document_resource(document), "read the runs of", error))?;
        // The filter is of a prefix.
        if execution.document_name() != Some(document) {
            continue;
        }
        settled &= has_ended(&execution);
        let started = execution.execution_start_time;
        if newest.as_ref().is_none_or(|(time, _)| *time < started) {
            newest = Some((started, execution.automation_execution_id));
        }
    }
    let id = newest.and_then(|(_, id)| id);
    Ok(Some(Reading {
        value: id.map_or(Value::Absent, Value::Text),
        revision: None,
        settled,
    }))
}

/// Whether an execution is in a state that it does not leave:
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-statuses.html>.
fn has_ended(execution: &AutomationExecutionMetadata) -> bool {
    matches!(
        execution.automation_execution_status(),
        Some(
            Status::Success
                | Status::Failed
                | Status::Timedout
                | Status::Cancelled
                | Status::CompletedWithSuccess
                | Status::CompletedWithFailure
                | Status::Rejected
                | Status::Exited
                | Status::ChangeCalendarOverrideRejected
        )
    )
}

/// Runs a document (`ssm:StartAutomationExecution`). The token makes a retry of a request whose answer was lost start
/// nothing.
pub(super) async fn start(
    client: &Client,
    document: &str,
    parameters: &BTreeMap<String, String>,
    write: &Write,
) -> Result<(), Fault> {
    if write.to != Value::NewRun {
        return Err(not_of_its_kind(&write.to.to_string()));
    }
    let mut request = client
        .start_automation_execution()
        .document_name(document)
        .client_token(token(write));
    for (name, value) in parameters {
        request = request.parameters(name, vec![value.clone()]);
    }
    let Err(error) = request.send().await else {
        return Ok(());
    };
    let said =
        |error: &StartAutomationExecutionError| error.message().unwrap_or("no reason").to_owned();
    Err(match error.as_service_error() {
        Some(refused) if refused.is_automation_execution_limit_exceeded_exception() => {
            Fault::permanent(format!(
                "Systems Manager refuses to run the document {document}, a quota is reached: {}",
                said(refused)
            ))
            .because(error)
        }
        Some(refused)
            if refused.is_invalid_automation_execution_parameters_exception()
                || refused.is_automation_definition_not_found_exception()
                || refused.is_invalid_target() =>
        {
            Fault::permanent(format!(
                "Systems Manager refuses to run the document {document}: {}",
                said(refused)
            ))
            .because(error)
        }
        _ => Fault::of(&document_resource(document), "run", error),
    })
}

/// The token of a write, in the form of a UUID. It can't be used again
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html>), and the last
/// execution is forgotten after 30 days, so that it is made of the attempt too, which its retry has in common.
fn token(write: &Write) -> String {
    let attempt = write.revision.as_deref().unwrap_or_default();
    let text = format!("{} after {} for {attempt}", write.request(), write.from);
    let hex = hex::encode(&Sha256::digest(text.as_bytes())[..16]);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}
