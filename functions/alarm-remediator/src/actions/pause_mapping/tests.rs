use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::{
    actions::{
        function::Health,
        mapping::Mapping,
        testing::{Case, change, minutes_before, own, parsed, request, sentence, tagged},
    },
    testing::now,
};

const SOURCE: &str = "arn:aws:sqs:eu-west-1:123456789012:orders";

fn mapping(uuid: &str) -> Mapping {
    Mapping {
        uuid: uuid.into(),
        source: SOURCE.into(),
        enabled: true,
        settled: true,
        parallelization: 1,
        last_result: String::new(),
    }
}

fn facts() -> PauseFacts {
    PauseFacts {
        tags: BTreeMap::new(),
        mappings: vec![mapping("u-1")],
        mapping_tags: tagged(),
        health: health(40, 30),
        last_changed: None,
    }
}

fn health(invocations: u64, errors: u64) -> Health {
    Health {
        invocations: Some(invocations),
        errors: Some(errors),
        throttles: None,
    }
}

fn decided(facts: Option<&PauseFacts>) -> String {
    let case = Case::new("{ pause-mapping: {} }");
    sentence(decide(
        &case.candidate("checkout"),
        facts,
        &case.scope(),
        now(),
    ))
}

#[test]
fn the_one_enabled_mapping_of_a_failing_function_is_paused_and_resumed() {
    let case = Case::new("{ pause-mapping: {} }");
    let facts = PauseFacts {
        mappings: vec![
            Mapping {
                enabled: false,
                ..mapping("u-0")
            },
            mapping("u-1"),
        ],
        ..facts()
    };
    let change = change(decide(
        &case.candidate("checkout"),
        Some(&facts),
        &case.scope(),
        now(),
    ));
    assert_eq!(
        (parsed(&change.request()), parsed(&change.revert().unwrap())),
        (
            request(
                "lambda update-event-source-mapping",
                json!({"Enabled":false,"UUID":"u-1"})
            ),
            request(
                "lambda update-event-source-mapping",
                json!({"Enabled":true,"UUID":"u-1"})
            )
        )
    );
    assert_eq!(change.target, "checkout");
}

#[test]
fn each_cause_and_guard_rail_says_its_numbers() {
    let disabled = Mapping {
        enabled: false,
        ..mapping("u-1")
    };
    let unsettled = Mapping {
        settled: false,
        ..mapping("u-1")
    };
    for (facts, expected) in [
        (
            facts(),
            "change: pause the event source mapping u-1 of arn:aws:sqs:eu-west-1:123456789012:orders to checkout (30 of 40 invocations failed in the last 15 minutes; while it is paused, records wait in their source for as long as it keeps them)",
        ),
        (
            PauseFacts {
                health: health(60, 30),
                ..facts()
            },
            "change: pause the event source mapping u-1 of arn:aws:sqs:eu-west-1:123456789012:orders to checkout (30 of 60 invocations failed in the last 15 minutes; while it is paused, records wait in their source for as long as it keeps them)",
        ),
        (
            PauseFacts {
                health: health(61, 30),
                ..facts()
            },
            "finding: 30 of 61 invocations failed in the last 15 minutes, less than 50 %: a pause would delay the records that succeed; look for the records that fail",
        ),
        (
            PauseFacts {
                health: health(61, 0),
                ..facts()
            },
            "refusal: CloudWatch has no Errors of checkout in the last 15 minutes: its errors are not the cause",
        ),
        (
            PauseFacts {
                mappings: vec![disabled],
                ..facts()
            },
            "finding: none of the function's event source mappings is enabled (1 are disabled)",
        ),
        (
            PauseFacts {
                mappings: Vec::new(),
                ..facts()
            },
            "finding: the function has no event source mapping that this playbook changes",
        ),
        (
            PauseFacts {
                mappings: vec![mapping("u-1"), mapping("u-2")],
                ..facts()
            },
            "finding: the function has 2 enabled event source mappings (arn:aws:sqs:eu-west-1:123456789012:orders, arn:aws:sqs:eu-west-1:123456789012:orders), and which of them is the cause is not known",
        ),
        (
            PauseFacts {
                mappings: vec![unsettled],
                ..facts()
            },
            "refusal: AWS still applies the last change of the event source mapping u-1 of arn:aws:sqs:eu-west-1:123456789012:orders",
        ),
        (
            PauseFacts {
                tags: own(),
                ..facts()
            },
            "refusal: checkout belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            PauseFacts {
                mapping_tags: own(),
                ..facts()
            },
            "refusal: event source mapping u-1 of arn:aws:sqs:eu-west-1:123456789012:orders belongs to Picket's own stack picket-dev, which is never repaired by itself",
        ),
        (
            PauseFacts {
                last_changed: Some(minutes_before(now(), 10)),
                ..facts()
            },
            "refusal: checkout was changed 600 s ago; the playbook leaves it alone for 1800 s",
        ),
        // The function's tag does not speak for the mapping, which IAM checks.
        (
            PauseFacts {
                tags: tagged(),
                mapping_tags: BTreeMap::new(),
                ..facts()
            },
            "refusal: event source mapping u-1 of arn:aws:sqs:eu-west-1:123456789012:orders is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag",
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
    assert_eq!(
        decided(None),
        "refusal: there is no function checkout in this account and region"
    );
}
