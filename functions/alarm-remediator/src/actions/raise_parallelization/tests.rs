use std::collections::BTreeMap;

use picket_rules::playbooks::RaiseParallelization;

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

const BOUNDS: RaiseParallelization = RaiseParallelization { maximum: 8 };

fn mapping(parallelization: u32) -> Mapping {
    Mapping {
        uuid: "u-1".into(),
        source: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders".into(),
        enabled: true,
        settled: true,
        parallelization,
        last_result: String::new(),
    }
}

fn facts() -> LagFacts {
    LagFacts {
        tags: BTreeMap::new(),
        reserved: None,
        mappings: vec![mapping(2)],
        mapping_tags: tagged(),
        health: Health {
            invocations: Some(300),
            errors: Some(0),
            throttles: None,
        },
        ages: vec![1_000, 900, 60_000],
        executions: vec![4, 4],
        last_changed: None,
    }
}

fn decided(facts: Option<&LagFacts>) -> String {
    let case = Case::new("{ raise-parallelization: { maximum: 8 } }");
    sentence(decide(
        &case.candidate("checkout"),
        BOUNDS,
        facts,
        &case.scope(),
        now(),
    ))
}

#[test]
fn a_healthy_function_that_falls_behind_gets_twice_the_factor() {
    let case = Case::new("{ raise-parallelization: { maximum: 8 } }");
    let decision = decide(
        &case.candidate("checkout"),
        BOUNDS,
        Some(&facts()),
        &case.scope(),
        now(),
    );
    let change = change(decision);
    assert_eq!(
        (parsed(&change.request()), parsed(&change.revert().unwrap())),
        (
            request(
                "lambda update-event-source-mapping",
                json!({"ParallelizationFactor":4,"UUID":"u-1"})
            )
            .to_owned(),
            request(
                "lambda update-event-source-mapping",
                json!({"ParallelizationFactor":2,"UUID":"u-1"})
            )
            .to_owned()
        )
    );
}

#[test]
fn each_cause_and_guard_rail_says_its_numbers() {
    let with = |errors, throttles| Health {
        invocations: Some(300),
        errors: Some(errors),
        throttles: Some(throttles),
    };
    let unsettled = Mapping {
        settled: false,
        ..mapping(2)
    };
    let unhealthy = |errors, throttles| {
        format!(
            "finding: {errors} invocations failed and {throttles} were throttled in the last 15 minutes: the function falls behind because its batches are retried, and more of them at one time would fail too"
        )
    };
    let reservation = |reserved, peak| {
        format!(
            "finding: the function ran {peak} of its {reserved} reserved executions at one time in the last 15 minutes: its reservation would throttle more invocations; raise the reservation first"
        )
    };
    for (facts, expected) in [
        (
            facts(),
            "change: raise the parallelization factor of the event source mapping u-1 of arn:aws:kinesis:eu-west-1:123456789012:stream/orders to checkout from 2 to 4 (the iterator age grew from 1000 ms to 60000 ms in the last 15 minutes, with 300 invocations and none of them failed or throttled; each shard may have 4 invocations at one time)".to_owned(),
        ),
        (LagFacts { health: with(1, 0), ..facts() }, unhealthy(1, 0)),
        (LagFacts { health: with(0, 1), ..facts() }, unhealthy(0, 1)),
        (
            LagFacts { ages: Vec::new(), ..facts() },
            "refusal: CloudWatch has no IteratorAge of checkout in the last 15 minutes, so it is not known whether it falls behind".to_owned(),
        ),
        (
            LagFacts { ages: vec![5_000, 9_000, 5_000], ..facts() },
            "finding: the iterator age went from 5000 ms to 5000 ms in the last 15 minutes and does not grow: the function keeps up".to_owned(),
        ),
        (
            LagFacts { ages: vec![60_000], ..facts() },
            "finding: the iterator age went from 60000 ms to 60000 ms in the last 15 minutes and does not grow: the function keeps up".to_owned(),
        ),
        (LagFacts { reserved: Some(10), executions: vec![3, 9], ..facts() }, reservation(10, 9)),
        (LagFacts { reserved: Some(0), executions: Vec::new(), ..facts() }, reservation(0, 0)),
        (
            LagFacts { mappings: Vec::new(), ..facts() },
            "finding: the function has no event source mapping that this playbook changes".to_owned(),
        ),
        (
            LagFacts { mappings: vec![unsettled], ..facts() },
            "refusal: AWS still applies the last change of the event source mapping u-1 of arn:aws:kinesis:eu-west-1:123456789012:stream/orders".to_owned(),
        ),
        (
            LagFacts { mappings: vec![mapping(8)], ..facts() },
            "refusal: the parallelization factor of the event source mapping u-1 of arn:aws:kinesis:eu-west-1:123456789012:stream/orders is 8, and the playbook's maximum is 8".to_owned(),
        ),
        (
            LagFacts { tags: own(), ..facts() },
            "refusal: checkout belongs to Picket's own stack picket-dev, which is never repaired by itself".to_owned(),
        ),
        (
            LagFacts { mapping_tags: own(), ..facts() },
            "refusal: event source mapping u-1 of arn:aws:kinesis:eu-west-1:123456789012:stream/orders belongs to Picket's own stack picket-dev, which is never repaired by itself".to_owned(),
        ),
        (
            LagFacts { last_changed: Some(minutes_before(now(), 10)), ..facts() },
            "refusal: checkout was changed 600 s ago; the playbook leaves it alone for 1800 s".to_owned(),
        ),
        (
            LagFacts { mapping_tags: BTreeMap::new(), ..facts() },
            "refusal: event source mapping u-1 of arn:aws:kinesis:eu-west-1:123456789012:stream/orders is not tagged picket:remediate=true (it has no such tag); its owner allows repairs with that tag".to_owned(),
        ),
    ] {
        assert_eq!(decided(Some(&facts)), expected);
    }
    assert_eq!(
        decided(None),
        "refusal: there is no function checkout in this account and region"
    );
    // A reservation with room is no cause.
    let room = LagFacts {
        reserved: Some(10),
        executions: vec![8],
        ..facts()
    };
    assert!(decided(Some(&room)).starts_with("change: "));
}

#[test]
fn only_streams_have_a_parallelization_factor() {
    for (source, is_stream) in [
        ("arn:aws:kinesis:eu-west-1:123456789012:stream/orders", true),
        (
            "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
            true,
        ),
        ("arn:aws:sqs:eu-west-1:123456789012:orders", false),
        (
            "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/u",
            false,
        ),
        ("", false),
    ] {
        let mapping = Mapping {
            source: source.into(),
            ..mapping(1)
        };
        assert_eq!(mapping.is_stream(), is_stream, "{source}");
    }
}
