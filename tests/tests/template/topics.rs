//! The topics, and who may speak through them.

use serde_json::{Value, json};

use crate::load::{resource, resources, templates, words};

const TOPICS: [&str; 4] = [
    "CriticalTopic",
    "WarningTopic",
    "InfoTopic",
    "FallbackTopic",
];

/// What the forwarder publishes to, and nobody else does.
const EMAIL: [&str; 3] = ["CriticalEmailTopic", "WarningEmailTopic", "InfoEmailTopic"];

#[test]
fn no_topic_has_a_key_with_which_cloudwatch_cannot_publish() {
    let topics = resources(templates().translated(), "AWS::SNS::Topic");
    assert_eq!(topics.len(), TOPICS.len() + EMAIL.len());
    for topic in topics {
        assert!(
            topic.properties()["KmsMasterKeyId"].is_null(),
            "{}",
            topic.id
        );
    }
}

#[test]
fn every_topic_has_one_policy() {
    let policies = resources(templates().translated(), "AWS::SNS::TopicPolicy");
    let mut covered: Vec<String> = policies
        .iter()
        .flat_map(|policy| words(&policy.properties()["Topics"]))
        .collect();
    covered.sort();
    let mut topics: Vec<String> = TOPICS
        .iter()
        .chain(&EMAIL)
        .map(|topic| format!("Ref:{topic}"))
        .collect();
    topics.sort();
    assert_eq!(covered, topics, "each topic has one policy");
}

#[test]
fn people_are_subscribed_by_parameter() {
    for (id, condition, protocol) in [
        ("CriticalEmailSubscription", "HasCriticalEmail", "email"),
        ("CriticalPhoneSubscription", "HasCriticalPhone", "sms"),
        ("WarningEmailSubscription", "HasWarningEmail", "email"),
        ("InfoEmailSubscription", "HasInfoEmail", "email"),
        ("FallbackEmailSubscription", "HasFallbackEmail", "email"),
        ("FallbackPhoneSubscription", "HasFallbackPhone", "sms"),
    ] {
        let subscription = resource(templates().translated(), id);
        assert_eq!(subscription.condition(), Some(condition), "{id}");
        assert_eq!(subscription.properties()["Protocol"], protocol, "{id}");
    }
}

#[test]
fn what_is_published_for_email_goes_to_people_and_never_to_a_function() {
    let subscriptions = resources(templates().translated(), "AWS::SNS::Subscription");
    for topic in EMAIL {
        let arn = json!({"Ref": topic});
        let protocols: Vec<&Value> = subscriptions
            .iter()
            .filter(|subscription| subscription.properties()["TopicArn"] == arn)
            .map(|subscription| &subscription.properties()["Protocol"])
            .collect();
        assert_eq!(protocols, ["email"], "{topic}");
    }
}
