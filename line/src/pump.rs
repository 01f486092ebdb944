//! The way from a topic to its functions. Lambda takes SNS's messages asynchronously and tries a failing function three
//! times; the emulator's own subscription tries once. So each topic feeds a queue, and each message is an asynchronous
//! invocation.

mod event;

use std::sync::Arc;

use anyhow::{Context, Result};
use aws_sdk_lambda::{primitives::Blob, types::InvocationType};
use aws_sdk_sqs::types::{Message, QueueAttributeName};
use picket_shared::{
    clock::{Clock, SystemClock},
    fleet::FleetMessage,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub use event::lambda_event;

use crate::{
    aws::Clients,
    deploy::Outputs,
    journal::{Journal, LineEvent},
};

/// Which functions listen to which topics, by logical id: the template's subscriptions, which an emulator leaves out.
pub const SUBSCRIPTIONS: [(&str, &[&str]); 3] = [
    ("CriticalTopic", &["SlackForwarder", "AlarmRemediator"]),
    ("WarningTopic", &["SlackForwarder", "AlarmRemediator"]),
    ("InfoTopic", &["SlackForwarder"]),
];

/// SQS holds a receive open this long.
const WAIT_SECONDS: i32 = 1;

/// Carries messages until it is dropped.
#[derive(Debug)]
pub struct Pump {
    _tasks: JoinSet<()>,
}

struct Subscription {
    sqs: aws_sdk_sqs::Client,
    lambda: aws_sdk_lambda::Client,
    queue_url: String,
    arn: String,
    functions: Vec<String>,
    journal: Journal,
}

impl Pump {
    /// Subscribes a queue to each topic and starts carrying.
    pub async fn start(clients: &Clients, outputs: &Outputs, journal: &Journal) -> Result<Self> {
        let mut tasks = JoinSet::new();
        for (topic, functions) in SUBSCRIPTIONS {
            let functions = functions
                .iter()
                .map(|function| Ok(outputs.get(function)?.to_owned()))
                .collect::<Result<_>>()?;
            let line = subscribe(clients, outputs.get(topic)?, functions, journal)
                .await
                .with_context(|| format!("{topic} cannot be listened to"))?;
            tasks.spawn(Arc::new(line).carry());
        }
        Ok(Self { _tasks: tasks })
    }
}

async fn subscribe(
    clients: &Clients,
    topic: &str,
    functions: Vec<String>,
    journal: &Journal,
) -> Result<Subscription> {
    let Subscribed { queue_url, arn } = Subscribed::to(clients, topic).await?;
    Ok(Subscription {
        sqs: clients.sqs(),
        lambda: clients.lambda(),
        queue_url,
        arn,
        functions,
        journal: journal.clone(),
    })
}

/// A queue that gets what is published to a topic.
#[derive(Debug)]
pub(crate) struct Subscribed {
    pub(crate) queue_url: String,
    /// The subscription's.
    pub(crate) arn: String,
}

impl Subscribed {
    /// Makes a queue and subscribes it to the topic.
    pub(crate) async fn to(clients: &Clients, topic: &str) -> Result<Self> {
        let sqs = clients.sqs();
        let name = format!("line-{}", topic.rsplit(':').next().unwrap_or(topic));
        let queue = sqs.create_queue().queue_name(name).send().await?;
        let queue_url = queue.queue_url.context("the queue has no address")?;
        let attributes = sqs
            .get_queue_attributes()
            .queue_url(&queue_url)
            .attribute_names(QueueAttributeName::QueueArn)
            .send()
            .await?;
        let arn = attributes
            .attributes()
            .and_then(|attributes| attributes.get(&QueueAttributeName::QueueArn));
        let arn = arn.context("the queue has no ARN")?;
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }]});
        sqs.set_queue_attributes()
            .queue_url(&queue_url)
            .attributes(QueueAttributeName::Policy, policy.to_string())
            .send()
            .await?;
        let subscription = clients
            .sns()
            .subscribe()
            .topic_arn(topic)
            .protocol("sqs")
            .endpoint(arn)
            .return_subscription_arn(true)
            .send()
            .await?;
        Ok(Self {
            queue_url,
            arn: subscription.subscription_arn.unwrap_or_default(),
        })
    }
}

