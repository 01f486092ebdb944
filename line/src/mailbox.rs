//! The mailbox of the subscriber of the critical e-mail topic: messages of SNS are written into the journal.

use anyhow::{Context, Result};
use picket_shared::clock::{Clock, SystemClock};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    aws::Clients,
    deploy::Outputs,
    journal::{Journal, LineEvent},
    pump::Subscribed,
};

/// Where the forwarder reads the topic from.
const TOPIC: &str = "CRITICAL_EMAIL_TOPIC_ARN";
/// SQS holds a receive open this long.
const WAIT_SECONDS: i32 = 1;

/// Reads mail until it is dropped.
#[derive(Debug)]
pub(crate) struct Mailbox {
    _task: JoinSet<()>,
}

impl Mailbox {
    /// Subscribes a queue, as the emulator sends no e-mail, and starts reading.
    pub(crate) async fn open(
        clients: &Clients,
        outputs: &Outputs,
        journal: &Journal,
    ) -> Result<Self> {
        let configuration = clients
            .lambda()
            .get_function_configuration()
            .function_name(outputs.get("SlackForwarder")?)
            .send()
            .await?;
        let topic = configuration
            .environment
            .and_then(|environment| environment.variables?.remove(TOPIC))
            .with_context(|| format!("the forwarder has no {TOPIC}"))?;
        let queue = Subscribed::to(clients, &topic).await?.queue_url;
        let (clients, journal) = (clients.clone(), journal.clone());
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                if let Err(error) = read(&clients, &queue, &journal).await {
                    tracing::warn!("the mailbox cannot be read: {error:#}");
                    SystemClock.sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        });
        Ok(Self { _task: task })
    }
}

async fn read(clients: &Clients, queue: &str, journal: &Journal) -> Result<()> {
    let sqs = clients.sqs();
    let answer = sqs
        .receive_message()
        .queue_url(queue)
        .max_number_of_messages(10)
        .wait_time_seconds(WAIT_SECONDS)
        .send()
        .await?;
    for message in answer.messages.unwrap_or_default() {
        let notification: Value = serde_json::from_str(message.body().unwrap_or_default())?;
        let text = |name: &str| notification[name].as_str().unwrap_or_default().to_owned();
        let event = LineEvent::Email {
            subject: text("Subject"),
            body: text("Message"),
        };
        journal.write(SystemClock.now(), event);
        let handle = message.receipt_handle().unwrap_or_default();
        let delete = sqs.delete_message().queue_url(queue);
        delete.receipt_handle(handle).send().await?;
    }
    Ok(())
}
