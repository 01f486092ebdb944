//! Every alarm has a playbook, or a reason for none.

use std::collections::{BTreeMap, BTreeSet};

use alarm_remediator::{playbook, playbook_for, resources::Resources};
use jiff::Timestamp;
use picket_alarms::{
    Definition, Evaluation,
    cases::Subject,
    payload::{Origin, sns_message},
};
use picket_rules::playbooks::{Action, Resource};
use picket_shared::alarm::{Alarm, State, from_sns_message};
use serde_json::Value;

use crate::{
    alarms::deployed,
    load::{resource, templates, word},
};

/// The playbook of each alarm of the workloads, by the message that CloudWatch publishes; otherwise the reason.
fn explained() -> BTreeMap<String, String> {
    let mut explained = BTreeMap::new();
    for one in deployed().iter().filter(|one| one.is_nested()) {
        for alarm in one.alarms() {
            let (_, name) = alarm
                .name
                .split_once("picket-dev-")
                .expect("the stack's name");
            let answer = match &alarm.subject {
                Subject::Composite(_) => continue,
                Subject::Metric(definition) => {
                    playbook_for(playbook::built_in(), &message(definition))
                }
            };
            let answer = answer.map_or_else(|none| format!("none: {none}"), str::to_owned);
            explained.insert(name.to_owned(), answer);
        }
    }
    explained
}

fn message(definition: &Definition) -> Alarm {
    let at: Timestamp = "2026-11-20T06:00:00Z".parse().expect("a time");
    let origin = Origin {
        arn: format!(
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{}",
            definition.name
        ),
        account: "123456789012".to_owned(),
        region_name: "EU (Ireland)".to_owned(),
        configured_at: at,
    };
    let evaluation = Evaluation {
        state: State::Alarm,
        reason: "Threshold Crossed".to_owned(),
        reason_data: Value::Null,
    };
    let message = sns_message(definition, &origin, State::Ok, &evaluation, at);
    from_sns_message(&message).expect("a message about an alarm")
}

#[test]
fn every_alarm_of_a_workload_has_a_playbook_or_a_reason() {
    insta::assert_json_snapshot!(explained());
}

#[test]
fn the_alarms_of_the_runbooks_have_playbooks() {
    let explained = explained();
    for (alarm, playbook) in [
        ("user-journey-few-events", "user-journey-events"),
        ("user-journey-latency", "user-journey-events"),
        ("user-journey-ai-errors", "user-journey-events"),
        ("user-journey-function-errors", "user-journey-function"),
        ("user-journey-model-errors", "user-journey-models"),
        ("user-journey-stream-behind", "consumer-falls-behind"),
        ("user-journey-stream-write-throttles", "stream-throttles"),
        ("bedrock-no-cost-data", "bedrock-no-cost-data"),
        ("bedrock-error-rate", "bedrock-requests"),
        ("bedrock-circuit-breaker-trips", "bedrock-requests"),
        ("web-api-rest-latency", "web-api-gateway"),
        ("web-api-rest-errors", "web-api-gateway"),
        ("web-api-http-errors", "web-api-gateway"),
        ("web-api-load-balancer-latency", "web-api-load-balancer"),
        ("web-api-endpoint-latency", "web-api-endpoint"),
    ] {
        assert_eq!(explained[alarm], playbook, "{alarm}");
    }
}

#[test]
fn the_template_passes_what_playbooks_name_of_the_stack_and_nothing_else() {
    let nested = resource(templates().source(), "AlarmRemediatorStack");
    let pairs = &nested.properties()["Parameters"]["StackResources"]["Fn::Join"];
    assert_eq!(pairs[0], " ");
    let pairs = pairs[1].as_array().expect("a list").iter();
    let text: Vec<_> = pairs.map(word).collect();
    let given: Resources = text.join(" ").parse().expect("resources are Name=value");
    for key in given.keys() {
        assert_eq!(given.name(key), Some(format!("${{{key}}}").as_str()));
    }
    let given: BTreeSet<&str> = given.keys().collect();
    let mut named = BTreeSet::new();
    for playbook in playbook::built_in().all() {
        if let Action::Diagnose(bounds) = &playbook.action {
            let lists = [
                &bounds.functions,
                &bounds.streams,
                &bounds.tables,
                &bounds.models,
            ];
            for resource in lists.into_iter().flatten() {
                match resource {
                    Resource::OfStack(key) => {
                        named.insert(key.as_str());
                    }
                    Resource::Named(name) => panic!("{}: {name} is nobody's name", playbook.name),
                }
            }
        }
    }
    assert_eq!(given, named);
}

/// The remediator is not subscribed to the topic of information: these two have a composite alarm of severity warning.
#[test]
fn alarms_of_severity_info_with_a_runbook_reach_the_remediator_by_a_composite_alarm() {
    let deployed = deployed();
    let property = |name: &str, property: &str| {
        let name = format!("picket-dev-{name}");
        let mut of = deployed.iter().flat_map(|one| {
            let alarms = one.alarms().filter(|alarm| alarm.name == name);
            alarms.map(|alarm| one.resolved.resources[&alarm.id].properties[property].clone())
        });
        of.next().unwrap_or_else(|| panic!("{name}"))
    };
    for (alarm, composite, warning) in [
        (
            "user-journey-few-events",
            "user-journey-silent",
            "user-journey-function-throttles",
        ),
        (
            "bedrock-no-cost-data",
            "bedrock-silent",
            "bedrock-throttles",
        ),
    ] {
        let rule = word(&property(composite, "AlarmRule"));
        assert!(rule.contains(alarm), "{rule}");
        let actions = |name| property(name, "AlarmActions");
        assert_eq!(actions(composite), actions(warning));
        assert_ne!(actions(composite), actions(alarm));
    }
}
