//! The facts about the functions, mappings and aliases that the sample events name.

use alarm_remediator::{
    actions::{
        Facts,
        function::Health,
        mapping::Mapping,
        pause_mapping::PauseFacts,
        raise_parallelization::LagFacts,
        roll_back_alias::{AliasFacts, Version},
        stop_function::StopFacts,
    },
    setting::{Reading, Value},
};
use picket_rules::playbooks::{RaiseParallelization, RollBackAlias};

use super::tags;

fn health(invocations: u64, errors: u64) -> Health {
    Health {
        invocations: Some(invocations),
        errors: Some(errors),
        throttles: Some(0),
    }
}

fn mapping(source: &str) -> Mapping {
    Mapping {
        uuid: "a1b2c3d4-5678-90ab-cdef-111111111111".to_owned(),
        source: format!("arn:aws:{source}"),
        enabled: true,
        settled: true,
        parallelization: 1,
        last_result: "OK".to_owned(),
    }
}

/// `agent` has no reservation, and ran 90,000 times.
pub(crate) fn running() -> Facts<'static> {
    Facts::StopFunction(Some(StopFacts {
        tags: tags(),
        reservation: Reading::settled(Value::Absent),
        health: health(90_000, 12),
        last_changed: None,
    }))
}

/// Three quarters of the batches of `orders-consumer` fail.
pub(crate) fn failing() -> Facts<'static> {
    Facts::PauseMapping(Some(PauseFacts {
        tags: tags(),
        mappings: vec![mapping("sqs:eu-west-1:123456789012:orders")],
        mapping_tags: tags(),
        health: health(120, 90),
        last_changed: None,
    }))
}

/// `orders-projector` falls behind, and has no error.
pub(crate) fn behind(bounds: RaiseParallelization) -> Facts<'static> {
    Facts::RaiseParallelization(
        bounds,
        Some(LagFacts {
            tags: tags(),
            reserved: None,
            mappings: vec![mapping("kinesis:eu-west-1:123456789012:stream/orders")],
            mapping_tags: tags(),
            health: health(600, 0),
            ages: vec![4_000, 41_000, 60_000],
            executions: vec![4, 4, 4],
            last_changed: None,
        }),
    )
}

/// Version 9 of `checkout` fails since twenty minutes; version 8 is of the day before.
pub(crate) fn deployed(bounds: &RollBackAlias) -> Facts<'_> {
    let version = |number, modified_at: &str| Version {
        number,
        modified_at: modified_at.parse().unwrap(),
    };
    Facts::RollBackAlias(
        bounds,
        Some(AliasFacts {
            alias: "live".to_owned(),
            tags: tags(),
            version: Reading {
                value: Value::Text("9".to_owned()),
                revision: Some("5a1c8dc7-8c0e-4a3c-9f0c-5ff1a1a1a1a1".to_owned()),
                settled: true,
            },
            versions: vec![
                version(8, "2026-11-19T10:00:00Z"),
                version(9, "2026-11-20T05:41:00Z"),
            ],
            before: health(900, 2),
            since: health(1_200, 480),
            last_changed: None,
        }),
    )
}
