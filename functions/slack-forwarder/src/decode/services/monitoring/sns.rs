//! SNS about itself: subscriptions to be confirmed.

use crate::decode::event::last_part;
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

pub(super) fn is_subscription(document: Node<'_>) -> bool {
    matches!(
        document.str("Type"),
        "SubscriptionConfirmation" | "UnsubscribeConfirmation"
    ) && document.has("TopicArn")
}

/// The token is left out; the address is for the owner of the topic.
pub(super) fn subscription(document: Node<'_>) -> Notice {
    let topic = document.str("TopicArn");
    let state = if document.str("Type").starts_with("Un") {
        "UNSUBSCRIBED"
    } else {
        "CONFIRMATION NEEDED"
    };
    Notice::new(state, format!("SNS topic {}", last_part(topic)))
        .status(Status::Progress)
        .location(Location::of_arn(topic))
        .because(Some(
            "A subscription of this topic was requested; the owner confirms it in the console"
                .to_owned(),
        ))
        .code("Topic", document.text("TopicArn"))
        .at(document.timestamp("Timestamp"))
}
