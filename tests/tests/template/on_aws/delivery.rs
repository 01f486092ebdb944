//! EventBridge → SNS → forwarder.

use serde_json::{Value, json};

use super::{all, policies_of, role, separate, statement, statements};
use crate::load::{resource, resources, templates, word, words};

#[test]
fn every_rule_publishes_with_the_role_of_its_stack_and_keeps_what_it_cannot_publish() {
    for (name, template) in separate() {
        let rules = resources(template, "AWS::Events::Rule");
        assert!(!rules.is_empty(), "{name}");
        for rule in rules {
            for target in rule.properties()["Targets"].as_array().expect("targets") {
                let of = |property: &Value| word(property);
                assert_eq!(
                    of(&target["RoleArn"]),
                    "GetAtt:PublishRole.Arn",
                    "{name}: {}",
                    rule.id
                );
                let queue = of(&target["DeadLetterConfig"]["Arn"]);
                assert_eq!(queue, "GetAtt:FailureQueue.Arn", "{name}: {}", rule.id);
            }
        }
    }
}

#[test]
fn the_role_is_for_the_rules_of_its_stack_and_for_the_topics_alone() {
    for (name, template, rules, topics) in [
        (
            "account.yaml",
            templates().account(),
            "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/picket-*",
            json!({"Ref": "AccountTopic"}),
        ),
        (
            "service-events.yaml",
            templates().service_events(),
            "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${AWS::StackName}-*",
            json!(
                ["Critical", "Warning", "Info"]
                    .map(|topic| json!({"Fn::ImportValue": {"Fn::Sub": format!("${{PicketStack}}-{topic}Topic")}}))
            ),
        ),
    ] {
        let (trust, allowed) = role(template, "PublishRole");
        assert_eq!(trust["Principal"]["Service"], "events.amazonaws.com", "{name}");
        let condition = &trust["Condition"];
        assert_eq!(word(&condition["ArnLike"]["aws:SourceArn"]), rules, "{name}");
        let account = word(&condition["StringEquals"]["aws:SourceAccount"]);
        assert_eq!(account, "Ref:AWS::AccountId", "{name}");
        let [allowed] = allowed.as_slice() else {
            panic!("{name}: one statement")
        };
        assert_eq!(allowed["Action"], "sns:Publish", "{name}");
        assert_eq!(allowed["Resource"], topics, "{name}");
    }
    // The names of account.yaml's rules are its own.
    for rule in resources(templates().account(), "AWS::Events::Rule") {
        assert!(
            word(&rule.properties()["Name"]).starts_with("picket-"),
            "{}",
            rule.id
        );
    }
}

#[test]
fn no_topic_policy_admits_eventbridge() {
    for (name, template) in all() {
        for policy in resources(template, "AWS::SNS::TopicPolicy") {
            for statement in statements(policy) {
                let services = words(&statement["Principal"]["Service"]);
                assert!(
                    !services.contains(&"events.amazonaws.com".to_owned()),
                    "{name}: {}",
                    policy.id
                );
            }
        }
    }
}

#[test]
fn the_queue_for_what_could_not_be_delivered_admits_its_sources_and_has_an_alarm() {
    for (name, template) in separate() {
        let [policy] = policies_of(template, "AWS::SQS::QueuePolicy", "Queues", "FailureQueue")[..]
        else {
            panic!("{name}: one policy")
        };
        let rules = statement(policy, "RulesGiveUp");
        assert_eq!(
            rules["Principal"]["Service"], "events.amazonaws.com",
            "{name}"
        );
        assert_eq!(words(&rules["Action"]), ["sqs:SendMessage"], "{name}");
        let (trust, _) = role(template, "PublishRole");
        assert_eq!(
            rules["Condition"]["ArnLike"], trust["Condition"]["ArnLike"],
            "{name}: the same rules"
        );
        let queue = resource(template, "FailureQueue").properties();
        assert_eq!(queue["MessageRetentionPeriod"], 1_209_600, "{name}");
        let alarm = resource(template, "FailureQueueDepthAlarm").properties();
        let watched = word(&alarm["Dimensions"][0]["Value"]);
        assert_eq!(watched, "GetAtt:FailureQueue.QueueName", "{name}");
    }
    let actions = |alarm: &str| {
        let alarm = resource(templates().service_events(), alarm).properties();
        alarm["AlarmActions"].clone()
    };
    assert_eq!(
        actions("FailureQueueDepthAlarm"),
        json!([{"Fn::ImportValue": {"Fn::Sub": "${PicketStack}-FallbackTopic"}}])
    );
}

#[test]
fn what_service_events_imports_the_root_stack_exports() {
    let text = templates().service_events().to_string();
    let outputs = templates().source()["Outputs"]
        .as_object()
        .expect("outputs");
    let exported: Vec<String> = outputs
        .values()
        .filter_map(|output| {
            Some(
                output["Export"]["Name"]["Fn::Sub"]
                    .as_str()?
                    .replace("${AWS::StackName}-", ""),
            )
        })
        .collect();
    let imported = text
        .split("${PicketStack}-")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for name in imported.filter(|name| !name.starts_with("${")) {
        assert!(exported.contains(&name.to_owned()), "{name}: {exported:?}");
    }
}

/// EventBridge does not see node-based `ElastiCache` clusters; they publish to a topic, and do not support
/// aws:SourceAccount.
#[test]
fn elasticache_clusters_have_a_topic_of_their_own() {
    let template = templates().service_events();
    let topic = resource(template, "ClusterTopic");
    assert_eq!(topic.condition(), Some("PublishesElastiCache"));
    assert!(
        topic.properties()["KmsMasterKeyId"].is_null(),
        "an encrypted topic is inactive"
    );
    let name = word(&topic.properties()["TopicName"]);
    assert!(
        name.ends_with("-${ElastiCacheEvents}"),
        "the forwarder reads the severity from {name}"
    );
    let clusters = statement(resource(template, "ClusterTopicPolicy"), "Clusters");
    assert_eq!(
        clusters["Condition"],
        json!({"StringEquals": {"aws:SourceOwner": {"Ref": "AWS::AccountId"}}})
    );
    let subscription = resource(template, "ClusterSubscription").properties();
    let redrive = &subscription["RedrivePolicy"]["deadLetterTargetArn"];
    assert_eq!(word(redrive), "GetAtt:FailureQueue.Arn");
    let gives_up = statement(resource(template, "FailureQueuePolicy"), "TopicGivesUp");
    assert_eq!(
        word(&gives_up["Condition"]["ArnEquals"]["aws:SourceArn"]),
        "Ref:ClusterTopic"
    );
    let permission = resource(template, "ClusterPermission").properties();
    assert_eq!(word(&permission["SourceArn"]), "Ref:ClusterTopic");
    assert_eq!(permission["FunctionName"], subscription["Endpoint"]);
}
