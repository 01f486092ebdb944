//! The decisions, and the facts they rest on.

use std::{collections::BTreeMap, time::Duration};

use picket_rules::playbooks::RedeployService;
use serde_json::json;

use super::*;
use crate::{
    actions::testing::service::{ARN, case_of, service},
    actions::{
        service::Service,
        testing::{Account, Case, change, minutes_before, own, parsed, request, sentence, tagged},
    },
    setting::Value,
    testing::now,
};

const BOUNDS: RedeployService = RedeployService {
    older_than: Duration::from_hours(1),
};

fn facts() -> RedeployFacts {
    RedeployFacts {
        tags: tagged(),
        service: service(),
        last_changed: None,
    }
}

fn decided(facts: Option<&RedeployFacts>) -> String {
    let case = Case::new("{ diagnose: {} }");
    let candidate = case.candidate("service/prod/checkout");
    sentence(decide(&candidate, BOUNDS, facts, &case.scope(), now()))
}

#[test]
fn a_deployment_is_one_request_that_cannot_be_taken_back() {
    let case = Case::new("{ diagnose: {} }");
    let candidate = case.candidate("service/prod/checkout");
    let change = change(decide(
        &candidate,
        BOUNDS,
        Some(&facts()),
        &case.scope(),
        now(),
    ));
    assert_eq!(
        parsed(&change.request()),
        request(
            "ecs update-service",
            json!({"cluster": "prod", "service": "checkout", "forceNewDeployment": true})
        )
    );
    assert_eq!(change.revert(), None);
    assert_eq!(
        (&change.write.from, &change.write.to),
        (&Value::Text("ecs-svc/1".into()), &Value::NewRun)
    );
}

#[test]
fn each_cause_and_guard_rail_says_its_numbers() {
    let with = |service: Service| RedeployFacts { service, ..facts() };
    for (facts, expected) in [
        (
            facts(),
            "change: replace the 4 tasks of service/prod/checkout by new ones of the same version (the alarm throttles is in ALARM, and the service was deployed 120 minutes ago; at least 100 % of the tasks stay running meanwhile)",
        ),
        (
            with(Service {
                deployed_at: Some(minutes_before(now(), 59)),
                ..service()
            }),
            "finding: the service was deployed 59 minutes ago, less than 60: its tasks are new, and what was deployed is the likely cause; look at that change first",
        ),
        (
            with(Service {
                deployed_at: Some(minutes_before(now(), -5)),
                ..service()
            }),
            "finding: the service was deployed 0 minutes ago, less than 60: its tasks are new, and what was deployed is the likely cause; look at that change first",
        ),
        (
            with(Service {
                deployed_at: None,
                ..service()
            }),
            "finding: ECS does not say when the service was deployed",
        ),
        (
            with(Service {
                minimum_healthy_percent: 49,
                ..service()
            }),
            "refusal: a deployment of service/prod/checkout may leave 49 % of its tasks running (minimumHealthyPercent), less than 50 %",
        ),
        (
            with(Service {
                is_rolling: false,
                ..service()
            }),
            "refusal: service/prod/checkout is not deployed by rolling updates: ECS shifts its traffic to other tasks, or CodeDeploy or another program deploys it",
        ),
        (
            with(Service {
                desired: 0,
                ..service()
            }),
            "refusal: service/prod/checkout has a desired count of 0: a person stopped it, and it stays stopped",
        ),
        (
            with(Service {
                is_steady: false,
                ..service()
            }),
            "refusal: a deployment of service/prod/checkout is under way: it is planned for at the alarm's next change of state",
        ),
        (
            RedeployFacts {
                tags: own(),
                ..facts()
            },
            "refusal: service/prod/checkout belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            RedeployFacts {
                last_changed: Some(minutes_before(now(), 10)),
                ..facts()
            },
            "refusal: service/prod/checkout was changed 600 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            RedeployFacts {
                tags: BTreeMap::new(),
                ..facts()
            },
            "refusal: service/prod/checkout is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
    assert_eq!(
        decided(None),
        "refusal: there is no active service/prod/checkout in this account and region"
    );
}

#[tokio::test]
async fn the_facts_are_the_services_own() {
    let case = case_of("{ diagnose: {} }", &[]);
    let candidate = case.candidate("service/prod/checkout");
    let mut account = Account {
        tags: [(ARN.to_owned(), tagged())].into(),
        services: [("prod/checkout".to_owned(), service())].into(),
        ..Account::default()
    };
    let found = read_facts(&candidate, &case.home, &account, now()).await;
    assert_eq!(found.unwrap(), Some(facts()));
    account.services.clear();
    let found = read_facts(&candidate, &case.home, &account, now()).await;
    assert_eq!(found.unwrap(), None);
}
