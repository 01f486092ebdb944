//! Who may publish and send, and how.

use serde_json::{Value, json};

use super::{all, policies_of, role, statement, statements};
use crate::load::{resource, resources, templates, word, words};

#[test]
fn services_of_this_account_may_always_publish() {
    let policy = resource(templates().translated(), "TopicPolicy");
    assert_eq!(
        words(&policy.properties()["Topics"]),
        ["Ref:CriticalTopic", "Ref:WarningTopic", "Ref:InfoTopic"]
    );
    let mut services = Vec::new();
    for sid in ["Services", "ManagedPrometheus"] {
        let own = statement(policy, sid);
        services.extend(words(&own["Principal"]["Service"]));
        assert!(words(&own["Action"]).contains(&"sns:Publish".to_owned()));
        let own_account = json!({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}});
        assert_eq!(
            own["Condition"], own_account,
            "{sid}: whatever OrganizationId is"
        );
    }
    services.sort();
    assert_eq!(
        services,
        [
            "aps.amazonaws.com",
            "budgets.amazonaws.com",
            "cloudwatch.amazonaws.com",
            "costalerts.amazonaws.com"
        ]
    );
}

#[test]
fn other_accounts_of_the_organization_publish_alarms_alone() {
    for policy in resources(templates().translated(), "AWS::SNS::TopicPolicy") {
        for statement in statements(policy) {
            let condition = &statement["Condition"]["StringEquals"];
            if condition["aws:SourceOrgID"].is_null() {
                continue;
            }
            assert_eq!(policy.id, "TopicPolicy");
            assert_eq!(
                words(&statement["Principal"]["Service"]),
                ["cloudwatch.amazonaws.com"]
            );
            assert_eq!(word(&condition["aws:SourceOrgID"]), "Ref:OrganizationId");
        }
    }
    let listed = &resource(templates().translated(), "TopicPolicy").properties()["PolicyDocument"];
    let mut conditional = listed["Statement"].as_array().into_iter().flatten();
    assert!(conditional.any(|statement| {
        statement["Fn::If"][0] == "InOrganization"
            && statement["Fn::If"][1]["Sid"] == "AlarmsOfTheOrganization"
    }));
}

#[test]
fn the_fallback_topic_takes_alarms_of_this_account_alone() {
    let policy = resource(templates().translated(), "FallbackTopicPolicy");
    assert_eq!(words(&policy.properties()["Topics"]), ["Ref:FallbackTopic"]);
    let allowed: Vec<&Value> = statements(policy)
        .filter(|statement| statement["Effect"] == "Allow")
        .collect();
    let [allowed] = allowed.as_slice() else {
        panic!("one publisher")
    };
    assert_eq!(
        allowed["Principal"],
        json!({"Service": "cloudwatch.amazonaws.com"})
    );
    let own_account = json!({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}});
    assert_eq!(allowed["Condition"], own_account);
}

/// Every topic, queue and bucket denies requests without TLS.
#[test]
fn topics_queues_and_buckets_deny_transport_without_tls() {
    let mut seen = 0;
    for (name, template) in all() {
        for (kind, policy, property, actions) in [
            (
                "AWS::SNS::Topic",
                "AWS::SNS::TopicPolicy",
                "Topics",
                "sns:Publish",
            ),
            (
                "AWS::SQS::Queue",
                "AWS::SQS::QueuePolicy",
                "Queues",
                "sqs:*",
            ),
        ] {
            for resource in resources(template, kind) {
                seen += 1;
                let policies = policies_of(template, policy, property, resource.id);
                let [policy] = policies.as_slice() else {
                    panic!("{name}: {} has {} policies", resource.id, policies.len())
                };
                denies(&name, statement(*policy, "OnlyTls"), actions);
            }
        }
        for bucket in resources(template, "AWS::S3::Bucket") {
            seen += 1;
            let of = format!("Ref:{}", bucket.id);
            let policies = resources(template, "AWS::S3::BucketPolicy");
            let mut own = policies
                .into_iter()
                .filter(|policy| word(&policy.properties()["Bucket"]) == of);
            let policy = own
                .next()
                .unwrap_or_else(|| panic!("{name}: {} has no policy", bucket.id));
            denies(&name, statement(policy, "OnlyTls"), "s3:*");
        }
    }
    // Seven topics, two queues and two buckets; a topic and a queue of each separate stack; a canary's bucket.
    assert_eq!(seen, 16);
}

fn denies(name: &str, statement: &Value, action: &str) {
    assert_eq!(statement["Effect"], "Deny", "{name}");
    assert_eq!(statement["Principal"], "*", "{name}");
    assert_eq!(statement["Action"], action, "{name}");
    assert_eq!(
        statement["Condition"],
        json!({"Bool": {"aws:SecureTransport": "false"}}),
        "{name}"
    );
}

#[test]
fn a_schedules_role_is_for_the_schedule_group_of_this_account() {
    for id in ["ScheduleRole", "ProbeScheduleRole", "CostScheduleRole"] {
        let (trust, _) = role(templates().translated(), id);
        let condition = &trust["Condition"]["StringEquals"];
        assert_eq!(
            word(&condition["aws:SourceAccount"]),
            "Ref:AWS::AccountId",
            "{id}"
        );
        let group = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default";
        assert_eq!(word(&condition["aws:SourceArn"]), group, "{id}");
    }
    for schedule in resources(templates().translated(), "AWS::Scheduler::Schedule") {
        let group = &schedule.properties()["GroupName"];
        assert!(
            group.is_null(),
            "{}: the group is the default one",
            schedule.id
        );
    }
}

#[test]
fn the_event_processor_writes_records_and_its_mapping_lists_streams() {
    let (_, allowed) = role(templates().translated(), "EventProcessorRole");
    let resource_of = |sid: &str| {
        let found = allowed.iter().find(|statement| statement["Sid"] == sid);
        word(&found.unwrap_or_else(|| panic!("no {sid}"))["Resource"])
    };
    assert_eq!(
        resource_of("Quarantine"),
        "${QuarantineBucket.Arn}/records/*"
    );
    assert_eq!(
        resource_of("MappingSetsAside"),
        "${QuarantineBucket.Arn}/aws/lambda/*"
    );
    assert_eq!(resource_of("MappingListsStreams"), "*");
    assert_eq!(event_processor_keys(), "records/");
}

/// The beginning of the keys that the event processor writes.
fn event_processor_keys() -> &'static str {
    event_processor::quarantine::entry::OURS
}
