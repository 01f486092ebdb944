//! The facts about a dead-letter queue, its source and the source's consumer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::playbooks::RedriveQueue;

use super::{
    ports::{Consumer, Queue, ReadPorts},
    target,
};
use crate::{
    actions::{
        function::{Health, read_health, window_start},
        series::whole,
    },
    audit::ReadAudit,
    guards::last_changed,
    model::{Candidate, Home},
    reads::{MetricQuery, ReadMetrics, ReadSetting, ReadTags},
    setting::{Reading, Setting},
};

/// A dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedriveFacts {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The queue as SQS has it.
    pub queue: Queue,
    /// The last move of its messages.
    pub last_move: Reading,
    /// The counts of its messages in the last minutes, the oldest first.
    pub counts: Vec<u64>,
    /// The tags of its source, where it has one.
    pub source_tags: BTreeMap<String, String>,
    /// The consumers of its source.
    pub consumers: Vec<Consumer>,
    /// The metrics of the function of the enabled consumer, where there is exactly one.
    pub health: Health,
    /// When the remediator last began a change of it.
    pub last_changed: Option<Timestamp>,
}

/// Reads the facts; `None` where the queue does not exist.
pub(crate) async fn read_facts(
    candidate: &Candidate<'_>,
    bounds: RedriveQueue,
    home: &Home,
    ports: &(impl ReadPorts + ReadSetting + ReadTags + ReadMetrics + ReadAudit),
    now: Timestamp,
) -> Result<Option<RedriveFacts>, Fault> {
    let name = target::name(&candidate.target);
    let Some(queue) = ports.queue(name).await? else {
        return Ok(None);
    };
    let arn = home.arn("sqs", name);
    let setting = setting(&arn, bounds);
    let query = [counts_of(name)];
    let (tags, last_move, values, last_changed) = tokio::try_join!(
        ports.tags(&arn),
        ports.setting(&setting),
        ports.metrics(&query, window_start(now), now),
        last_changed(candidate, ports, now),
    )?;
    let Some(last_move) = last_move else {
        return Ok(None);
    };
    let (source_tags, consumers) = match queue.sources.as_slice() {
        [source] => {
            let arn = home.arn("sqs", source);
            tokio::try_join!(ports.tags(&arn), ports.consumers(&arn))?
        }
        _ => (BTreeMap::new(), Vec::new()),
    };
    let enabled: Vec<_> = enabled(&consumers).collect();
    let health = match enabled.as_slice() {
        [one] => read_health(ports, &one.function, None, window_start(now), now).await?,
        _ => Health::default(),
    };
    let counts = values.first().into_iter().flatten();
    Ok(Some(RedriveFacts {
        tags,
        queue,
        last_move,
        counts: counts.map(|value| whole(*value)).collect(),
        source_tags,
        consumers,
        health,
        last_changed,
    }))
}

/// The setting of the queue with this ARN.
pub(super) fn setting(arn: &str, bounds: RedriveQueue) -> Setting {
    Setting::Redrive {
        queue: arn.to_owned(),
        per_second: bounds.per_second,
    }
}

/// The consumers that are enabled.
pub(super) fn enabled(consumers: &[Consumer]) -> impl Iterator<Item = &Consumer> {
    consumers.iter().filter(|consumer| consumer.mapping.enabled)
}

/// The messages that wait, by the minute:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
/// Messages that fail do not count as sent to the dead-letter queue, so that `NumberOfMessagesSent` shows none of them.
fn counts_of(queue: &str) -> MetricQuery {
    MetricQuery {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        dimensions: vec![("QueueName", queue.to_owned())],
        statistic: "Maximum",
    }
}
