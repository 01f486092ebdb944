//! Two stacks in one account: nothing may have a name that both would want.

use crate::load::{resources, templates, word};

/// Properties that name a thing for the whole account, by type.
const NAMES: [(&str, &str); 25] = [
    ("AWS::APS::RuleGroupsNamespace", "Name"),
    ("AWS::APS::Workspace", "Alias"),
    ("AWS::CloudFormation::Stack", "StackName"),
    ("AWS::CloudWatch::Alarm", "AlarmName"),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName"),
    ("AWS::CloudWatch::Dashboard", "DashboardName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::Role", "Path"),
    ("AWS::Kinesis::Stream", "Name"),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::Logs::QueryDefinition", "Name"),
    ("AWS::Logs::SubscriptionFilter", "FilterName"),
    ("AWS::RUM::AppMonitor", "Name"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::SSM::Parameter", "Name"),
    ("AWS::Scheduler::Schedule", "Name"),
    ("AWS::Scheduler::ScheduleGroup", "Name"),
    ("AWS::Synthetics::Canary", "Name"),
    ("AWS::XRay::Group", "GroupName"),
];

/// Parameters that begin names, which an operator gives one stack.
const PREFIXES: [&str; 1] = ["${LogGroupPrefix}/"];

/// Types that have no name of their own.
const NAMELESS: [&str; 8] = [
    // Its name is of a policy inside the role.
    "AWS::IAM::Policy",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
];

#[test]
fn a_name_is_left_to_cloudformation_or_carries_the_stacks() {
    for (folder, template) in templates().deployed() {
        for resource in resources(template, "") {
            for (_, property) in NAMES.iter().filter(|(kind, _)| *kind == resource.kind()) {
                let name = &resource.properties()[property];
                let carried = word(name).contains("StackName}")
                    || PREFIXES.iter().any(|prefix| word(name).starts_with(prefix));
                assert!(
                    name.is_null() || carried,
                    "{folder}{}: {property} is {name}",
                    resource.id
                );
            }
        }
    }
}

/// A stack's name may have 128 characters, and a schedule group's 64
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedulegroup.html>).
#[test]
fn a_schedule_groups_name_is_left_to_cloudformation() {
    for (folder, template) in templates().deployed() {
        for group in resources(template, "AWS::Scheduler::ScheduleGroup") {
            assert!(group.properties()["Name"].is_null(), "{folder}{}", group.id);
        }
    }
}

#[test]
fn every_type_is_known_to_the_rule_above() {
    for (folder, template) in templates().deployed() {
        for resource in resources(template, "") {
            let kind = resource.kind();
            let known = NAMES.iter().any(|(known, _)| *known == kind) || NAMELESS.contains(&kind);
            assert!(
                known,
                "{folder}{}: how is {kind} named? Add it to NAMES or NAMELESS",
                resource.id
            );
        }
    }
}

#[test]
fn alarms_have_names_since_people_read_them() {
    for (folder, template) in templates().deployed() {
        for kind in ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"] {
            for alarm in resources(template, kind) {
                let name = word(&alarm.properties()["AlarmName"]);
                let starts = ["${AWS::StackName}-", "${StackName}-"]
                    .iter()
                    .any(|start| name.starts_with(start));
                assert!(starts, "{folder}{}: {name}", alarm.id);
            }
        }
    }
}

#[test]
fn a_nested_stack_has_the_root_stacks_name_the_parameters_that_it_needs_and_is_switched_by_one() {
    let stacks = resources(templates().source(), "AWS::CloudFormation::Stack");
    let (functions, workloads) = (templates().functions(), templates().workloads());
    assert_eq!(stacks.len(), functions.len() + workloads.len());
    for stack in stacks {
        let properties = stack.properties();
        assert_eq!(
            word(&properties["Parameters"]["StackName"]),
            "Ref:AWS::StackName",
            "{}",
            stack.id
        );
        // Picket always monitors itself, and the remediator observes unless a parameter says otherwise.
        let is_optional = !["PicketWorkload", "AlarmRemediatorStack"].contains(&stack.id);
        assert_eq!(stack.condition().is_some(), is_optional, "{}", stack.id);
        let url = word(&properties["TemplateURL"]);
        let folder = url
            .strip_suffix("/template.yaml")
            .expect("a nested template");
        let template = match folder.split_once('/') {
            Some(("functions", name)) => &functions[name],
            Some(("workloads", name)) => &workloads[name],
            _ => panic!("{folder} is the folder of neither a function nor a workload"),
        };
        // A threshold of a workload has its default there, and is not given.
        let declared = template["Parameters"].as_object().expect("parameters");
        let given = properties["Parameters"].as_object().expect("parameters");
        for (name, parameter) in declared {
            let has_default = !parameter["Default"].is_null();
            assert!(
                given.contains_key(name) || has_default,
                "{folder} wants {name}"
            );
        }
        for name in given.keys() {
            assert!(declared.contains_key(name), "{folder} does not want {name}");
        }
    }
}
