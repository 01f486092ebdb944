//! The decisions, with worked numbers, and the facts they rest on.

use std::collections::BTreeMap;

use picket_rules::playbooks::RaiseTaskCount;
use serde_json::json;

use super::*;
use crate::{
    actions::testing::service::{ARN, case_of, service},
    actions::{
        service::Service,
        testing::{Account, Case, change, minutes_before, own, parsed, request, sentence, tagged},
    },
    testing::now,
};

fn bounds(maximum: u32) -> RaiseTaskCount {
    RaiseTaskCount {
        factor: "1.5".parse().unwrap(),
        maximum,
    }
}

fn facts() -> BusyFacts {
    BusyFacts {
        tags: tagged(),
        service: service(),
        utilization: Utilization {
            cpu: 91,
            memory: 40,
        },
        auto_scaled: false,
        last_changed: None,
    }
}

fn decided(maximum: u32, facts: Option<&BusyFacts>) -> String {
    let case = Case::new("{ diagnose: {} }");
    let candidate = case.candidate("service/prod/checkout");
    sentence(decide(
        &candidate,
        bounds(maximum),
        facts,
        &case.scope(),
        now(),
    ))
}

#[test]
fn tasks_are_added_and_put_back() {
    let case = Case::new("{ diagnose: {} }");
    let candidate = case.candidate("service/prod/checkout");
    let change = change(decide(
        &candidate,
        bounds(20),
        Some(&facts()),
        &case.scope(),
        now(),
    ));
    let of = |count| {
        request(
            "ecs update-service",
            json!({"cluster": "prod", "service": "checkout", "desiredCount": count}),
        )
    };
    assert_eq!(parsed(&change.request()), of(6));
    assert_eq!(parsed(&change.revert().unwrap()), of(4));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table, a row a cause")]
fn each_cause_and_guard_rail_says_its_numbers() {
    let with = |service: Service| BusyFacts { service, ..facts() };
    for (maximum, facts, expected) in [
        (
            20,
            facts(),
            "change: raise the tasks of service/prod/checkout from 4 to 6 (the tasks used 91 % of their CPU and 40 % of their memory together in the busiest of the last 15 minutes; 2 more tasks cost what their size costs, and need room in the cluster)",
        ),
        (
            5,
            BusyFacts {
                utilization: Utilization { cpu: 0, memory: 50 },
                ..facts()
            },
            "change: raise the tasks of service/prod/checkout from 4 to 5 (the tasks used 0 % of their CPU and 50 % of their memory together in the busiest of the last 15 minutes; 1 more tasks cost what their size costs, and need room in the cluster)",
        ),
        (
            4,
            facts(),
            "refusal: service/prod/checkout has 4 tasks, and the maximum is 4",
        ),
        (
            20,
            BusyFacts {
                utilization: Utilization {
                    cpu: 49,
                    memory: 49,
                },
                ..facts()
            },
            "finding: the 4 tasks used 49 % of their CPU and 49 % of their memory together in the busiest of the last 15 minutes: more tasks do not help; one task may have more than its share",
        ),
        (
            20,
            with(Service {
                running: 3,
                ..service()
            }),
            "finding: 3 of 4 tasks run: those that do not are not started or fail, which more tasks do not change; look at the events of the service",
        ),
        (
            20,
            with(Service {
                desired: 0,
                running: 0,
                ..service()
            }),
            "refusal: service/prod/checkout has a desired count of 0: a person stopped it, and it stays stopped",
        ),
        (
            20,
            with(Service {
                is_replica: false,
                ..service()
            }),
            "refusal: service/prod/checkout runs one task on each instance, and has no number of tasks",
        ),
        (
            20,
            with(Service {
                is_steady: false,
                ..service()
            }),
            "refusal: a deployment of service/prod/checkout is under way: it is planned for at the alarm's next change of state",
        ),
        (
            20,
            BusyFacts {
                auto_scaled: true,
                ..facts()
            },
            "refusal: Application Auto Scaling manages the tasks of service/prod/checkout and would undo a change: raise the maximum of its scaling policy",
        ),
        (
            20,
            BusyFacts {
                tags: own(),
                ..facts()
            },
            "refusal: service/prod/checkout belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            20,
            BusyFacts {
                last_changed: Some(minutes_before(now(), 10)),
                ..facts()
            },
            "refusal: service/prod/checkout was changed 600 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            20,
            BusyFacts {
                tags: BTreeMap::new(),
                ..facts()
            },
            "refusal: service/prod/checkout is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(maximum, Some(&facts)), expected);
    }
    assert_eq!(
        decided(20, None),
        "refusal: there is no active service/prod/checkout in this account and region"
    );
}

#[tokio::test]
async fn the_facts_are_the_services_own() {
    let case = case_of("{ diagnose: {} }", &[]);
    let candidate = case.candidate("service/prod/checkout");
    let query = |metric: &str| {
        format!("Average {metric} ClusterName=prod, ServiceName=checkout from 05:46:00 to 06:01:00")
    };
    let mut account = Account {
        tags: [(ARN.to_owned(), tagged())].into(),
        services: [("prod/checkout".to_owned(), service())].into(),
        auto_scaled: vec!["prod/checkout".into()],
        metrics: [
            (query("CPUUtilization"), vec![20.0, 91.2]),
            (query("MemoryUtilization"), vec![40.0]),
        ]
        .into(),
        ..Account::default()
    };
    let found = read_facts(&candidate, &case.home, &account, now()).await;
    let expected = BusyFacts {
        auto_scaled: true,
        ..facts()
    };
    assert_eq!(found.unwrap(), Some(expected));
    account.services.clear();
    let found = read_facts(&candidate, &case.home, &account, now()).await;
    assert_eq!(found.unwrap(), None);
}
