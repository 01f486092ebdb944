//! The decisions, and the facts they rest on.

use std::collections::BTreeMap;

use picket_rules::playbooks::{Action, RunAutomation};
use picket_shared::alarm::{State, Watches};
use serde_json::json;

use super::*;
use crate::{
    actions::testing::{
        Account, Case, change, minutes_before, own, parsed, request, sentence, tagged,
    },
    setting::{Reading, Setting, Value},
    testing::now,
};

const ARN: &str = "arn:aws:ssm:eu-west-1:123456789012:document/restart";
const ACTION: &str = "{ run-automation: { document: 'arn:aws:ssm:eu-west-1:123456789012:document/restart', parameters: { Cluster: dimension ClusterName, Alarm: alarm-arn } } }";

fn facts() -> AutomationFacts {
    AutomationFacts {
        tags: tagged(),
        document: Some(document("Automation", &["Alarm", "Cluster", "Reason"])),
        last_run: Reading::settled(Value::Text("e-1".into())),
        last_changed: None,
    }
}

fn document(kind: &str, parameters: &[&str]) -> Document {
    Document {
        kind: kind.into(),
        parameters: parameters.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn case_of(action: &str, clusters: &[&str]) -> Case {
    let mut case = Case::new(action);
    if let Watches::Metric(metric, _) = &mut case.alarm.watches {
        metric.dimensions = clusters
            .iter()
            .map(|cluster| ("ClusterName".to_owned(), (*cluster).to_owned()))
            .collect();
    }
    case
}

fn bounds(case: &Case) -> &RunAutomation {
    let Action::RunAutomation(bounds) = &case.playbooks.all()[0].action else {
        panic!("the playbook runs a document")
    };
    bounds
}

fn decided(action: &str, clusters: &[&str], facts: Option<&AutomationFacts>) -> String {
    let case = case_of(action, clusters);
    let candidate = case.candidate("automation/restart?Cluster=prod");
    let bounds = bounds(&case);
    sentence(decide(&candidate, bounds, facts, &case.scope(), now()))
}

#[test]
fn a_run_has_the_values_of_the_alarm_and_no_others() {
    let case = case_of(ACTION, &["prod"]);
    assert_eq!(case.alarm.state, State::Alarm);
    let bounds = bounds(&case);
    let target = target(&case.playbooks.all()[0], bounds, &case.alarm).unwrap();
    assert_eq!(target, "automation/restart?Cluster=prod");
    let candidate = case.candidate(&target);
    let change = change(decide(
        &candidate,
        bounds,
        Some(&facts()),
        &case.scope(),
        now(),
    ));
    assert_eq!(
        parsed(&change.request()),
        request(
            "ssm start-automation-execution",
            json!({"DocumentName": "restart", "Parameters": {
                "Alarm": ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles"],
                "Cluster": ["prod"],
            }})
        )
    );
    assert_eq!(change.revert(), None);
    assert_eq!(change.write.from, Value::Text("e-1".into()));
    assert_eq!(
        change.write.revision.as_deref(),
        Some("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles 2026-11-20T06:00:00Z")
    );
    let plain = case_of(
        "{ run-automation: { document: 'arn:aws:ssm:eu-west-1:123456789012:document/restart' } }",
        &[],
    );
    let target = super::target(
        &plain.playbooks.all()[0],
        self::bounds(&plain),
        &plain.alarm,
    );
    assert_eq!(target.unwrap(), "automation/restart");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, a row a cause")]
fn each_guard_rail_says_what_it_found() {
    let elsewhere =
        "{ run-automation: { document: 'arn:aws:ssm:us-east-1:123456789012:document/restart' } }";
    let run = "change: run the document restart with Alarm arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles, Cluster prod (the alarm throttles is in ALARM, the only cause that is checked; what the document does is its author's)";
    let prod: &[&str] = &["prod"];
    for (action, clusters, facts, expected) in [
        (ACTION, prod, Some(facts()), run),
        (
            ACTION,
            prod,
            None,
            "refusal: the document arn:aws:ssm:eu-west-1:123456789012:document/restart is not among those of the stack's parameter RemediationDocuments",
        ),
        (
            elsewhere,
            prod,
            Some(facts()),
            "refusal: there is no document arn:aws:ssm:us-east-1:123456789012:document/restart in this account and region",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                document: None,
                ..facts()
            }),
            "refusal: there is no document restart in this account and region",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                document: Some(document("Command", &["Alarm", "Cluster"])),
                ..facts()
            }),
            "refusal: the document restart is of the type Command, and only Automation documents are run",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                document: Some(document("Automation", &["Alarm"])),
                ..facts()
            }),
            "refusal: the document restart has no parameter Cluster",
        ),
        (
            ACTION,
            &[],
            Some(facts()),
            "refusal: the alarm's metric has no dimension ClusterName: without a target nothing is changed",
        ),
        (
            ACTION,
            &["dev", "prod"],
            Some(facts()),
            "refusal: the alarm's metrics have several values of the dimension ClusterName (dev, prod), and which of them is in trouble is not known",
        ),
        (
            ACTION,
            &["prod; rm -rf /"],
            Some(facts()),
            "refusal: the value \"prod; rm -rf /\" of the parameter Cluster has other characters than letters, digits and - _ . / :, which a document's script may run",
        ),
        (
            ACTION,
            &["--all"],
            Some(facts()),
            "refusal: the value \"--all\" of the parameter Cluster has other characters than letters, digits and - _ . / :, which a document's script may run",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                tags: own(),
                ..facts()
            }),
            "refusal: the document restart belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                last_run: Reading {
                    settled: false,
                    ..facts().last_run
                },
                ..facts()
            }),
            "refusal: a run of the document restart is under way, and one is made at a time",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                last_changed: Some(minutes_before(now(), 10)),
                ..facts()
            }),
            "refusal: automation/restart?Cluster=prod was changed 600 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            ACTION,
            prod,
            Some(AutomationFacts {
                tags: BTreeMap::new(),
                ..facts()
            }),
            "refusal: the document restart is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(action, clusters, facts.as_ref()), expected);
    }
}

#[tokio::test]
async fn nothing_is_read_of_a_document_that_is_not_listed() {
    let case = case_of(ACTION, &["prod"]);
    let bounds = bounds(&case);
    let candidate = case.candidate("automation/restart?Cluster=prod");
    let setting = Setting::Automation {
        document: "restart".into(),
        parameters: [
            ("Alarm".to_owned(), case.alarm.arn.clone()),
            ("Cluster".to_owned(), "prod".to_owned()),
        ]
        .into(),
    };
    let mut account = Account {
        settings: [(setting, facts().last_run)].into(),
        tags: [(ARN.to_owned(), tagged())].into(),
        documents: [("restart".to_owned(), document("Automation", &[]))].into(),
        ..Account::default()
    };
    let found = read_facts(&candidate, bounds, &account, now()).await;
    assert_eq!(found.unwrap(), None);
    account.listed.push(ARN.to_owned());
    let found = read_facts(&candidate, bounds, &account, now()).await;
    let expected = AutomationFacts {
        document: Some(document("Automation", &[])),
        ..facts()
    };
    assert_eq!(found.unwrap(), Some(expected));
    account.documents.clear();
    let found = read_facts(&candidate, bounds, &account, now()).await;
    assert_eq!(found.unwrap().unwrap().document, None);
}
