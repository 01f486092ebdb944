//! A workload's log group, brought into the stream: the emulator takes the filter and its role, and delivers nothing.

use anyhow::{Context, ensure};
use picket_line::line::{Line, Options};

use crate::Outcome;

/// Makes the deployment subscribe a log group.
pub(crate) fn subscribed(mut options: Options) -> Options {
    let parameter = ("SchedulingAgentLogGroupName", "/agents/scheduling");
    options
        .parameters
        .push((parameter.0.to_owned(), parameter.1.to_owned()));
    options
}

/// The filter is there.
pub(crate) async fn deployed(line: &Line) -> Outcome {
    let client = line.clients.cloudformation();
    let answer = client.describe_stacks().send().await?;
    let mut found = false;
    for stack in answer.stacks() {
        let name = stack.stack_name().context("a stack has a name")?;
        let resources = client
            .describe_stack_resources()
            .stack_name(name)
            .send()
            .await?;
        found |= resources.stack_resources().iter().any(|resource| {
            resource.logical_resource_id() == Some("AgentLogSubscription")
                && resource.physical_resource_id().is_some()
        });
    }
    ensure!(found, "no stack has the subscription");
    Ok(())
}