impl Subscription {
    async fn carry(self: Arc<Self>) {
        loop {
            let turn = match self.receive().await {
                Ok(messages) => self.pass_on(messages).await,
                Err(error) => Err(error),
            };
            if let Err(error) = turn {
                tracing::warn!("the pump stumbles: {error:#}");
                SystemClock.sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }

    async fn receive(&self) -> Result<Vec<Message>> {
        let answer = self
            .sqs
            .receive_message()
            .queue_url(&self.queue_url)
            .wait_time_seconds(WAIT_SECONDS)
            .max_number_of_messages(10);
        Ok(answer.send().await?.messages.unwrap_or_default())
    }

    async fn pass_on(&self, messages: Vec<Message>) -> Result<()> {
        for message in messages {
            let body: Value = serde_json::from_str(message.body().unwrap_or_default())
                .context("a queue's message is not SNS's")?;
            self.show(&body);
            let event = serde_json::to_vec(&lambda_event(&body, &self.arn))?;
            for function in &self.functions {
                self.lambda
                    .invoke()
                    .function_name(function)
                    .invocation_type(InvocationType::Event)
                    .payload(Blob::new(event.clone()))
                    .send()
                    .await
                    .with_context(|| format!("{function} does not take a message"))?;
            }
            let handle = message.receipt_handle().unwrap_or_default();
            self.sqs
                .delete_message()
                .queue_url(&self.queue_url)
                .receipt_handle(handle)
                .send()
                .await?;
        }
        Ok(())
    }

    /// Writes the messages of Picket's functions into the journal.
    fn show(&self, body: &Value) {
        let message = body["Message"]
            .as_str()
            .and_then(|text| serde_json::from_str::<Value>(text).ok());
        let event = match message.as_ref().and_then(FleetMessage::read) {
            Some(Ok(FleetMessage::Remediation(message))) => LineEvent::Plan { message },
            Some(Ok(FleetMessage::CostReport(report))) => LineEvent::Report { report },
            Some(Err(error)) => LineEvent::Note {
                text: format!("a fleet message cannot be read: {error}"),
            },
            Some(Ok(FleetMessage::SeriesCeiling(warning))) => LineEvent::Note {
                text: format!(
                    "{} metric(s) are at a ceiling of series",
                    warning.metrics.len()
                ),
            },
            // The forwarder makes it, and publishes it to no topic.
            Some(Ok(FleetMessage::HealthReport(_) | FleetMessage::Heartbeat(_))) | None => return,
        };
        self.journal.write(SystemClock.now(), event);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TEMPLATES: [&str; 2] = [
        include_str!("../../template.yaml"),
        include_str!("../../functions/alarm-remediator/template.yaml"),
    ];

    fn value<'t>(line: &'t str, key: &str) -> Option<&'t str> {
        line.trim().strip_prefix(key)
    }

    #[test]
    fn the_pump_carries_what_the_templates_subscriptions_would() {
        let lines: Vec<&str> = TEMPLATES
            .iter()
            .flat_map(|template| template.lines())
            .collect();
        let subscribed = lines.windows(3).filter_map(|three| {
            // A nested template has the topic as a parameter.
            let topic = value(three[0], "TopicArn: !Ref ")?.trim_end_matches("Arn");
            value(three[1], "Protocol: lambda")?;
            let function = value(three[2], "Endpoint: !GetAtt ")?.strip_suffix(".Arn")?;
            Some((topic, function))
        });
        let carried = SUBSCRIPTIONS
            .iter()
            .flat_map(|(topic, functions)| functions.iter().map(|function| (*topic, *function)));
        assert_eq!(
            carried.collect::<BTreeSet<_>>(),
            subscribed.collect::<BTreeSet<_>>()
        );
    }
}
