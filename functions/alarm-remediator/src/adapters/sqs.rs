//! Queues, from SQS.

use std::collections::BTreeMap;

use aws_sdk_sqs::{Client, error::ProvideErrorMetadata, types::QueueAttributeName};
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::actions::redrive_queue::{Queue, ReadQueue};

/// The codes of SQS for a queue that does not exist: that of its JSON protocol, and that of the query protocol, which a
/// header has beside it.
const ABSENT: [&str; 2] = [
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
];

pub(super) fn queue_resource(queue: &str) -> Resource {
    Resource::new("queue", queue, "correct the alarm or create the queue")
}

impl ReadQueue for Adapters {
    async fn queue(&self, queue: &str) -> Result<Option<Queue>, Fault> {
        let resource = queue_resource(queue);
        let Some(url) = url(&self.sqs, queue).await? else {
            return Ok(None);
        };
        let messages = QueueAttributeName::ApproximateNumberOfMessages;
        let answer = self
            .sqs
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(messages.clone())
            .send()
            .await
            .map_err(|error| Fault::of(&resource, "read", error))?;
        let count = answer
            .attributes()
            .and_then(|attributes| attributes.get(&messages)?.parse().ok());
        let messages = count.ok_or_else(|| {
            Fault::permanent(format!("SQS gave no number of messages of the {resource}"))
        })?;
        let mut pages = self
            .sqs
            .list_dead_letter_source_queues()
            .queue_url(&url)
            .into_paginator()
            .items()
            .send();
        let mut sources = Vec::new();
        while let Some(source) = pages.next().await {
            let source =
                source.map_err(|error| Fault::of(&resource, "read the sources of", error))?;
            sources.push(name_in(&source).to_owned());
        }
        Ok(Some(Queue { messages, sources }))
    }
}

/// The URL of a queue of this account and region; `None` where it does not exist.
async fn url(client: &Client, queue: &str) -> Result<Option<String>, Fault> {
    match client.get_queue_url().queue_name(queue).send().await {
        Ok(answer) => answer
            .queue_url
            .map(Some)
            .ok_or_else(|| Fault::permanent(format!("SQS gave no URL of the queue {queue}"))),
        Err(error) if error.code().is_some_and(|code| ABSENT.contains(&code)) => Ok(None),
        Err(error) => Err(Fault::of(&queue_resource(queue), "read", error)),
    }
}

/// The queue's name: the last part of a URL.
fn name_in(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The tags of the queue with this ARN.
pub(super) async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
    let name = arn.rsplit(':').next().unwrap_or(arn);
    let resource = queue_resource(name);
    let url = url(client, name).await?;
    let url = url.ok_or_else(|| Fault::permanent(format!("the {resource} does not exist")))?;
    let answer = client.list_queue_tags().queue_url(url).send().await;
    let answer = answer.map_err(|error| Fault::of(&resource, "read the tags of", error))?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
}
