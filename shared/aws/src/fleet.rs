//! Fleet messages to our own topics.

use aws_sdk_sns::Client;
use picket_shared::fleet::FleetMessage;

use crate::fault::{Fault, Resource};

/// SNS's longest `Subject`, in characters (`Publish`).
const LONGEST_SUBJECT: usize = 100;

/// One of our topics.
#[derive(Debug, Clone)]
pub struct Topic {
    client: Client,
    topic: Resource,
}

impl Topic {
    /// The topic of this ARN.
    pub fn new(client: Client, arn: impl Into<String>) -> Self {
        let topic = Resource::new(
            "topic",
            arn,
            "deploy the stack or correct the function's topic variable",
        );
        Self { client, topic }
    }

    /// Publishes a message; the subject is what an e-mail shows, and is brought inside SNS's limits.
    pub async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        self.client
            .publish()
            .topic_arn(self.topic.name())
            .subject(legal_subject(subject))
            .message(message.to_json())
            .send()
            .await
            .map_err(|error| Fault::of(&self.topic, "publish to", error))?;
        Ok(())
    }
}

/// SNS takes a subject of up to 100 ASCII characters, without line breaks, which starts with a letter, a digit or punctuation.
fn legal_subject(subject: &str) -> String {
    let printable = |character: char| {
        if character.is_ascii_graphic() || character == ' ' {
            character
        } else if character.is_whitespace() || character.is_control() {
            ' '
        } else {
            '?'
        }
    };
    let legal: String = subject.chars().map(printable).collect();
    let legal: String = legal.trim().chars().take(LONGEST_SUBJECT).collect();
    if legal.is_empty() {
        "Picket".to_owned()
    } else {
        legal
    }
}
