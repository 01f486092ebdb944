//! The topics, and who may speak through them.

use std::collections::BTreeMap;

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
fn one_full_policy_covers_every_topic_that_others_publish_to() {
    let policies = resources(templates().translated(), "AWS::SNS::TopicPolicy");
    let [policy] = policies.as_slice() else {
        panic!("one policy, not {}", policies.len())
    };
    let expected: Vec<String> = TOPICS.iter().map(|topic| format!("Ref:{topic}")).collect();
    assert_eq!(words(&policy.properties()["Topics"]), expected);

    let statements = policy.properties()["PolicyDocument"]["Statement"]
        .as_array()
        .expect("a list of statements");
    let mut services: BTreeMap<&str, &Value> = BTreeMap::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        match statement["Principal"]["Service"].as_str() {
            Some(service) => assert!(
                services.insert(service, statement).is_none(),
                "{service} twice"
            ),
            None => assert_eq!(
                statement["Principal"]["AWS"],
                json!({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"})
            ),
        }
    }
    let known: Vec<&str> = services.keys().copied().collect();
    assert_eq!(
        known,
        [
            "aps.amazonaws.com",
            "budgets.amazonaws.com",
            "cloudwatch.amazonaws.com",
            "costalerts.amazonaws.com",
            "events.amazonaws.com"
        ]
    );
    for (service, statement) in services {
        assert!(words(&statement["Action"]).contains(&"sns:Publish".to_owned()));
        assert_eq!(
            statement["Condition"],
            json!({"StringEquals": {"Fn::If": [
                "InOrganization",
                {"aws:SourceOrgID": {"Ref": "OrganizationId"}},
                {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            ]}}),
            "{service}"
        );
    }
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
