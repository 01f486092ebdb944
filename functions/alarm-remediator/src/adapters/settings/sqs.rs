//! The moves of messages out of dead-letter queues.

use aws_sdk_sqs::{
    Client, error::ProvideErrorMetadata,
    operation::list_message_move_tasks::ListMessageMoveTasksError,
};
use picket_aws::Fault;

use super::not_of_its_kind;
use crate::{
    adapters::sqs::queue_resource,
    setting::{Reading, Value},
};

/// The states of a task that has ended; `RUNNING` and `CANCELLING` are the others:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasksResultEntry.html>.
const ENDED: [&str; 3] = ["COMPLETED", "CANCELLED", "FAILED"];

/// The start of the last move (`sqs:ListMessageMoveTasks`), of which SQS returns the newest first. Settled while none is
/// under way.
pub(super) async fn read_move(client: &Client, arn: &str) -> Result<Option<Reading>, Fault> {
    // Ten is the most that SQS returns.
    let answer = client
        .list_message_move_tasks()
        .source_arn(arn)
        .max_results(10)
        .send()
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(ListMessageMoveTasksError::is_resource_not_found_exception) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(Fault::of(&queue_resource(arn), "read the moves of", error)),
    };
    let tasks = answer.results();
    let newest = tasks.iter().map(|task| task.started_timestamp).max();
    let started = newest.and_then(|started| u64::try_from(started).ok());
    let has_ended = |status: Option<&str>| status.is_some_and(|status| ENDED.contains(&status));
    Ok(Some(Reading {
        value: started.map_or(Value::Absent, Value::Number),
        revision: None,
        settled: tasks.iter().all(|task| has_ended(task.status())),
    }))
}

/// Starts a move (`sqs:StartMessageMoveTask`). SQS refuses a second one while one runs, so that the SDK's retry of a
/// request whose answer was lost starts none.
pub(super) async fn start_move(
    client: &Client,
    arn: &str,
    per_second: u32,
    to: &Value,
) -> Result<(), Fault> {
    if *to != Value::NewRun {
        return Err(not_of_its_kind(&to.to_string()));
    }
    let rate = i32::try_from(per_second).map_err(|error| {
        Fault::permanent(format!("{per_second} is no rate of messages")).because(error)
    })?;
    let Err(error) = client
        .start_message_move_task()
        .source_arn(arn)
        .max_number_of_messages_per_second(rate)
        .send()
        .await
    else {
        return Ok(());
    };
    let said = error.message().unwrap_or("no reason").to_owned();
    let resource = queue_resource(arn);
    // A code of the JSON protocol, or the same of the query protocol, which a header has beside it.
    Err(match error.code() {
        Some("UnsupportedOperation" | "AWS.SimpleQueueService.UnsupportedOperation") => {
            Fault::permanent(format!(
                "SQS refuses to move the messages of the {resource}: {said}"
            ))
            .because(error)
        }
        Some("RequestThrottled") => Fault::transient(format!(
            "could not move the messages of the {resource} now: {said}"
        ))
        .because(error),
        _ => Fault::of(&resource, "move the messages of", error),
    })
}
