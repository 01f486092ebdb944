//! Fleet messages to our own topics.

use aws_sdk_sns::Client;
use picket_shared::{fleet::FleetMessage, sns::LONGEST_SUBJECT};

use crate::fault::{Fault, Resource};

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

    /// Publishes a message; the subject is that of e-mails, and is brought inside SNS's limits.
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

/// Makes a subject that SNS accepts: ASCII without line breaks that begins with a letter, a digit or punctuation
/// (`Publish`, `Subject`).
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

#[cfg(test)]
mod tests {
    use picket_shared::fleet::Heartbeat;

    use super::*;
    use crate::{
        connector::connector,
        testing::{Server, StubResponse},
    };

    #[test]
    fn a_subject_is_brought_inside_the_limits() {
        let long = "x".repeat(300);
        for (subject, expected) in [
            ("Costs of 2026-11-19", "Costs of 2026-11-19"),
            ("two\nlines\tand é", "two lines and ?"),
            ("  \n ", "Picket"),
            ("", "Picket"),
            (long.as_str(), &long[..99]),
        ] {
            assert_eq!(legal_subject(subject), expected);
        }
    }

    #[tokio::test]
    async fn a_message_goes_to_the_topic_as_json() {
        let answer = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
        let server = Server::answering([StubResponse::ok(answer)]).await;
        let arn = "arn:aws:sns:eu-central-1:111122223333:info";
        let topic = Topic::new(Client::new(&server.config(connector())), arn);
        let sent_at = jiff::Timestamp::UNIX_EPOCH;
        let message = FleetMessage::Heartbeat(Heartbeat {
            stack: "dev".into(),
            sent_at,
        });
        topic.publish(&message, "Hello").await.unwrap();
        let request = &server.texts().await[0];
        for part in [
            "Action=Publish",
            "TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A111122223333%3Ainfo",
            "Subject=Hello",
            "Message=%7B%22picket%22%3A%7B%22kind%22%3A%22heartbeat%22",
        ] {
            assert!(request.contains(part), "{part} in {request}");
        }
    }
}
