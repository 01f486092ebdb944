use serde_json::json;

use super::*;
use crate::{
    actions::{
        function::Health,
        testing::{Case, change, minutes_before, own, parsed, request, sentence, tagged},
    },
    setting::{Reading, Value},
    testing::now,
};

fn facts() -> StopFacts {
    StopFacts {
        tags: tagged(),
        reservation: Reading::settled(Value::Absent),
        health: Health {
            invocations: Some(900),
            errors: Some(7),
            throttles: Some(0),
        },
        last_changed: None,
    }
}

fn decided(facts: Option<&StopFacts>) -> String {
    let case = Case::new("{ stop-function: {} }");
    sentence(decide(
        &case.candidate("checkout"),
        facts,
        &case.scope(),
        now(),
    ))
}

#[test]
fn a_running_function_is_stopped_and_its_reservation_before_is_what_reverts_it() {
    let case = Case::new("{ stop-function: {} }");
    for (before, revert) in [
        (
            Value::Absent,
            request(
                "lambda delete-function-concurrency",
                json!({"FunctionName":"checkout"}),
            ),
        ),
        (
            Value::Number(20),
            request(
                "lambda put-function-concurrency",
                json!({"FunctionName":"checkout","ReservedConcurrentExecutions":20}),
            ),
        ),
    ] {
        let facts = StopFacts {
            reservation: Reading::settled(before),
            ..facts()
        };
        let decision = decide(
            &case.candidate("checkout"),
            Some(&facts),
            &case.scope(),
            now(),
        );
        let change = change(decision);
        assert_eq!(
            parsed(&change.request()),
            request(
                "lambda put-function-concurrency",
                json!({"FunctionName":"checkout","ReservedConcurrentExecutions":0})
            )
        );
        assert_eq!(parsed(&change.revert().unwrap()), revert);
    }
}

#[test]
fn each_guard_rail_says_its_numbers() {
    let after = |minutes| Some(minutes_before(now(), minutes));
    for (facts, expected) in [
        (
            facts(),
            "change: stop checkout with a reserved concurrency of 0 (it had 900 invocations, of which 7 failed, in the last 15 minutes; while it is stopped, Lambda throttles every caller of it)",
        ),
        (
            StopFacts {
                tags: own(),
                ..facts()
            },
            "refusal: checkout belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            StopFacts {
                reservation: Reading::settled(Value::Number(0)),
                ..facts()
            },
            "refusal: the reserved concurrency of checkout is 0 already: it is stopped",
        ),
        (
            StopFacts {
                health: Health::default(),
                ..facts()
            },
            "refusal: CloudWatch has no Invocations of checkout in the last 15 minutes: there is nothing to stop",
        ),
        (
            StopFacts {
                last_changed: after(29),
                ..facts()
            },
            "refusal: checkout was changed 1740 s ago; the playbook leaves it alone for 1800 s",
        ),
        (
            StopFacts {
                tags: std::collections::BTreeMap::new(),
                ..facts()
            },
            "refusal: checkout is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
    assert_eq!(
        decided(None),
        "refusal: there is no function checkout in this account and region"
    );
    let cooled = StopFacts {
        last_changed: after(30),
        ..facts()
    };
    assert!(decided(Some(&cooled)).starts_with("change: "));
}

#[test]
fn the_playbook_names_the_function_or_the_alarm_does() {
    for (action, expected) in [
        ("{ stop-function: {} }", "checkout"),
        ("{ stop-function: { function: agent } }", "agent"),
    ] {
        let case = Case::new(action);
        let playbook = &case.playbooks.all()[0];
        let picket_rules::playbooks::Action::StopFunction(bounds) = &playbook.action else {
            panic!("the action of the playbook")
        };
        assert_eq!(target(playbook, bounds, &case.alarm).unwrap(), expected);
    }
}
